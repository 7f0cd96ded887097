/**
 * Lists that change while they are read: they are read again once, or marked as incomplete. An upstream that hides rows is
 * never taken for complete.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { Guise } from '../../src/sandbox/guise.js';
import type { Connection } from '../support/filter-checks.js';
import { upstreamOf } from '../support/operations.js';
import { json, searchset, startUpstream } from '../support/upstream.js';
import { isQuick } from '../support/tier.js';
import { startFacade, startTestService, type TestService } from '../support/service.js';

const services: TestService[] = [];
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
});

const profiles = ['everything', 'search', 'include'] as const;
const tried = isQuick ? (['search'] as const) : profiles;
type Profile = (typeof profiles)[number];

async function start(profile: Profile, guise: Guise, maxPageSize = 7): Promise<TestService> {
  const service = await startTestService({
    profile,
    budget: 1_000,
    sandbox: { profile, guise: { everything: 'paged', ...guise }, pageSize: maxPageSize, maxPageSize },
  });
  services.push(service);
  return service;
}

/** A product with twelve packages. */
const many = '600000000024';
const documentOf = `query ($id: ID!) { product(id: $id) { packages(first: 100) {
  totalCount nodes { id } pageInfo { complete }
} } }`;
const productsDocument = '{ products(first: 100) { totalCount nodes { id } pageInfo { complete } } }';

interface Told {
  readonly ids: readonly string[];
  readonly total: number | null;
  readonly isComplete: boolean;
  readonly reasons: readonly string[];
}

async function packagesOf(service: TestService, id = many): Promise<Told> {
  const answer = await service.query(documentOf, { id });
  const { product } = answer.data as { readonly product: { readonly packages: Listed } };
  return toldBy(product.packages, upstreamOf(answer).incomplete);
}

async function productsOf(service: TestService): Promise<Told> {
  const answer = await service.query(productsDocument);
  return toldBy(answer.data?.['products'] as Listed, upstreamOf(answer).incomplete);
}

type Listed = Pick<Connection, 'totalCount' | 'pageInfo'> & {
  readonly nodes: readonly { readonly id: string }[];
};

function toldBy(
  { nodes, totalCount, pageInfo }: Listed,
  incomplete: readonly { readonly reason: string }[],
): Told {
  return {
    ids: nodes.map(({ id }) => id),
    total: totalCount ?? null,
    isComplete: pageInfo.complete,
    reasons: incomplete.map(({ reason }) => reason),
  };
}

describe.each(tried)('a list that changes while it is read, with the profile `%s`', (profile) => {
  const lists = [
    ['products', productsOf],
    ['packages', packagesOf],
  ] as const;

  it('is complete after a second reading if a product was deleted meanwhile', async () => {
    const plain = await productsOf(await start(profile, {}));
    const told = await productsOf(await start(profile, { pages: 'shrinking' }));
    expect(told).toMatchObject({ isComplete: true, reasons: [], total: (plain.total ?? 0) - 1 });
    expect(plain.ids.filter((id) => !told.ids.includes(id))).toHaveLength(1);
  });

  it.each(lists)(
    'of %s is never reported as complete if the order changes from page to page and rows are missing',
    async (_what, read) => {
      const plain = await read(await start(profile, {}));
      for (const total of isQuick ? (['first'] as const) : ([undefined, 'absent', 'first'] as const)) {
        const told = await read(await start(profile, { pages: 'shuffled', ...(total && { total }) }));
        const isWhole = plain.ids.every((id) => told.ids.includes(id));
        expect([total, told.isComplete && !isWhole]).toEqual([total, false]);
        if (!isWhole)
          expect(told).toMatchObject({ total: null, isComplete: false, reasons: [expect.any(String)] });
      }
    },
  );

  it('is not reported as complete if its total counts rows that no page contains', async () => {
    const hiding = await start(profile, { hides: 3 });
    expect(await productsOf(hiding)).toMatchObject({ isComplete: false, total: null });
    if (profile === 'search')
      expect(await packagesOf(hiding)).toMatchObject({ isComplete: false, total: null });
  });
});

it('a list is complete if a row was deleted while it was read, and incomplete if the upstream omits rows later', async () => {
  const rows = Array.from({ length: 35 }, (_, at) => ({
    resourceType: 'MedicinalProductDefinition',
    id: `p${at}`,
  }));
  let hidden = 0;
  const upstream = await startUpstream(({ url }, response) => {
    const { searchParams } = new URL(url, 'http://x');
    const from = Number(searchParams.get('from') ?? 0);
    if (from > 0 && rows.length === 35) rows.splice(5, 1);
    const isCount = searchParams.get('_count') === '1';
    const shown = rows.slice(from, isCount ? 1 : Math.min(from + 20, rows.length - hidden));
    const next =
      !isCount && from + 20 < rows.length ? `/MedicinalProductDefinition?from=${from + 20}` : undefined;
    // Only the first page has a total.
    json(response, { ...searchset(shown, next), ...(from === 0 && { total: rows.length }) });
  });
  const facade = await startFacade({ kind: 'fhir', baseUrl: new URL(upstream.origin) });
  const told = async (): Promise<Told> => {
    const answer = await facade.query(productsDocument);
    return toldBy(answer.data?.['products'] as Listed, upstreamOf(answer).incomplete);
  };
  expect(await told()).toMatchObject({ isComplete: true, total: 34, ids: { length: 34 } });
  hidden = 5;
  expect(await told()).toMatchObject({ isComplete: false, total: null, ids: { length: 29 } });
  await facade.stop();
});

it('a $everything bundle is complete after a second reading if one of its records is deleted meanwhile', async () => {
  const idsOf = async (guise: Guise): Promise<readonly string[]> => {
    const document = `{ product(id: "${many}") { authorizations { id } packages { nodes { id } } } }`;
    const answer = await (await start('everything', guise)).query(document);
    expect([answer.errors, upstreamOf(answer).incomplete]).toEqual([undefined, []]);
    return [...JSON.stringify(answer.data).matchAll(/"id":"(.*?)"/g)].map(([, id = '']) => id);
  };
  const [plain, told] = [await idsOf({}), await idsOf({ pages: 'shrinking' })];
  expect(plain.filter((id) => !told.includes(id))).toHaveLength(1);
});

describe('a list that changes while its pages are read, with the profile `search`', () => {
  const profile = 'search';

  it('is complete after a second reading if a package was deleted meanwhile', async () => {
    const plain = await packagesOf(await start(profile, {}));
    const told = await packagesOf(await start(profile, { pages: 'shrinking' }));
    expect(told).toMatchObject({ isComplete: true, reasons: [], total: (plain.total ?? 0) - 1 });
    expect(plain.ids.filter((id) => !told.ids.includes(id))).toHaveLength(1);
  });

  it('is read twice if its pages overlap, and once when that is known', async () => {
    const service = await start(profile, { pages: 'overlapping' });
    const truth = await packagesOf(await start(profile, {}));
    const asked: number[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      service.sandbox.clearRequests();
      expect(await packagesOf(service)).toEqual(truth);
      asked.push(service.sandbox.requests.length);
    }
    expect(asked[0]).toBeGreaterThan(asked[1] ?? 0);
  });

  it('with a total that is too high costs a request for the accurate total once', async () => {
    const service = await start(profile, { total: 'high' });
    const truth = await packagesOf(await start(profile, {}));
    const asked: number[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      service.sandbox.clearRequests();
      expect(await packagesOf(service)).toEqual(truth);
      asked.push(service.sandbox.requests.filter(({ path }) => path.includes('_total=accurate')).length);
    }
    expect(asked[1]).toBe(0);
  });
});
