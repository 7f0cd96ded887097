/** Generates random operations over a schema. A seed determines the operations. */
import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

export type Random = () => number;

/** Returns the Mulberry32 generator, which gives the same numbers on every machine. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface OperationOptions {
  readonly schema: GraphQLSchema;
  readonly random: Random;
  /** Root fields with their arguments, as GraphQL: `product(id: "1")`. */
  readonly roots: readonly string[];
  /** Levels of objects below a root field. @default 6 */
  readonly depth?: number;
  /** Fields to leave out: `Type.field`, or `field` for every type. */
  readonly without?: readonly string[];
}

export interface RandomOperation {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Most fields, so that a document stays below the limit of 2,000 tokens. */
const maxFields = 120;

/** Returns a valid operation with aliases, fragments, `@skip` and `@include` with literals and variables, and repeated fields. */
export function randomOperation({
  schema,
  random,
  roots,
  depth = 6,
  without = [],
}: OperationOptions): RandomOperation {
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  const fragments: string[] = [];
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const query = schema.getQueryType();
  if (!query) throw new TypeError('a schema without queries');

  const isLeftOut = (type: string, field: string): boolean =>
    without.includes(field) || without.includes(`${type}.${field}`);

  function variable(type: string, value: unknown): string {
    const name = `v${declared.length}`;
    declared.push(`$${name}: ${type}`);
    variables[name] = value;
    return `$${name}`;
  }

  function directive(): string {
    if (random() > 0.08) return '';
    const name = pick(['skip', 'include']);
    const value = random() < 0.5;
    return ` @${name}(if: ${random() < 0.5 ? String(value) : variable('Boolean!', value)})`;
  }

  function argument({ name, type }: GraphQLArgument): string | undefined {
    const named = getNamedType(type);
    if (name === 'first') {
      const value = pick([1, 2, 3, 5, 20, 100]);
      return `first: ${random() < 0.2 ? variable('Int!', value) : value}`;
    }
    if (name === 'language') return `language: "${pick(['en', 'de', 'sv', 'ja'])}"`;
    if (isEnumType(named) && random() < 0.7) return `${name}: ${pick(named.getValues()).name}`;
    return undefined;
  }

  function args(field: GraphQLField<unknown, unknown>): string {
    const given = field.args
      .filter(({ type }) => isNonNullType(type) || random() < 0.4)
      .flatMap((arg) => argument(arg) ?? []);
    return given.length > 0 ? `(${given.join(', ')})` : '';
  }

  let aliases = 0;
  const isFull = (): boolean => aliases > maxFields;
  function fieldOf(
    type: GraphQLObjectType | GraphQLNamedType,
    field: GraphQLField<unknown, unknown>,
    left: number,
  ): string | undefined {
    const named = getNamedType(field.type);
    if (isLeftOut(type.name, field.name)) return undefined;
    const needed = field.args.filter(
      ({ type: given, defaultValue }) => isNonNullType(given) && defaultValue === undefined,
    );
    if (needed.length > 0) return undefined;
    // Each field gets its own alias, because equal response keys with different arguments would conflict.
    aliases += 1;
    const head = `${random() < 0.6 || field.args.length > 0 ? `a${aliases}: ` : ''}${field.name}${args(field)}${directive()}`;
    if (isLeafType(named)) return head;
    if (left === 0 || isFull()) return undefined;
    return `${head} ${selectionSet(named, left - 1)}`;
  }

  function selectionSet(type: GraphQLNamedType, left: number): string {
    const parts: string[] = ['__typename'];
    if (isAbstractType(type)) {
      for (const concrete of schema.getPossibleTypes(type)) {
        if (random() < 0.6)
          parts.push(`... on ${concrete.name} ${selectionSet(concrete, Math.min(left, 1))}`);
      }
      return `{ ${parts.join(' ')} }`;
    }
    if (!isObjectType(type)) return '';
    const fields = Object.values(type.getFields());
    const isConnection = type.name.endsWith('Connection') || type.name.endsWith('Edge');
    for (const field of fields) {
      if (isFull() || random() > (isConnection ? 0.8 : 0.3)) continue;
      // The levels of connections and edges do not count towards `depth`.
      const printed = fieldOf(type, field, isConnection ? left + (left > 0 ? 1 : 0) : left);
      if (printed === undefined) continue;
      parts.push(wrapped(type.name, printed));
    }
    return `{ ${parts.join(' ')} }`;
  }

  function wrapped(type: string, selection: string): string {
    const chance = random();
    if (chance < 0.06) return `... on ${type}${directive()} { ${selection} }`;
    if (chance < 0.1) {
      const name = `F${fragments.length}`;
      fragments.push(`fragment ${name} on ${type} { ${selection} }`);
      return `...${name}${directive()}`;
    }
    return selection;
  }

  const chosen = Array.from({ length: random() < 0.7 ? 1 : 2 }, () => pick(roots));
  const body = chosen.map((root, index) => {
    const name = /^\w+/.exec(root)?.[0] ?? '';
    const field = query.getFields()[name];
    if (!field) throw new TypeError(`no query ${name}`);
    return `r${index}: ${root} ${selectionSet(getNamedType(field.type), depth)}`;
  });
  const rest = `{ ${body.join(' ')} } ${fragments.join(' ')}`;
  // Variables of fields that were left out must not be declared.
  const used = declared.filter((declaration) =>
    new RegExp(`\\${declaration.slice(0, declaration.indexOf(':'))}\\b`).test(rest),
  );
  return { document: `query R${used.length > 0 ? `(${used.join(', ')})` : ''} ${rest}`, variables };
}

/** Fields that may differ from one answer to the next, or that one upstream does not offer. */
export const differingByAnswer: readonly string[] = [
  'source',
  'service',
  'cursor',
  'startCursor',
  'endCursor',
  'Substance.products',
  'Product.equivalents',
];

/** Fields that differ between routes to the upstream, or that one of the routes does not offer. */
export const differingByRoute: readonly string[] = ['totalCount', ...differingByAnswer];
