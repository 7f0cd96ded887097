/** Generates every mutation of a record: each node removed, or replaced by a value of every other JSON type. */

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface Mutation {
  /** The mutated record: `Type/id`. */
  readonly record: string;
  readonly path: readonly (string | number)[];
  /** The new value of the node. Undefined to remove the node. */
  readonly value: Json | undefined;
  /** Whether the mutated record is still valid FHIR, or is treated as valid here. It then merely lacks data. */
  readonly isLess: boolean;
  /** Whether the node is in a list with other elements. Without it, the record's other references remain. */
  readonly isOneOfSeveral: boolean;
}

const values: readonly Json[] = [null, 5, 'x', true, [], {}, [5], [[]], { x: { y: [5] } }];

export function mutationsOf(record: {
  readonly resourceType: string;
  readonly id?: string | undefined;
}): readonly Mutation[] {
  const name = `${record.resourceType}/${record.id}`;
  return nodesOf(record as unknown as Json, []).flatMap(([path, node]) => {
    const others = [...values, undefined].filter(
      (value) => typeOf(value) !== typeOf(node) || isOdd(value, node),
    );
    const [element = ''] = path;
    const list = (record as unknown as Readonly<Record<string | number, Json>>)[element];
    const isOneOfSeveral = path.length > 1 && isList(list) && list.length > 1;
    return others.map((value) => ({
      record: name,
      path,
      value,
      isLess: isLess(value, node),
      isOneOfSeveral,
    }));
  });
}

type Node = readonly [Mutation['path'], Json];

/** Returns all nodes below the root, except `resourceType`, `id` and `text`. */
function nodesOf(node: Json, path: Mutation['path']): readonly Node[] {
  return membersOf(node)
    .filter(([name]) => path.length > 0 || !beside.has(name))
    .flatMap(([step, each]): readonly Node[] => [[[...path, step], each], ...nodesOf(each, [...path, step])]);
}

const beside: ReadonlySet<string | number> = new Set(['resourceType', 'id', 'text']);

function membersOf(node: Json): readonly (readonly [string | number, Json])[] {
  if (isList(node)) return node.map((each, at) => [at, each] as const);
  return typeof node === 'object' && node !== null ? Object.entries(node) : [];
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function typeOf(value: Json | undefined): string {
  return value === null ? 'null' : isList(value) ? 'list' : typeof value;
}

/** Whether the new value is a list like the node, but with invalid elements. */
function isOdd(value: Json | undefined, node: Json): boolean {
  return isList(value) && isList(node) && value.length > 0;
}

/** Whether the new value is nothing, an empty list instead of a list, or an object without known members instead of a list. */
function isLess(value: Json | undefined, node: Json): boolean {
  if (value === undefined || value === null) return true;
  if (isList(node)) return isList(value) ? value.length === 0 : typeOf(value) === 'object';
  return false;
}

/** Returns the record with one node changed. Returns the same object if the record has no such node. */
export function mutated(given: Json, [step, ...rest]: Mutation['path'], value: Json | undefined): Json {
  const before = membersOf(given).find(([name]) => name === step);
  if (step === undefined || !before) return given;
  const after = rest.length === 0 ? value : mutated(before[1], rest, value);
  if (isList(given))
    return given.flatMap((each, at) => (at !== step ? [each] : after === undefined ? [] : [after]));
  const others = Object.entries(given as object).filter(([name]) => name !== step);
  return Object.fromEntries(after === undefined ? others : [...others, [step, after]]) as Json;
}
