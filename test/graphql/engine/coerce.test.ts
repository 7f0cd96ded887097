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

describe('null counts as an omitted value', () => {
  it.each([
    [
      'an argument',
      'query { products(first: null, after: null, filter: null, sort: null) { nodes { id } } }',
      {},
    ],
    ['a variable', 'query ($n: Int) { products(first: $n) { nodes { id } } }', { n: null }],
    ['a variable that is left out', 'query ($n: Int) { products(first: $n) { nodes { id } } }', {}],
    [
      'a variable with a default',
      'query ($n: Int = 20) { products(first: $n) { nodes { id } } }',
      { n: null },
    ],
    [
      'a variable that may not be null',
      'query ($n: Int! = 20) { products(first: $n) { nodes { id } } }',
      { n: null },
    ],
    [
      'all of a filter',
      'query ($f: ProductFilter) { products(filter: $f) { nodes { id } } }',
      { f: { name: null, status: null, ids: null, updatedSince: null } },
    ],
    [
      'a variable of @include',
      'query ($x: Boolean = false) { products { nodes { id pmsId @include(if: $x) } } }',
      { x: null },
    ],
  ])('as %s', async (_what, query, variables) => {
    const { data, errors } = await service.query(query, variables);
    expect(errors).toBeUndefined();
    expect(data).toEqual((await service.query('{ products(first: 20) { nodes { id } } }')).data);
  });

  it('if the argument has a default order', async () => {
    const ids = async (order: string): Promise<unknown> =>
      (await service.query(`{ products(first: 3, sort: { by: UPDATED ${order} }) { nodes { id } } }`)).data;
    expect(await ids('order: null')).toEqual(await ids(''));
    expect(await ids('order: null')).not.toEqual(await ids('order: DESC'));
  });

  it('also for the arguments that a cursor contains', async () => {
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
      'an unknown part',
      filter,
      { f: { nam: 'x' } },
      '"$f.nam" is not defined: "$f" is a ProductFilter. Did you mean "name"?',
    ],
    [
      'a part that is like nothing',
      filter,
      { f: { zzzzzz: 'x' } },
      '"$f.zzzzzz" is not defined: "$f" is a ProductFilter.',
    ],
    [
      'a name that is no name',
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
      'a list of something else',
      filter,
      { f: { status: ['a', 5] } },
      '"$f.status[1]" must be given as String!.',
    ],
    ['null in a list', filter, { f: { status: ['a', null] } }, '"$f.status[1]" must be given as String!.'],
    ['no object', filter, { f: 'secret' }, '"$f" must be given as ProductFilter.'],
    [
      'an unknown value of an enum',
      sort,
      { s: { by: 'UPDATE' } },
      '"$s.by" must be given as ProductSortField!: one of NAME, UPDATED, AUTHORIZED, HOLDER, SUBSTANCE, STRENGTH, PACK_SIZE. Did you mean the enum value "UPDATED"?',
    ],
    [
      'a part that is missing',
      sort,
      { s: {} },
      '"$s.by" must be given as ProductSortField!: one of NAME, UPDATED, AUTHORIZED, HOLDER, SUBSTANCE, STRENGTH, PACK_SIZE.',
    ],
    ['a text for a number', number, { n: 'secret' }, '"$n" must be given as Int!: a whole number.'],
    ['half a number', number, { n: 1.5 }, '"$n" must be given as Int!: a whole number.'],
    ['nothing', number, {}, '"$n" must be given as Int!: a whole number.'],
    ['null', number, { n: null }, '"$n" must be given as Int!: a whole number.'],
    ['an object in a list', ids, { ids: [{ secret: 1 }] }, '"$ids[0]" must be given as ID!.'],
    [
      'a part that is too long',
      filter,
      { f: { name: 'x'.repeat(201) } },
      '"filter.name" must have at most 200 characters.',
    ],
  ])('about variables is clear: %s', async (_what, query, variables, message) => {
    service.sandbox.clearRequests();
    const { data, errors } = await service.query(query, variables);
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(JSON.stringify(errors)).not.toContain('secret');
    expect(service.sandbox.requests).toEqual([]);
  });

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
  ])('about the document suggests a name for %s that is nearly right', async (_what, query, message) => {
    const { errors } = await service.query(query);
    expect(errors?.[0]).toMatchObject({ message: expect.stringMatching(message) as string });
  });
});

it('an error message names no part of the schema if introspection is off', () => {
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
