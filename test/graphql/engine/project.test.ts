/**
 * The projection gives the same result as graphql-js over the same schema: for random operations, and also with getters that
 * throw.
 */
import fc from 'fast-check';
import {
  execute,
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLError,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  getNamedType,
  isCompositeType,
  parse,
  validate,
  type ExecutionResult,
  type GraphQLFieldConfigMap,
  type GraphQLNullableType,
  type GraphQLOutputType,
  type OperationDefinitionNode,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../../src/graphql/context.js';
import { createCursors } from '../../../src/graphql/engine/cursor.js';
import { createPreparer } from '../../../src/graphql/engine/prepare.js';
import { compileProjection } from '../../../src/graphql/engine/project.js';
import { createSchema } from '../../../src/graphql/schema/schema.js';
import { randomOf, randomOperation, type Random } from '../../support/random-operation.js';
import { startTestService, type TestService } from '../../support/service.js';
import { isQuick, propertyRuns } from '../../support/tier.js';

const runs = propertyRuns(1_000);

/** Errors about faults of the schema itself have other messages than in graphql-js, and reach no client. */
function own(message: string): string {
  return message.startsWith('Abstract type') || /does not tell its type|no such type/.test(message)
    ? 'no type'
    : message;
}

function plain(result: ExecutionResult): object {
  const { data, errors = [] } = result;
  // graphql-js creates objects without a prototype; as JSON both results are equal.
  return {
    data: JSON.parse(JSON.stringify(data ?? null)) as unknown,
    errors: errors.map(({ message, path, locations }) => ({ message: own(message), path, locations })),
  };
}

interface Hostile {
  readonly schema: GraphQLSchema;
  /** The object from which the root fields are read. */
  readonly rootValue: object;
}

/**
 * Returns a schema with every combination of null and list types, an interface, a union and an enum, and with getters that
 * throw or return nothing.
 */
function hostileSchema(random: Random): Hostile {
  const chance = (of: number): boolean => random() < of;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const sources = new Map<string, object>();
  const resolveType = ({ kind }: { readonly kind: string }): string => kind;
  const colour = new GraphQLEnumType({
    name: 'Colour',
    values: { RED: { value: 'r' }, BLUE: { value: 'b' } },
  });
  const node = new GraphQLInterfaceType({
    name: 'Node',
    fields: { label: { type: GraphQLString } },
    resolveType,
  });
  const objects = ['A', 'B', 'C'].map(
    (name) =>
      new GraphQLObjectType({ name, interfaces: name === 'C' ? [] : [node], fields: () => fieldsOf(name) }),
  );
  const either = new GraphQLUnionType({ name: 'Either', types: objects.slice(0, 2), resolveType });
  const leaves = new Map<unknown, readonly unknown[]>([
    [GraphQLString, ['text', 'text', null]],
    [GraphQLInt, [7, 8, 'not a number', null]],
    [GraphQLBoolean, [true, false]],
    [colour, ['r', 'b', 'neither']],
  ]);
  const misbehaviours = [
    (): never => {
      throw new GraphQLError('thrown');
    },
    (): never => {
      throw new Error('broken');
    },
    () => null,
    () => undefined,
    () => new Error('given as a value'),
    () => 'neither list nor object',
  ];

  function wrap(type: GraphQLNullableType): { readonly type: GraphQLOutputType; readonly lists: number } {
    let lists = 0;
    let wrapped: GraphQLOutputType = (chance(0.3) ? new GraphQLNonNull(type) : type) as GraphQLOutputType;
    while (lists < 2 && chance(0.35)) {
      lists += 1;
      const list = new GraphQLList(wrapped);
      wrapped = chance(0.3) ? new GraphQLNonNull(list) : list;
    }
    return { type: wrapped, lists };
  }

  function nested(lists: number, make: () => unknown): unknown {
    if (lists === 0) return make();
    return Array.from({ length: Math.floor(random() * 3) }, () => nested(lists - 1, make));
  }

  function fieldsOf(name: string): GraphQLFieldConfigMap<unknown, unknown> {
    const fields: GraphQLFieldConfigMap<unknown, unknown> = { label: { type: GraphQLString } };
    const source: Record<string, unknown> = { kind: name, label: name };
    sources.set(name, source);
    for (let index = 0; index < 7; index += 1) {
      const named = pick([...leaves.keys(), node, either, ...objects, ...objects]) as GraphQLNullableType;
      const { type, lists } = wrap(named);
      const kinds = named === node || named === either ? ['A', 'B'] : [String(named)];
      const values = leaves.get(named);
      const get = chance(0.2)
        ? pick(misbehaviours)
        : () => nested(lists, () => (values ? pick(values) : chance(0.1) ? null : sources.get(pick(kinds))));
      // A random value is drawn once, because both sides must read the same value.
      let drawn: { readonly value: unknown } | undefined;
      Object.defineProperty(source, `f${index}`, { get: () => (drawn ??= { value: get() }).value });
      fields[`f${index}`] = { type };
    }
    return fields;
  }

  const query = new GraphQLObjectType({ name: 'Query', fields: () => fieldsOf('Query') });
  const schema = new GraphQLSchema({ query, types: objects });
  return { schema, rootValue: sources.get('Query') ?? {} };
}

describe('the projection', () => {
  it(`gives the answers of graphql-js for ${runs} random operations over random schemas with failing fields`, () => {
    let failing = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
        const random = randomOf(seed);
        const { schema, rootValue } = hostileSchema(random);
        const roots = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ type }) =>
          isCompositeType(getNamedType(type)),
        );
        const names = roots.map(({ name }) => name);
        fc.pre(names.length > 0);
        const { document: text, variables } = randomOperation({ schema, random, roots: names, depth: 4 });
        const document = parse(text);
        // Fields with equal names may have different types in two object types. A random operation that selects both is not
        // valid.
        fc.pre(validate(schema, document).length === 0);
        const [operation] = document.definitions as [OperationDefinitionNode];
        const reference = execute({
          schema,
          document,
          variableValues: variables,
          rootValue,
        }) as ExecutionResult;
        const prepared = createPreparer(schema, createCursors('k')).prepare(
          document,
          operation,
          variables,
          'en',
        );
        const projected = compileProjection(schema, prepared.shape)(prepared, {} as Context, rootValue);
        failing += reference.errors ? 1 : 0;
        expect(plain(projected), text).toEqual(plain(reference));
      }),
      { numRuns: runs, endOnFailure: true },
    );
    expect(failing).toBeGreaterThan(runs / 4);
  });
});

/** Seeds that once gave different results are examples. */
const seeds = [
  ['everything', '', undefined],
  ['search', '', undefined],
  ['search', ', from a seed that once gave two answers,', -571_681_556],
] as const;

describe.each(seeds.filter(([, , seed]) => !isQuick || seed === undefined))(
  'a random operation with the profile `%s`%s',
  (profile, _which, seed) => {
    const count = Math.ceil(runs / 10);
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({ profile, budget: 100_000 });
    });
    afterAll(() => service.stop());

    it(`gets one answer from the projection and from the plain GraphQL resolvers, ${count} times`, async () => {
      const schema = createSchema();
      const ids = service.sandbox.resources.flatMap((each) =>
        each.resourceType === 'MedicinalProductDefinition' ? [each.id] : [],
      );
      const roots = [
        ...ids.map((id) => `product(id: "${id}")`),
        'products(filter: { name: "a" }, first: 3)',
        'products(first: 2)',
      ];
      let spent = 0;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
          const { document: text, variables } = randomOperation({
            schema,
            random: randomOf(seed),
            roots,
            // These fields depend on whether another product's bundle was already read, which differs between the waves and
            // the resolvers.
            without: [
              'fetchedAt',
              'url',
              ...(profile === 'everything' ? ['Substance.products', 'Product.equivalents'] : []),
            ],
          });
          const document = parse(text);
          const [operation] = document.definitions as [OperationDefinitionNode];
          const request = { document, operation, variables, languages: ['en'] };
          const [projected, reference] = await Promise.all([
            service.executor.execute(request),
            service.reference(request),
          ]);
          const order = (result: ExecutionResult): object => {
            const { data, errors } = plain(result) as {
              data: unknown;
              errors: { path: unknown; message: string }[];
            };
            return { data, errors: errors.map(({ path, message }) => `${String(path)} ${message}`).sort() };
          };
          // The waves stay within the estimate and report gaps; the resolvers of the reference have the whole budget.
          const hasSpent = JSON.stringify(order(projected)).includes(
            'has reached its limit of upstream requests',
          );
          spent += hasSpent ? 1 : 0;
          if (!hasSpent) expect(order(projected), text).toEqual(order(reference));
        }),
        {
          numRuns: seed === undefined ? count : 200,
          endOnFailure: true,
          ...(seed === undefined ? {} : { seed }),
        },
      );
      expect(spent).toBeLessThan(Math.max(1, count / 20));
    });
  },
);
