/** Every way in which one node of a record can be of another JSON type than it is, or missing. */

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface Mutation {
  /** `Type/id` of the record. */
  readonly record: string;
  readonly path: readonly (string | number)[];
  /** What stands there instead; undefined where it is removed. */
  readonly value: Json | undefined;
  /** Whether FHIR, or what is taken for it here, allows what is left: then the record says less, and that is so. */
  readonly isLess: boolean;
  /** Whether it is one of several of its list: what is left of a record's references may name others. */
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

/** All nodes below the root, but what tells the record from others, and what nobody reads. */
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

/** Of the same type, and malformed inside. */
function isOdd(value: Json | undefined, node: Json): boolean {
  return isList(value) && isList(node) && value.length > 0;
}

/** Nothing, an empty list for a list, or one object without anything that is known. */
function isLess(value: Json | undefined, node: Json): boolean {
  if (value === undefined || value === null) return true;
  if (isList(node)) return isList(value) ? value.length === 0 : typeOf(value) === 'object';
  return false;
}

/** The same with one node changed; the very same where it has no such node. */
export function mutated(given: Json, [step, ...rest]: Mutation['path'], value: Json | undefined): Json {
  const before = membersOf(given).find(([name]) => name === step);
  if (step === undefined || !before) return given;
  const after = rest.length === 0 ? value : mutated(before[1], rest, value);
  if (isList(given))
    return given.flatMap((each, at) => (at !== step ? [each] : after === undefined ? [] : [after]));
  const others = Object.entries(given as object).filter(([name]) => name !== step);
  return Object.fromEntries(after === undefined ? others : [...others, [step, after]]) as Json;
}
