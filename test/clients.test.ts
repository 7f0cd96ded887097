/** The caches of Apollo Client and urql, set up as in `examples/typescript/cache.ts`, over the real service. */
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import {
  buildSchema,
  getNamedType,
  getNullableType,
  introspectionFromSchema,
  isAbstractType,
  isListType,
  isObjectType,
  type GraphQLObjectType,
} from 'graphql';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  keys,
  pagedLists,
  possibleTypes,
  resolvers,
  typePolicies,
  valueLists,
  valueTypes,
} from '../examples/typescript/cache.js';
import { operationFiles } from './support/operations.js';
import { startTestService, type TestService } from './support/service.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const objects = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
);

describe('the example of a cache configuration for GraphQL clients', () => {
  const isValue = (type: unknown): boolean =>
    isObjectType(type) && !type.getFields()['id'] && !['Query', 'Substance'].includes(type.name);
  const fieldsWith = (wanted: (type: string, field: string) => boolean): Record<string, string[]> =>
    Object.fromEntries(
      objects
        .map(({ name, getFields: _, ...type }) => [name, type] as const)
        .map(([name]) => {
          const fields = Object.keys((schema.getType(name) as GraphQLObjectType).getFields());
          return [name, fields.filter((field) => wanted(name, field)).sort()] as const;
        })
        .filter(([, fields]) => fields.length > 0),
    );
  const fieldOf = (type: string, field: string) =>
    (schema.getType(type) as GraphQLObjectType).getFields()[field]!;

  it('lists the types of every interface and union', () => {
    const all = Object.values(schema.getTypeMap()).filter(
      (type) => isAbstractType(type) && !type.name.startsWith('__'),
    );
    expect(possibleTypes).toEqual(
      Object.fromEntries(
        all.map((type) => [
          type.name,
          schema
            .getPossibleTypes(type as never)
            .map(({ name }) => name)
            .sort(),
        ]),
      ),
    );
  });

  it('lists every type without an id, and every list of such types', () => {
    expect(valueTypes).toEqual(
      objects
        .filter(isValue)
        .map(({ name }) => name)
        .sort(),
    );
    const isValueList = (type: string, field: string): boolean => {
      const declared = getNullableType(fieldOf(type, field).type);
      return isListType(declared) && isValue(getNamedType(declared)) && field !== 'edges';
    };
    expect(valueLists).toEqual(fieldsWith(isValueList));
  });

  it('lists every field with pages, and the arguments that distinguish its lists', () => {
    const isPaged = (type: string, field: string): boolean =>
      getNamedType(fieldOf(type, field).type).name.endsWith('Connection');
    expect(pagedLists).toEqual(
      Object.fromEntries(
        Object.entries(fieldsWith(isPaged)).map(([type, fields]) => [
          type,
          Object.fromEntries(
            fields.map((field) => [
              field,
              fieldOf(type, field)
                .args.map(({ name }) => name)
                .filter((name) => !['first', 'after'].includes(name))
                .sort(),
            ]),
          ),
        ]),
      ),
    );
  });
});

const operations = operationFiles.map(({ name, text }) => ({ name, document: gql(text) }));

describe('the cache', () => {
  let service: TestService;
  let sent = 0;
  const complaints: string[] = [];
  const counted: typeof fetch = (...request) => {
    sent += 1;
    return fetch(...request);
  };
  beforeAll(async () => {
    service = await startTestService({ cacheTtlMs: 300_000 });
  });
  afterAll(() => service.stop());
  beforeEach(() => {
    sent = 0;
    complaints.length = 0;
    for (const method of ['warn', 'error'] as const)
      vi.spyOn(console, method).mockImplementation((...said) => void complaints.push(said.join(' ')));
  });
  afterEach(() => vi.restoreAllMocks());

  function apollo(): ApolloClient {
    return new ApolloClient({
      cache: new InMemoryCache({ possibleTypes, typePolicies }),
      link: new HttpLink({ uri: `${service.origin}/graphql`, fetch: counted }),
    });
  }

  it('of Apollo Client sends each operation once, whichever operations were sent before', async () => {
    const client = apollo();
    const answers = new Map<string, unknown>();
    for (const { name, document } of operations)
      answers.set(name, (await client.query({ query: document })).data);
    expect(sent).toBe(operations.length);
    const again: string[] = [];
    for (const { name, document } of operations) {
      const before = sent;
      const { data } = await client.query({ query: document });
      expect(data, name).toEqual(answers.get(name));
      if (sent > before) again.push(name);
    }
    expect(again).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('of Apollo Client merges two selections of one object', async () => {
    const client = apollo();
    const one = gql('{ product(id: "600000000001") { id names { text } doseForm { code } } }');
    const other = gql(
      '{ product(id: "600000000001") { id names { usages { country { code } } } doseForm { text } } }',
    );
    const first = await client.query({ query: one });
    await client.query({ query: other });
    expect((await client.query({ query: one })).data).toEqual(first.data);
    expect(sent).toBe(2);
    expect(complaints).toEqual([]);
  });

  it.each([
    ['nodes', 'nodes { id }', 'nodes'],
    ['edges', 'edges { cursor node { id } }', 'edges'],
  ] as const)(
    'of Apollo Client appends the next page to a list, in queries with `%s`',
    async (_what, rows, name) => {
      const client = apollo();
      const query = gql(
        `query ($after: String) { products(first: 4, after: $after) { ${rows} pageInfo { endCursor hasNextPage } } }`,
      );
      interface Page {
        readonly products: {
          readonly [rows: string]: readonly unknown[];
        } & { readonly pageInfo: { readonly endCursor: string } };
      }
      const observed = client.watchQuery<Page>({ query });
      const subscription = observed.subscribe(() => undefined);
      await vi.waitUntil(() => observed.getCurrentResult().data !== undefined);
      const first = observed.getCurrentResult().data as Page;
      await observed.fetchMore({ variables: { after: first.products.pageInfo.endCursor } });
      const shown = (): Page => observed.getCurrentResult().data as Page;
      await vi.waitUntil(() => shown().products[name]!.length > 4);
      await observed.fetchMore({ variables: { after: shown().products.pageInfo.endCursor } });
      await vi.waitUntil(() => shown().products[name]!.length > 8);
      const all = shown().products[name]!;
      subscription.unsubscribe();
      const { data: whole } = await service.query(`{ products(first: 12) { ${rows} } }`);
      const idOf = (row: unknown): unknown =>
        (row as { readonly id?: string; readonly node?: { readonly id: string } }).id ??
        (row as { readonly node: { readonly id: string } }).node.id;
      const wanted = (whole!['products'] as Record<string, readonly unknown[]>)[name]!;
      expect(all.map(idOf)).toEqual(wanted.map(idOf));
      expect(complaints).toEqual([]);
    },
  );

  it('of urql sends each operation once, without warnings', async () => {
    const client = new Client({
      url: `${service.origin}/graphql`,
      fetch: counted,
      exchanges: [cacheExchange({ schema: introspectionFromSchema(schema), keys, resolvers }), fetchExchange],
    });
    const answers = new Map<string, unknown>();
    for (const { name, document } of operations) {
      const { data, error } = await client.query(document, {}).toPromise();
      expect(error, name).toBeUndefined();
      answers.set(name, data);
    }
    const again: string[] = [];
    for (const { name, document } of operations) {
      const before = sent;
      const { data } = await client.query(document, {}).toPromise();
      expect(data, name).toEqual(answers.get(name));
      if (sent > before) again.push(name);
    }
    expect(again).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
