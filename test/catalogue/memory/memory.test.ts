/**
 * The memory: records that earlier operations read answer later ones, with equal data, fewer requests, and also during an
 * outage.
 */
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFreshness } from '../../../src/cache/freshness.js';
import { createMemory } from '../../../src/catalogue/memory/memory.js';
import { comparable, operationFiles, upstreamOf } from '../../support/operations.js';
import { differingByAnswer, randomOf, randomOperation } from '../../support/random-operation.js';
import { startTestService, type TestService } from '../../support/service.js';
import { isQuick, oneIn, propertyRuns } from '../../support/tier.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const runs = propertyRuns(100, 8);
const memory = { cacheTtlMs: 300_000, isKnown: true };
const profiles = ['everything', 'search', 'include'] as const;

describe.each(oneIn(3, profiles))('the record cache, with the profile `%s`,', (profile) => {
  let service: TestService;
  let forgetful: TestService;
  beforeAll(async () => {
    [service, forgetful] = await Promise.all([
      startTestService({ profile, budget: 100_000, ...memory }),
      startTestService({ profile, budget: 100_000 }),
    ]);
  });
  afterAll(() => Promise.all([service.stop(), forgetful.stop()]));

  it.each(oneIn(7, operationFiles).map(({ name, text }) => [name, text]))(
    'answers the second run of the operation %s without an upstream request',
    async (_name, text) => {
      const first = await service.query(text);
      service.sandbox.clearRequests();
      const again = await service.query(text);
      expect(comparable(again.data)).toEqual(comparable(first.data));
      expect(again.errors).toEqual(first.errors);
      expect(service.sandbox.requests).toEqual([]);
      const { requests, cacheHits } = upstreamOf(again) as unknown as Record<string, number>;
      expect({ requests, hit: (cacheHits ?? 0) > 0 }).toEqual({ requests: 0, hit: true });
    },
  );

  it(`does not change the data of ${runs} random operations, and saves upstream requests`, async () => {
    service.sandbox.clearRequests();
    forgetful.sandbox.clearRequests();
    await expectSameAnswers(service, forgetful);
    // A remembered product comes without the include search for its children. A few operations do not make up for these
    // searches.
    const atMost = isQuick ? 1.25 : 1;
    expect(service.sandbox.requests.length).toBeLessThan(atMost * forgetful.sandbox.requests.length);
  });
});

/** Sends random operations in sequence, so that a later one may use the records of an earlier one. */
async function expectSameAnswers(
  service: TestService,
  forgetful: TestService,
  given: fc.Parameters<[number]> = {},
): Promise<void> {
  const roots = [
    ...Array.from(
      { length: 12 },
      (_, index) => `product(id: "6000000000${String(index + 1).padStart(2, '0')}")`,
    ),
    ...['a', 'el', 'ö'].flatMap((name) =>
      [1, 3, 6].map((first) => `products(filter: { name: "${name}" }, first: ${first})`),
    ),
  ];
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 0x7fffffff }), async (seed) => {
      const { document: text, variables } = randomOperation({
        schema,
        random: randomOf(seed),
        roots,
        without: differingByAnswer,
      });
      const [remembered, asked] = [
        await service.query(text, variables),
        await forgetful.query(text, variables),
      ];
      expect({ ...remembered, extensions: undefined }).toEqual({ ...asked, extensions: undefined });
    }),
    { numRuns: runs, ...given },
  );
}

describe.skipIf(isQuick)('a random operation that the record cache once answered wrongly', () => {
  it.each([
    ['include', -951_142_827],
    ['include', 1],
    ['include', 6],
  ] as const)(
    'now has the same data as without a cache, with the profile `%s` and the seed %d',
    async (profile, seed) => {
      const [service, forgetful] = await Promise.all([
        startTestService({ profile, budget: 100_000, ...memory }),
        startTestService({ profile, budget: 100_000 }),
      ]);
      for (const { text } of operationFiles) await service.query(text);
      const compared = expectSameAnswers(service, forgetful, { seed, numRuns: 100 });
      await expect(compared).resolves.toBeUndefined();
      await Promise.all([service.stop(), forgetful.stop()]);
    },
  );
});

describe('the cached copies of one record', () => {
  const product = (id: string, more: object = {}) => ({
    resourceType: 'MedicinalProductDefinition' as const,
    id,
    name: [],
    meta: { versionId: '1' },
    ...more,
  });
  const originAt = (ms: number) => ({
    url: '/MedicinalProductDefinition',
    fetchedAt: new Date(ms),
    bytes: 1_000,
    stale: false,
  });
  const open = () => createMemory({ freshness: createFreshness(60_000), maxBytes: 10_000, now: () => 1_000 });
  const [one, other] = ['MedicinalProductDefinition/1', 'MedicinalProductDefinition/2'];

  it.each([
    ['one complete copy', undefined],
    ['one copy with the same elements', ['name']],
  ])('need no more memory than %s, even if the record is read 100 times', (_, elements) => {
    const kept = open();
    kept.keep(product('2'), originAt(0), undefined);
    kept.keep(product('1', { description: 'told' }), originAt(0), elements);
    for (let at = 1; at < 100; at += 1) kept.keep(product('1'), originAt(at), ['name']);
    expect(kept.record(other, undefined, 'fresh')).toBeDefined();
    expect(kept.record(one, ['name'], 'fresh')?.origin?.fetchedAt.getTime()).toBe(99);
  });

  it('count as complete if one of them is complete, and as partial if all are partial', () => {
    const kept = open();
    kept.keep(product('1', { description: 'told' }), originAt(0), undefined);
    kept.keep(product('1'), originAt(1), ['name']);
    expect(kept.record(one, undefined, 'fresh')?.origin?.isNarrow).toBe(false);
    kept.keep(product('2'), originAt(0), ['name']);
    kept.keep(product('2', { description: 'told' }), originAt(1), ['description']);
    expect(kept.record(other, undefined, 'any')).toBeUndefined();
    expect(kept.record(other, ['name', 'description'], 'fresh')?.origin?.isNarrow).toBe(true);
  });
});

describe('a second query that overlaps the first', () => {
  let service: TestService;
  afterEach(() => service.stop());

  it('requests only the records that are not in the cache', async () => {
    service = await startTestService({ profile: 'search', ...memory });
    const packages = (ids: string): string =>
      `{ nodes(ids: [${ids}]) { ... on Product { packages { nodes { id } } } } }`;
    await service.query(packages('"Product:600000000001", "Product:600000000002"'));
    service.sandbox.clearRequests();
    const { data } = await service.query(
      packages('"Product:600000000001", "Product:600000000002", "Product:600000000003"'),
    );
    expect((data as { nodes: object[] }).nodes).toHaveLength(3);
    const asked = service.sandbox.requests.map(({ path, form = '' }) => path + form).join('\n');
    expect(asked).toContain('600000000003');
    expect(asked).not.toContain('600000000001');
  });

  it('gets a product from the cached list that contained it', async () => {
    service = await startTestService({ profile: 'everything', ...memory });
    await service.query('{ products(filter: { name: "enal" }) { nodes { pmsId } } }');
    service.sandbox.clearRequests();
    const { data } = await service.query('{ product(id: "600000000060") { name } }');
    expect(data).toMatchObject({ product: { name: 'Enaldorm 20 mg Tabletten' } });
    expect(service.sandbox.requests).toEqual([]);
  });

  it('reads a record again if its cached copy lacks a selected element', async () => {
    service = await startTestService({ profile: 'search', ...memory, elements: true });
    await service.query('{ products(filter: { name: "enal" }) { nodes { name } } }');
    const { data } = await service.query('{ product(id: "600000000060") { name identifiers { value } } }');
    expect((data as { product: { identifiers: object[] } }).product.identifiers.length).toBeGreaterThan(0);
  });
});

describe('a cached product that was read without its linked records', () => {
  let service: TestService;
  afterEach(() => service.stop());

  it('has complete lists of linked records in a later query', async () => {
    service = await startTestService({ profile: 'include', ...memory });
    const below =
      'clinicalUses { __typename } ingredients { nodes { id } } administrableProducts { id } packages { nodes { id } }';
    // These products teach the service that included children are complete, so the lists cost no request.
    const others = Array.from({ length: 11 }, (_, index) => `"Product:${600_000_000_001 + index}"`);
    await service.query(`{ nodes(ids: [${others.join()}]) { ... on Product { ${below} } } }`);
    await service.query('{ product(id: "600000000012") { name } }');
    const { data, extensions } = await service.query(`{ product(id: "600000000012") { ${below} } }`);
    expect(upstreamOf({ extensions }).incomplete).toEqual([]);
    expect(data).toMatchObject({
      product: { ingredients: { nodes: expect.arrayContaining([expect.anything()]) } },
    });
  });
});

describe('the record cache while the upstream is down', () => {
  let service: TestService;
  afterEach(() => service.stop());

  it.each(oneIn(3, profiles))(
    'returns expired copies, reported in `stale`, with the profile `%s`',
    async (profile) => {
      service = await startTestService({ profile, cacheTtlMs: 1 });
      const text =
        '{ products(filter: { name: "enal" }) { nodes { name packages { nodes { id } } ingredients { nodes { id } } } } }';
      const before = await service.query(text);
      await service.sandbox.stop();
      const after = await service.query(text);
      expect(after.errors).toBeUndefined();
      expect(after.data).toEqual(before.data);
      expect(upstreamOf(after)).toMatchObject({ stale: [{ path: ['products'] }] });
    },
  );
});
