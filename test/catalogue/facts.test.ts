/**
 * `facts` filters as a whole: mistakes are reported, unreadable records are marked, and every displayed text finds its
 * product.
 */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { upstreamOf } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';
import { isQuick, oneIn } from '../support/tier.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ profile: 'everything', budget: 1_000 });
});
afterAll(() => service.stop());

interface Products {
  readonly totalCount: number | null;
  readonly nodes: readonly { readonly pmsId: string }[];
  readonly pageInfo: { readonly complete: boolean };
}

async function find(filter: object): Promise<Products> {
  const { data, errors } = await service.query(
    'query ($filter: ProductFilter) { products(filter: $filter, first: 100) { totalCount nodes { pmsId } pageInfo { complete } } }',
    { filter },
  );
  expect(errors, JSON.stringify(filter)).toBeUndefined();
  return data?.['products'] as Products;
}

describe('an invalid product filter', () => {
  it.each([
    [{ packSize: {} }, '"filter.packSize" must have "min", "max" or both.'],
    [{ packSize: { min: 30, max: 28 } }, '"filter.packSize.min" must not be above "filter.packSize.max".'],
    [{ packSize: { min: -1 } }, '"filter.packSize.min" must not be below 0.'],
    [
      { authorizedSince: '2024', authorizedBefore: '2023-12' },
      '"filter.authorizedSince" must be earlier than "filter.authorizedBefore".',
    ],
    [
      { substance: ['lactose'], withoutSubstance: ['lactose'] },
      '"filter.withoutSubstance" must not name a substance that "filter.substance" requires.',
    ],
    [{ actives: { all: [] } }, '"filter.actives.all" must have 1 to 20 entries.'],
    [
      { actives: { all: [{ substance: 'valsartan' }, { substance: ' ' }] } },
      '"filter.actives.all[1].substance" must not be blank.',
    ],
    [
      { actives: { all: [{ substance: 'valsartan', strength: 'much' }] } },
      '"filter.actives.all[0].strength" must begin with a number, as in "5 mg".',
    ],
    [
      { strength: ['5 mg', '1,000 IU'] },
      '"filter.strength" can mean "1 000 IU" or "1 IU": write one of these.',
    ],
    [{ lifecycle: [] }, '"filter.lifecycle" must have 1 to 100 entries.'],
    [{ marketed: { status: [] } }, '"filter.marketed.status" must have 1 to 100 entries.'],
  ])(
    '%j fails with BAD_USER_INPUT, which names the argument, before any request',
    async (filter, message) => {
      service.sandbox.clearRequests();
      const { errors } = await service.query(
        'query ($filter: ProductFilter) { products(filter: $filter) { totalCount } }',
        { filter },
      );
      expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(service.sandbox.requests).toEqual([]);
    },
  );

  it('with a misspelt `withoutSubstance` fails with BAD_USER_INPUT, because no product has that substance', async () => {
    const { data, errors } = await service.query(
      '{ products(filter: { withoutSubstance: ["lactoze"] }) { nodes { pmsId } } }',
    );
    expect(data).toEqual({ products: null });
    expect(errors).toMatchObject([{ path: ['products'], extensions: { code: 'BAD_USER_INPUT' } }]);
    const { nodes } = await find({ withoutSubstance: ['lactose'] });
    expect(nodes.length).toBeGreaterThan(5);
  });
});

it('a filter returns the matching products, marked OUT_OF_REACH, if one linked record cannot be read', async () => {
  const query = `{ products(filter: { manufacturer: ["Fjordvik Läkemedel AB"] }, first: 100) {
    nodes { pmsId } pageInfo { complete } } }`;
  const answer = await service.query(query);
  const { nodes, pageInfo } = (answer.data ?? {})['products'] as Products;
  expect(nodes.length).toBeGreaterThan(1);
  expect(pageInfo.complete).toBe(false);
  expect(upstreamOf(answer).incomplete).toEqual([{ path: ['products'], reason: 'OUT_OF_REACH' }]);
});

it.each(['09520000071004', '9520000071004', '(01)09520000071004(10)A1', '\u001D010952000007100417270131'])(
  'a filter by the bar code %j finds the product of its package',
  async (dataCarrier) => {
    expect(await find({ dataCarrier: [dataCarrier] })).toMatchObject({
      totalCount: 1,
      nodes: [{ pmsId: '600000000071' }],
    });
  },
);

interface Text {
  readonly text: string | null;
}
interface Shown {
  readonly pmsId: string;
  readonly domain: Text | null;
  readonly status: Text | null;
  readonly doseForm: Text | null;
  readonly routes: readonly Text[];
  readonly classifications: readonly Text[];
  readonly legalStatusOfSupply: Text | null;
  readonly pediatricUse: Text | null;
  readonly lifecycle: string;
  readonly authorizations: readonly { readonly status: Text | null }[];
  readonly holder: { readonly name: string } | null;
  readonly activeMoieties: readonly { readonly name: string | null }[];
}

const shown = `{ products(first: 100) { nodes { pmsId domain { text } status { text } doseForm { text } routes { text }
  classifications { text } legalStatusOfSupply { text } pediatricUse { text } lifecycle
  authorizations { status { text } } holder { name } activeMoieties { name } } } }`;

function textsOf(product: Shown): Readonly<Record<string, readonly (string | null | undefined)[]>> {
  return {
    domain: [product.domain?.text],
    status: [product.status?.text],
    doseForm: [product.doseForm?.text],
    route: product.routes.map(({ text }) => text),
    classification: product.classifications.map(({ text }) => text),
    legalStatusOfSupply: [product.legalStatusOfSupply?.text],
    pediatricUse: [product.pediatricUse?.text],
    lifecycle: [product.lifecycle],
    authorizationStatus: product.authorizations.map(({ status }) => status?.text),
    holder: [product.holder?.name],
    substance: product.activeMoieties.map(({ name }) => name),
  };
}

it.each(isQuick ? ['de'] : ['en', 'de'])(
  'a filter by any text of a product, shown in the language %s, finds that product',
  async (language) => {
    const searching = await startTestService({ profile: 'search' });
    onTestFinished(() => searching.stop());
    const headers = { 'accept-language': language };
    const { data } = await searching.query(shown, {}, headers);
    const bearers = new Map<string, { filter: object; products: string[] }>();
    for (const product of ((data ?? {})['products'] as { nodes: readonly Shown[] }).nodes)
      for (const [part, texts] of Object.entries(textsOf(product)))
        for (const text of texts) {
          if (!text) continue;
          const found = bearers.get(`${part} ${text}`) ?? { filter: { [part]: [text] }, products: [] };
          found.products.push(product.pmsId);
          bearers.set(`${part} ${text}`, found);
        }
    expect(bearers.size).toBeGreaterThan(100);
    for (const { filter, products } of oneIn(15, [...bearers.values()])) {
      const { data: answer } = await searching.query(
        'query ($filter: ProductFilter) { products(filter: $filter, first: 100) { nodes { pmsId } } }',
        { filter },
        headers,
      );
      const ids = ((answer?.['products'] ?? { nodes: [] }) as Products).nodes.map(({ pmsId }) => pmsId);
      expect(ids, JSON.stringify(filter)).toEqual(expect.arrayContaining(products));
    }
  },
);
