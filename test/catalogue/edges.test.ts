/**
 * Malformed records and misbehaving upstreams: no answer claims more than the records state, and one bad record affects
 * nothing else.
 */
import type { Resource } from 'fhir/r5.js';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/server.js';
import { json, searchset, startUpstream } from '../support/upstream.js';
import {
  startFacade,
  startTestService,
  type GraphqlAnswer,
  type TestService,
  type TestServiceOptions,
} from '../support/service.js';

let service: TestService | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});

/** Returns the response to a query over an upstream that answers every request with `body`, and later pages with `later`. */
async function answerOf(body: unknown, query: string, later = body): Promise<GraphqlAnswer> {
  const upstream = await startUpstream(({ url }, response) =>
    json(response, url.includes('page=') ? later : body),
  );
  const facade = await startFacade({ kind: 'fhir', baseUrl: new URL(upstream.origin) });
  const answer = await facade.query(query);
  await facade.stop();
  return answer;
}

const product = (id: string, more: object = {}): Resource =>
  ({
    resourceType: 'MedicinalProductDefinition',
    id,
    name: [{ productName: `Alpha ${id}` }],
    ...more,
  }) as Resource;
const marketing = { coding: [{ code: '220000000061' }] };
const authorization = (id: string, subject: string, holder: object, more: object = {}): Resource =>
  ({
    resourceType: 'RegulatedAuthorization',
    id,
    type: marketing,
    subject: [{ reference: subject }],
    holder,
    ...more,
  }) as Resource;

async function start(resources: readonly unknown[], options: TestServiceOptions = {}): Promise<TestService> {
  return (service = await startTestService({
    ...options,
    sandbox: { ...options.sandbox, resources: resources as Resource[] },
  }));
}

const routes = ['everything', 'search'] as const;

describe.each(routes)('with the profile `%s`', (profile) => {
  it('the holder of a product equals the holder of its marketing authorization', async () => {
    const over = await start(
      [
        product('1'),
        authorization('a2', 'MedicinalProductDefinition/1', { display: 'Aaa, of the second' }),
        authorization('a1', 'MedicinalProductDefinition/1', { display: 'Zzz, of the first' }),
      ],
      { profile },
    );
    const { data } = await over.query(
      '{ product(id: "1") { holder { name } marketingAuthorization { id holder { name } } } }',
    );
    expect(data).toEqual({
      product: {
        holder: { name: 'Zzz, of the first' },
        marketingAuthorization: {
          id: 'RegulatedAuthorization:a1',
          holder: { name: 'Zzz, of the first' },
        },
      },
    });
  });

  interface Holding {
    readonly holder: { readonly id: string; readonly identifiers: readonly { readonly value: string }[] };
  }

  it('organizations of the same name with different identifiers have different ids, and are found by them', async () => {
    const holder = (value: string): object => ({ display: 'Twin', identifier: { system: 'loc', value } });
    const over = await start(
      [
        product('1'),
        product('2'),
        authorization('a1', 'MedicinalProductDefinition/1', holder('LOC-1')),
        authorization('a2', 'MedicinalProductDefinition/2', holder('LOC-2')),
      ],
      { profile },
    );
    const { data } = await over.query(
      '{ products(first: 2) { nodes { holder { id name identifiers { value } } } } }',
    );
    const { nodes } = (data as { products: { nodes: Holding[] } }).products;
    expect(nodes.map(({ holder: { identifiers } }) => identifiers)).toEqual([
      [{ value: 'LOC-1' }],
      [{ value: 'LOC-2' }],
    ]);
    const again = await over.query(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Organization { name identifiers { system value } } } }',
      { ids: nodes.map(({ holder: { id } }) => id) },
    );
    expect(again.data).toEqual({
      nodes: ['LOC-1', 'LOC-2'].map((value) => ({ name: 'Twin', identifiers: [{ system: 'loc', value }] })),
    });
  });

  it('a malformed element fails only its own field, with UPSTREAM_BAD_RESPONSE, and the HTTP status is 200', async () => {
    const over = await start(
      [product('1', { name: [null], contact: [null], classification: 'x' }), product('2')],
      {
        profile,
      },
    );
    const { data, errors } = await over.query(
      '{ products(first: 2) { nodes { pmsId names { text } contacts { organization { name } } classifications { code } } } }',
    );
    expect(data).not.toBeNull();
    expect(errors?.map(({ extensions }) => extensions.code)).toContain('UPSTREAM_BAD_RESPONSE');
    expect(new Set(errors?.map(({ extensions }) => extensions.code)).size).toBe(1);
  });
});

describe('a record with invalid elements', () => {
  it('is read with one object as a list of one, and without null codes', async () => {
    const ingredient = {
      resourceType: 'Ingredient',
      id: 'i1',
      for: { reference: 'MedicinalProductDefinition/1' },
      role: { coding: [null, { code: null }, { code: '100000072072' }] },
    };
    const { data, errors } = await answerOf(
      searchset([product('1'), ingredient]),
      '{ product(id: "1") { ingredients { nodes { id roleKind } } } }',
    );
    expect([data, errors]).toEqual([
      { product: { ingredients: { nodes: [{ id: 'Ingredient:i1', roleKind: 'ACTIVE' }] } } },
      undefined,
    ]);
  });
});

describe('an upstream whose CapabilityStatement has invalid entries', () => {
  it('answers product lists as without a CapabilityStatement', async () => {
    const upstream = await startUpstream(({ url }, response) =>
      url.startsWith('/metadata')
        ? json(response, { resourceType: 'CapabilityStatement', rest: [null, { resource: 'x' }] })
        : json(response, searchset([product('1')])),
    );
    const facade = await startFacade(
      { kind: 'fhir', baseUrl: new URL(upstream.origin) },
      { profile: 'auto' },
    );
    const { data } = await facade.query('{ products { nodes { id } } }');
    await facade.stop();
    expect(data).toEqual({ products: { nodes: [{ id: 'Product:1' }] } });
  });
});

describe('a record that is missing from a $everything bundle', () => {
  const world = [
    product('1'),
    product('2'),
    {
      resourceType: 'PackagedProductDefinition',
      id: '11',
      packageFor: [{ reference: 'MedicinalProductDefinition/1' }],
    },
    {
      resourceType: 'PackagedProductDefinition',
      id: '22',
      packageFor: [{ reference: 'MedicinalProductDefinition/2' }],
    },
    {
      ...authorization('a', 'MedicinalProductDefinition/1', { display: 'H' }),
      subject: [{ reference: 'MedicinalProductDefinition/1' }, { reference: 'PackagedProductDefinition/22' }],
    },
  ];
  const document = '{ product(id: "1") { authorizations { id subjects { ... on Package { id } } } } }';

  it('makes a field that refers to it null with UPSTREAM_INCOMPLETE, not dangling: it may belong to another product', async () => {
    const over = await start(world);
    const { data, errors, extensions } = await over.query(document);
    expect(data).toEqual({
      product: { authorizations: [{ id: 'RegulatedAuthorization:a', subjects: null }] },
    });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_INCOMPLETE' } }]);
    expect(extensions).toMatchObject({ upstream: { incomplete: [{ reason: 'OUT_OF_REACH' }] } });
  });

  it('is found by a search if the upstream supports it', async () => {
    const over = await start(world, { profile: 'search' });
    const { data } = await over.query(document);
    expect(data).toEqual({
      product: { authorizations: [{ id: 'RegulatedAuthorization:a', subjects: [{}, { id: 'Package:22' }] }] },
    });
  });

  it('fails with UPSTREAM_UNSUPPORTED if it is requested by id beside another product', async () => {
    const over = await start(world);
    const { data, errors } = await over.query(
      '{ product(id: "1") { packages { nodes { id } } } nodes(ids: ["Package:22"]) { id } }',
    );
    expect(data).toEqual({ product: { packages: { nodes: [{ id: 'Package:11' }] } }, nodes: [null] });
    expect(errors).toMatchObject([{ path: ['nodes', 0], extensions: { code: 'UPSTREAM_UNSUPPORTED' } }]);
  });
});

describe('a search parameter that the upstream ignores', () => {
  it.each([
    ['everything', 'name'],
    ['search', 'name'],
  ] as const)(
    'does not lead to wrong rows, with the profile `%s` and the parameter `%s`',
    async (profile, parameter) => {
      const asked = '{ products(filter: { name: "nothing is called so" }) { totalCount nodes { id } } }';
      const faults = [{ kind: 'ignore', parameter } as Fault];
      service = await startTestService({ profile, sandbox: { faults } });
      const few = await service.query(asked);
      await service.stop();
      service = await startTestService({ profile, sandbox: { faults, products: 501 } });
      const many = await service.query(asked);
      // The service reads these few products and filters them itself.
      expect(few).toMatchObject({ data: { products: { totalCount: 0, nodes: [] } } });
      expect(few.errors).toBeUndefined();
      expect(many.data).toEqual({ products: null });
      expect(many.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNSUPPORTED' } }]);
    },
  );
});

describe('a search whose pages end before its total', () => {
  it('ends after its last page, marked incomplete with NO_NEXT_LINK', async () => {
    const { data, extensions } = await answerOf(
      { ...searchset([product('1')]), total: 3 },
      '{ products { totalCount nodes { id } pageInfo { hasNextPage complete } } }',
    );
    expect({ data, extensions }).toMatchObject({
      data: { products: { nodes: [{ id: 'Product:1' }], pageInfo: { hasNextPage: false, complete: false } } },
      extensions: { upstream: { incomplete: [{ reason: 'NO_NEXT_LINK' }] } },
    });
  });
});

describe('an upstream total that contradicts its page of 2 rows', () => {
  it.each([
    ['of 2, with a `next` link,', 2, true],
    ['of 0, with a `next` link,', 0, true],
    ['of 0, without a `next` link,', 0, false],
  ])('%s is not returned as `totalCount`', async (_what, total, hasNext) => {
    const next = hasNext ? '/MedicinalProductDefinition?page=2' : undefined;
    const { data } = await answerOf(
      { ...searchset([product('1'), product('2')], next), total },
      '{ products(first: 2) { totalCount nodes { id } pageInfo { hasNextPage complete } } }',
    );
    expect(data).toMatchObject({
      products: { totalCount: hasNext ? null : 2, pageInfo: { hasNextPage: hasNext, complete: true } },
    });
  });
});

describe('a list whose last page has a `next` link', () => {
  it('ends without following the link when it has as many rows as its total', async () => {
    const { data } = await answerOf(
      {
        ...searchset([product('1'), product('2'), product('3')], '/MedicinalProductDefinition?page=2'),
        total: 4,
      },
      '{ products(first: 4) { totalCount nodes { id } pageInfo { hasNextPage complete } } }',
      { ...searchset([product('4')], '/MedicinalProductDefinition?page=3'), total: 4 },
    );
    expect(data).toMatchObject({
      products: { totalCount: 4, nodes: [{}, {}, {}, {}], pageInfo: { hasNextPage: false, complete: true } },
    });
  });
});

describe('a query whose response would have about 90³ objects', () => {
  it('fails with QUERY_TOO_COMPLEX', async () => {
    const over = await start([
      product('1'),
      ...Array.from({ length: 90 }, (_, index) => ({
        resourceType: 'PackagedProductDefinition',
        id: String(index),
        packageFor: [{ reference: 'MedicinalProductDefinition/1' }],
      })),
    ]);
    const packages = (below: string): string => `packages(first: 100) { nodes { id product { ${below} } } }`;
    const { data, errors } = await over.query(
      `{ product(id: "1") { ${packages(packages(packages('id')))} } }`,
    );
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
  });
});
