/**
 * Products in the index answer instead of the upstream. The answer has their age, they are refreshed in the background, and
 * they replace the upstream during an outage.
 */
import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  startTestService,
  type GraphqlAnswer,
  type TestService,
  type TestServiceOptions,
} from '../support/service.js';
import { isQuick, oneIn } from '../support/tier.js';

const page = `query ($id: ID!) { product(id: $id) { pmsId name
  packages(first: 5) { totalCount pageInfo { complete } nodes { id manufacturedItems { id ingredients { nodes { substance { code } } } } } }
  ingredients(first: 50) { totalCount nodes { substance { code } } } authorizations { id holder { name } } } }`;
const id = '600000000001';

async function start(options: TestServiceOptions): Promise<TestService> {
  const service = await startTestService(options);
  onTestFinished(() => service.stop());
  return service;
}

interface Receipt {
  readonly profile: string;
  readonly requests: number;
  readonly estimated: number;
  readonly stale: readonly object[];
  readonly incomplete: readonly object[];
}

function receiptOf({ extensions }: GraphqlAnswer): Receipt {
  return (extensions as { upstream: Receipt }).upstream;
}

function under<Value>(data: GraphqlAnswer['data'], field: string): Value {
  expect(data?.[field]).toBeDefined();
  return data?.[field] as Value;
}

interface Coverage {
  readonly products: number;
  readonly withDetails: number;
  readonly complete: boolean;
}

async function coverageOf(service: TestService): Promise<Coverage> {
  const { data } = await service.query('{ service { coverage { products withDetails complete } } }');
  return under<{ coverage: Coverage }>(data, 'service').coverage;
}

/** Waits until products are in the index, which happens shortly after the answer. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries > 500) throw new Error('it has not come to pass');
    await after(20);
  }
}

describe('a product that a client has read', () => {
  it('is stored in the index, and later read from it without a request', async () => {
    const service = await start({ index: { crawl: false }, cacheTtlMs: 1 });
    const first = await service.query(page, { id });
    expect(receiptOf(first)).toMatchObject({ profile: 'everything', requests: 1, incomplete: [] });
    await until(async () => (await coverageOf(service)).withDetails === 1);
    service.sandbox.clearRequests();
    const again = await service.query(page, { id });
    expect(again.data).toEqual(first.data);
    expect(receiptOf(again)).toMatchObject({ profile: 'held', requests: 0, incomplete: [] });
    expect(await coverageOf(service)).toEqual({ products: 1, withDetails: 1, complete: false });
  });

  it.skipIf(isQuick)(
    'is returned as stale when it has expired, and is read again in the background',
    async () => {
      const service = await start({ index: { crawl: false }, cacheTtlMs: 1 });
      await service.query(page, { id });
      await until(async () => (await coverageOf(service)).withDetails === 1);
      await after(5);
      service.sandbox.clearRequests();
      const answer = await service.query(page, { id });
      expect(receiptOf(answer)).toMatchObject({ profile: 'held', requests: 0 });
      expect(receiptOf(answer).stale.length).toBeGreaterThan(0);
      await until(async () => service.sandbox.requests.length > 0);
      expect(service.sandbox.requests.map(({ path }) => path)).toEqual([
        `/MedicinalProductDefinition/${id}/$everything`,
      ]);
    },
  );

  it('is read from the upstream again if it is older than the maximum age', async () => {
    const service = await start({ index: { crawl: false, maxAgeMs: 0 } });
    const first = await service.query(page, { id });
    await until(async () => (await coverageOf(service)).withDetails === 1);
    await after(5);
    const again = await service.query(page, { id });
    expect(receiptOf(again)).toMatchObject({ requests: 1, stale: [] });
    expect(again.data).toEqual(first.data);
  });
});

describe('a product that a crawl stored from searches', () => {
  it.skipIf(isQuick)(
    'is returned as stale when it has expired, and is searched for again in the background',
    async () => {
      const service = await start({ profile: 'search', index: true, cacheTtlMs: 1 });
      await after(5);
      service.sandbox.clearRequests();
      const answer = await service.query(page, { id });
      expect(receiptOf(answer)).toMatchObject({ profile: 'held', requests: 0 });
      expect(receiptOf(answer).stale.length).toBeGreaterThan(0);
      const isSearched = (): boolean =>
        service.sandbox.requests.some(({ path }) => path.startsWith('/Ingredient?for='));
      await until(async () => isSearched());
      expect(isSearched()).toBe(true);
    },
  );

  it.skipIf(isQuick).each(['search', 'include'] as const)(
    'is returned when it is read by its id, with the profile `%s`',
    async (profile) => {
      const service = await start({ profile, index: true, cacheTtlMs: 0 });
      const before = await coverageOf(service);
      await service.query(page, { id });
      await after(50);
      expect(await coverageOf(service)).toEqual(before);
      expect(before.complete).toBe(true);
    },
  );

  it.skipIf(isQuick)('is answered from the index while the upstream is down', async () => {
    const service = await start({
      profile: 'search',
      index: { maxAgeMs: 0 },
      cacheTtlMs: 1,
      timeoutMs: 2_000,
    });
    const before = await service.query(page, { id });
    await service.sandbox.stop();
    await after(5);
    const answer = await service.query(page, { id });
    expect(answer.data).toEqual(before.data);
    expect(receiptOf(answer).stale.length).toBeGreaterThan(0);
  });
});

describe('an index without a cache', () => {
  it.skipIf(isQuick)(
    'finds products that the upstream cannot search for, and reads them from the upstream',
    async () => {
      const service = await start({ index: true, cacheTtlMs: 0 });
      const whole = await service.query(page, { id });
      expect(receiptOf(whole)).toMatchObject({ requests: 1, stale: [] });
      const substances = `{ substances(first: 3) { totalCount pageInfo { complete } nodes { code
      products(first: 2) { totalCount pageInfo { complete } nodes { pmsId } } } } }`;
      const listed = await service.query(substances);
      expect(listed.errors).toBeUndefined();
      expect(receiptOf(listed).incomplete).toEqual([]);
      const { totalCount, nodes } = under<{
        totalCount: number;
        nodes: readonly { code: string; products: object }[];
      }>(listed.data, 'substances');
      expect(totalCount).toBeGreaterThan(3);
      for (const { products } of nodes) expect(products).toMatchObject({ pageInfo: { complete: true } });
      const each = await service.query(
        'query ($code: String!) { none: substance(code: "1") { code } one: substance(code: $code) { code } }',
        {
          code: nodes[0]?.code,
        },
      );
      expect(each).toMatchObject({ data: { none: null, one: { code: nodes[0]?.code } } });
      expect(each.errors).toBeUndefined();
    },
  );

  it.skipIf(isQuick)(
    'finds all matching products among 600, which are too many to read one by one',
    async () => {
      const service = await start({ index: true, cacheTtlMs: 0, sandbox: { products: 600 } });
      const found = await service.query(
        '{ products(filter: { atc: ["C"] }, first: 3) { totalCount nodes { pmsId packages { nodes { id } } } pageInfo { complete } } }',
      );
      const { requests, estimated, incomplete, stale } = receiptOf(found);
      expect(incomplete).toEqual([]);
      expect(stale.length).toBeGreaterThan(0);
      // The records that belong to the products.
      expect(requests).toBeGreaterThan(2);
      expect(estimated).toBeGreaterThanOrEqual(requests);
      expect(found.data?.['products']).toMatchObject({ pageInfo: { complete: true } });
    },
  );
});

describe('an index while the upstream is down', () => {
  it.skipIf(isQuick)('returns products of any age', async () => {
    const service = await start({ index: { maxAgeMs: 0 }, cacheTtlMs: 1, timeoutMs: 2_000 });
    const before = await service.query(page, { id });
    await service.sandbox.stop();
    await after(5);
    const answer = await service.query(page, { id });
    expect(answer.data).toEqual(before.data);
    expect(receiptOf(answer).stale.length).toBeGreaterThan(0);
    const found = await service.query(
      `{ products(filter: { atc: ["C08CA01"] }, first: 3) { totalCount nodes { pmsId } pageInfo { complete } } }`,
    );
    expect(found.data?.['products']).toMatchObject({ totalCount: null, pageInfo: { complete: false } });
    const { nodes } = under<{ nodes: readonly object[] }>(found.data, 'products');
    expect(nodes.length).toBeGreaterThan(0);
  });
});

describe('a product that is not in the index', () => {
  it('makes a filtered list incomplete with NOT_ALL_HELD', async () => {
    const service = await start({
      index: { crawl: false },
      cacheTtlMs: 600_000,
      // More products than the service looks through.
      sandbox: { products: 600 },
    });
    const atc = `{ products(filter: { atc: ["A"] }, first: 3) { totalCount nodes { pmsId } pageInfo { complete } } }`;
    expect((await service.query(atc)).errors?.[0]?.extensions.code).toBe('UPSTREAM_UNSUPPORTED');
    await service.query(
      '{ products(filter: { name: "a" }, first: 5) { nodes { packages { nodes { id } } } } }',
    );
    await until(async () => (await coverageOf(service)).withDetails === 5);
    const { data, extensions } = await service.query(atc);
    expect(data?.['products']).toMatchObject({ totalCount: null, pageInfo: { complete: false } });
    expect((extensions as { upstream: Receipt }).upstream.incomplete).toEqual([
      expect.objectContaining({ reason: 'NOT_ALL_HELD' }),
    ]);
  });
});

describe('a package of a product', () => {
  it.skipIf(isQuick)('is found by its id in the index without a request', async () => {
    const service = await start({ index: true, cacheTtlMs: 600_000 });
    const { data } = await service.query(page, { id });
    const { packages } = under<{ packages: { nodes: readonly { id: string }[] } }>(data, 'product');
    const [pack] = packages.nodes;
    service.sandbox.clearRequests();
    const found = await service.query('query ($id: ID!) { node(id: $id) { id } package(id: $id) { id } }', {
      id: pack?.id,
    });
    expect(found.data).toEqual({ node: { id: pack?.id }, package: { id: pack?.id } });
    expect(service.sandbox.requests).toEqual([]);
  });
});

describe('an answer with data from the index', () => {
  const found =
    '{ products(filter: { atc: ["C09"] }, first: 2) { nodes { pmsId packages { totalCount } } } }';
  const substances = '{ substances(first: 3) { edges { node { name } } } }';

  it.each(oneIn(2, ['everything', 'search'] as const))(
    'states the index as its source in the receipt, with the time of the crawl, for the profile `%s`',
    async (profile) => {
      const service = await start({ profile, index: true, cacheTtlMs: 600_000 });
      for (const query of [found, substances]) {
        const began = Date.now();
        const response = await fetch(`${service.origin}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
          body: JSON.stringify({ query }),
        });
        const answer = (await response.json()) as GraphqlAnswer;
        expect(answer.errors).toBeUndefined();
        expect(receiptOf(answer), query).toMatchObject({ profile: 'held', requests: 0, stale: [] });
        expect(response.headers.get('age')).toMatch(/^\d+$/);
        expect(Number(response.headers.get('age')) * 1_000).toBeLessThan(600_000 + Date.now() - began);
      }
      const named = await service.query('{ service { profile capabilities { profiles } } }');
      expect(named.data).toEqual({
        service: { profile, capabilities: { profiles: ['held', profile] } },
      });
      expect(receiptOf(named)).toMatchObject({ profile, requests: 0 });
    },
  );

  it.skipIf(isQuick)('is reported as stale if the last complete crawl is old', async () => {
    const service = await start({ index: true, cacheTtlMs: 1 });
    await after(5);
    for (const query of [found, substances])
      expect(receiptOf(await service.query(query)).stale, query).not.toEqual([]);
  });

  it('states the profile in the receipt if some products came from the upstream', async () => {
    const service = await start({ index: { crawl: false }, cacheTtlMs: 600_000 });
    await service.query(page, { id });
    await until(async () => (await coverageOf(service)).withDetails === 1);
    const both = '{ products(filter: { name: "a" }, first: 2) { nodes { packages { totalCount } } } }';
    expect(receiptOf(await service.query(both))).toMatchObject({ profile: 'everything' });
    const without = await start({});
    const { data } = await without.query('{ service { capabilities { profiles } } }');
    expect(data).toEqual({ service: { capabilities: { profiles: ['everything'] } } });
  });
});
