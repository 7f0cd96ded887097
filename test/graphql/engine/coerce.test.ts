/** Variables and arguments as usual clients send them: null for optional values, and errors that name the path. */
import { parse, type OperationDefinitionNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coerceVariables } from '../../../src/graphql/engine/coerce.js';
import { createSchema } from '../../../src/graphql/schema/schema.js';
import { startTestService, type TestService } from '../../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ profile: 'search' });
});
afterAll(() => service.stop());

describe('null in the input of an operation', () => {
  it.each([
    [
      'the value of an argument',
      'query { products(first: null, after: null, filter: null, sort: null) { nodes { id } } }',
      {},
    ],
    ['the value of a variable', 'query ($n: Int) { products(first: $n) { nodes { id } } }', { n: null }],
    [
      'absent, because its variable has no value',
      'query ($n: Int) { products(first: $n) { nodes { id } } }',
      {},
    ],
    [
      'the value of a variable with a default',
      'query ($n: Int = 20) { products(first: $n) { nodes { id } } }',
      { n: null },
    ],
    [
      'the value of a non-null variable with a default',
      'query ($n: Int! = 20) { products(first: $n) { nodes { id } } }',
      { n: null },
    ],
    [
      'the value of every part of a filter',
      'query ($f: ProductFilter) { products(filter: $f) { nodes { id } } }',
      { f: { name: null, status: null, ids: null, updatedSince: null } },
    ],
    [
      'the value of a variable in `@include`',
      'query ($x: Boolean = false) { products { nodes { id pmsId @include(if: $x) } } }',
      { x: null },
    ],
  ])('counts as omitted if it is %s', async (_what, query, variables) => {
    const { data, errors } = await service.query(query, variables);
    expect(errors).toBeUndefined();
    expect(data).toEqual((await service.query('{ products(first: 20) { nodes { id } } }')).data);
  });

  it('counts as omitted for `sort`, so that the list has its default order', async () => {
    const ids = async (order: string): Promise<unknown> =>
      (await service.query(`{ products(first: 3, sort: { by: UPDATED ${order} }) { nodes { id } } }`)).data;
    expect(await ids('order: null')).toEqual(await ids(''));
    expect(await ids('order: null')).not.toEqual(await ids('order: DESC'));
  });

  it('counts as omitted in the arguments that a cursor belongs to', async () => {
    const page = async (text: string): Promise<{ readonly id: string; readonly endCursor: string }> => {
      const { data, errors } = await service.query(
        `{ products(first: 1 ${text}) { nodes { id } pageInfo { endCursor } } }`,
      );
      expect(errors).toBeUndefined();
      const { nodes, pageInfo } = data!['products'] as {
        readonly nodes: readonly [{ readonly id: string }];
        readonly pageInfo: { readonly endCursor: string };
      };
      return { id: nodes[0].id, endCursor: pageInfo.endCursor };
    };
    const { id, endCursor } = await page('filter: null');
    expect((await page(`after: "${endCursor}"`)).id).not.toBe(id);
  });
});

describe('an error message', () => {
  const filter = 'query ($f: ProductFilter) { products(filter: $f) { nodes { id } } }';
  const sort = 'query ($s: ProductSort) { products(sort: $s) { nodes { id } } }';
  const number = 'query ($n: Int!) { products(first: $n) { nodes { id } } }';
  const ids = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';

  it.each([
    [
      'an unknown field of a filter',
      filter,
      { f: { nam: 'x' } },
      '"$f.nam" is not defined: "$f" is a ProductFilter. Did you mean "name"?',
    ],
    [
      'an unknown field with no similar name',
      filter,
      { f: { zzzzzz: 'x' } },
      '"$f.zzzzzz" is not defined: "$f" is a ProductFilter.',
    ],
    [
      'a field name that GraphQL does not permit',
      filter,
      { f: { '"<script>"': 'x' } },
      'A part of "$f" is not defined: "$f" is a ProductFilter.',
    ],
    [
      'a date without a time',
      filter,
      { f: { updatedSince: '2024-01-01' } },
      '"$f.updatedSince" must be given as DateTime: a day and a time with its zone, as 2026-01-31T00:00:00Z.',
    ],
    [
      'a number in a list of strings',
      filter,
      { f: { status: ['a', 5] } },
      '"$f.status[1]" must be given as String!.',
    ],
    [
      'null in a list of strings',
      filter,
      { f: { status: ['a', null] } },
      '"$f.status[1]" must be given as String!.',
    ],
    ['a string for an object', filter, { f: 'secret' }, '"$f" must be given as ProductFilter.'],
    [
      'an unknown enum value',
      sort,
      { s: { by: 'UPDATE' } },
      '"$s.by" must be given as ProductSortField!: one of NAME, UPDATED, AUTHORIZED, HOLDER, SUBSTANCE, STRENGTH, PACK_SIZE. Did you mean the enum value "UPDATED"?',
    ],
    [
      'a missing required field',
      sort,
      { s: {} },
      '"$s.by" must be given as ProductSortField!: one of NAME, UPDATED, AUTHORIZED, HOLDER, SUBSTANCE, STRENGTH, PACK_SIZE.',
    ],
    ['a string for a number', number, { n: 'secret' }, '"$n" must be given as Int!: a whole number.'],
    ['a fraction for a whole number', number, { n: 1.5 }, '"$n" must be given as Int!: a whole number.'],
    ['a missing required variable', number, {}, '"$n" must be given as Int!: a whole number.'],
    ['null for a required variable', number, { n: null }, '"$n" must be given as Int!: a whole number.'],
    ['an object in a list of ids', ids, { ids: [{ secret: 1 }] }, '"$ids[0]" must be given as ID!.'],
    [
      'a string that is too long',
      filter,
      { f: { name: 'x'.repeat(201) } },
      '"filter.name" must have at most 200 characters.',
    ],
  ])(
    'states the variable, its type and the permitted values, without the given value: %s',
    async (_what, query, variables, message) => {
      service.sandbox.clearRequests();
      const { data, errors } = await service.query(query, variables);
      expect(data ?? null).toBeNull();
      expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(JSON.stringify(errors)).not.toContain('secret');
      expect(service.sandbox.requests).toEqual([]);
    },
  );

  it.each([
    ['a field', '{ products { nodes { nam } } }', /Did you mean "name"/],
    ['an argument', '{ products(fist: 1) { nodes { id } } }', /Did you mean "first"/],
    [
      'a value of an enum',
      '{ products(sort: { by: NAMES }) { nodes { id } } }',
      /Did you mean the enum value "NAME"/,
    ],
    ['a part of a filter', '{ products(filter: { nam: "x" }) { nodes { id } } }', /Did you mean "name"/],
    ['a type', '{ node(id: "x") { ... on Produc { id } } }', /Did you mean "Product"/],
  ])('suggests the right name for the misspelled name of %s', async (_what, query, message) => {
    const { errors } = await service.query(query);
    expect(errors?.[0]).toMatchObject({ message: expect.stringMatching(message) as string });
  });
});

it('an error message about an unknown field suggests no name from the schema if introspection is off', () => {
  const schema = createSchema();
  const operationIn = (document: string): OperationDefinitionNode =>
    parse(document).definitions[0] as OperationDefinitionNode;
  const faultOf = (type: string, value: unknown, suggests: boolean): string => {
    try {
      coerceVariables(schema, operationIn(`query ($v: ${type}) { __typename }`), { v: value }, { suggests });
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const cases = [
    ['ProductFilter', { nam: 'x' }],
    ['ProductSort', { by: 'UPDATE' }],
  ] as const;
  expect(cases.map(([type, value]) => faultOf(type, value, false))).toEqual([
    '"$v.nam" is not defined: "$v" is a ProductFilter.',
    '"$v.by" must be given as ProductSortField!.',
  ]);
  expect(cases.map(([type, value]) => faultOf(type, value, true))).toEqual([
    expect.stringContaining('"name"'),
    expect.stringContaining('"UPDATED"'),
  ]);
});
