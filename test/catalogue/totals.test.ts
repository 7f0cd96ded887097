/** Total counts of upstreams that also count included records, or that count only on request. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Guise } from '../../src/sandbox/guise.js';
import type { Connection } from '../support/filter-checks.js';
import { upstreamOf } from '../support/operations.js';
import { oneIn } from '../support/tier.js';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';

type Profile = 'everything' | 'search' | 'include';

const services: TestService[] = [];
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
});

async function start(profile: Profile, guise: Guise, pageSize?: number): Promise<TestService> {
  const pages = pageSize === undefined ? {} : { pageSize, maxPageSize: pageSize };
  const service = await startTestService({
    isKnown: true,
    profile: 'auto',
    budget: 1_000,
    sandbox: { profile, guise, ...pages },
  });
  services.push(service);
  return service;
}

function productsOf({ data }: GraphqlAnswer): Connection {
  return data?.['products'] as Connection;
}

const below = 'pmsId packages { totalCount nodes { id } } ingredients { totalCount }';

function productsOn(first: number, after?: string | null, filter = '{}'): string {
  const from = after ? `, after: ${JSON.stringify(after)}` : '';
  return `{ products(first: ${first}${from}, filter: ${filter}) {
    totalCount nodes { ${below} } pageInfo { hasNextPage endCursor complete }
  } }`;
}

describe('an upstream that returns included records', () => {
  it.each(
    oneIn(5, [
      ['counts them in `_count`', { counts: 'page' }, undefined],
      ['counts them in `_count`, in pages of 7,', { counts: 'page' }, 7],
      ['counts them in the total', { counts: 'total' }, undefined],
      ['counts them in the total, in pages of 7,', { counts: 'total' }, 7],
      ['does not count them', {}, undefined],
    ] as const),
  )('and %s leads to the same pages and totals as plain searches', async (_what, guise, pageSize) => {
    const service = await start('include', guise, pageSize);
    const plain = await start('search', {});
    for (const query of [
      productsOn(5),
      productsOn(5, null, '{ name: "Avelanta" }'),
      productsOn(2, null, '{ name: "Avelanta" }'),
      productsOn(100),
    ]) {
      const answer = await service.query(query);
      expect(answer.errors).toBeUndefined();
      expect(upstreamOf(answer).incomplete).toEqual([]);
      // Each server has its own cursors.
      const [page, truth] = [productsOf(answer), productsOf(await plain.query(query))];
      expect({ ...page, pageInfo: { ...page.pageInfo, endCursor: '' } }).toEqual({
        ...truth,
        pageInfo: { ...truth.pageInfo, endCursor: '' },
      });
    }
  });

  it('costs one additional request only if its total may count them', async () => {
    const countsIn = async (guise: Guise): Promise<number> => {
      const service = await start('include', guise);
      await service.query(productsOn(3));
      service.sandbox.clearRequests();
      await service.query(productsOn(4));
      return service.sandbox.requests.filter(({ path }) => /_count=1(&|$)/.test(path)).length;
    };
    expect([await countsIn({}), await countsIn({ counts: 'total' })]).toEqual([0, 1]);
  });
});

describe('an upstream whose totals are always too high', () => {
  it('leads to an empty second page, marked incomplete with NO_NEXT_LINK', async () => {
    const service = await start('everything', { total: 'high' }, 1);
    const name = '{ name: "Avelanta 5 mg" }';
    const full = productsOf(await service.query(productsOn(1, null, name)));
    expect(full).toMatchObject({ nodes: [{}], pageInfo: { complete: true, hasNextPage: true } });
    const next = await service.query(productsOn(1, full.pageInfo.endCursor, name));
    expect(productsOf(next)).toMatchObject({
      totalCount: null,
      nodes: [],
      pageInfo: { complete: false, hasNextPage: false },
    });
    expect(upstreamOf(next).incomplete).toMatchObject([{ path: ['products'], reason: 'NO_NEXT_LINK' }]);
  });
});

describe.each(['search', 'include'] as const)('with the profile `%s`', (profile) => {
  describe.each([
    ['totals on request only', {}],
    ['no totals', { lacks: ['_total'] }],
  ] as const)('an upstream without `next` links and with %s', (_what, counts) => {
    it('leads to lists marked incomplete (NO_NEXT_LINK) if a page is full', async () => {
      const service = await start(profile, { ...counts, total: 'absent', next: 'absent' }, 7);
      const { data, extensions } = await service.query(
        `{ products(first: 50) { totalCount nodes { pmsId } pageInfo { complete } }
           many: product(id: "600000000024") { packages { totalCount pageInfo { complete } } } }`,
      );
      expect(data).toMatchObject({
        products: { totalCount: null, pageInfo: { complete: false } },
        many: { packages: { totalCount: null, pageInfo: { complete: false } } },
      });
      expect(upstreamOf({ extensions }).incomplete).toMatchObject([
        { path: ['products'], reason: 'NO_NEXT_LINK' },
        { path: ['many', 'packages'], reason: 'NO_NEXT_LINK' },
      ]);
      const few = await service.query(
        '{ product(id: "600000000001") { packages { totalCount pageInfo { complete } } } }',
      );
      expect(few.data).toMatchObject({ product: { packages: { pageInfo: { complete: true } } } });
      expect(upstreamOf(few).incomplete).toEqual([]);
    });

    it('leads to pages that return each reachable row once, and then end', async () => {
      const service = await start(profile, { ...counts, total: 'absent', next: 'absent' }, 7);
      const seen: string[] = [];
      let after: string | null = null;
      let complete: boolean;
      do {
        const page: Connection = productsOf(await service.query(productsOn(5, after)));
        seen.push(...page.nodes.map(({ pmsId }) => pmsId));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
        ({ complete } = page.pageInfo);
      } while (after !== null && seen.length < 50);
      expect(seen).toHaveLength(7);
      expect(new Set(seen).size).toBe(7);
      expect(complete).toBe(false);
    });
  });

  it('an upstream with `next` links and no totals leads to complete lists', async () => {
    const service = await start(profile, { total: 'absent' }, 7);
    service.sandbox.clearRequests();
    const { data, extensions } = await service.query(
      '{ products(first: 100) { nodes { pmsId packages { nodes { id } } } pageInfo { complete } } }',
    );
    expect(data).toMatchObject({ products: { pageInfo: { complete: true } } });
    expect(upstreamOf({ extensions }).incomplete).toEqual([]);
    expect(service.sandbox.requests.filter(({ path }) => path.includes('_total'))).toEqual([]);
  });
});
