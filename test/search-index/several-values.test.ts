/** Filters with several values: each value is checked by itself, and one valid value does not hide an invalid one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';

const found = `query ($filter: ProductFilter!) { products(filter: $filter, first: 100) {
  totalCount pageInfo { complete } nodes { pmsId } } }`;

interface Products {
  readonly nodes: readonly { readonly pmsId: string }[];
}

let held: TestService;
let asked: TestService;

beforeAll(async () => {
  [held, asked] = await Promise.all([
    startTestService({ index: true, cacheTtlMs: 600_000 }),
    startTestService({ cacheTtlMs: 600_000, budget: 1_000 }),
  ]);
});
afterAll(() => Promise.all([held.stop(), asked.stop()]));

function rowsOf(data: GraphqlAnswer['data']): string[] {
  const products = data?.['products'] as Products | undefined;
  return (products?.nodes ?? []).map(({ pmsId }) => pmsId);
}

async function idsOf(service: TestService, filter: object): Promise<readonly string[]> {
  const { data, errors } = await service.query(found, { filter });
  expect(errors).toBeUndefined();
  return rowsOf(data).sort();
}

describe('a filter by `withoutSubstance` with several substances', () => {
  it.each([
    [['Lactose monohydrate', 'Amlodipine']],
    [['Amlodipine', 'Lactose monohydrate']],
    [['Lactose monohydrate', 'Magnesium stearate', 'Enalapril maleate']],
  ])('finds the products that contain none of %j', async (withoutSubstance) => {
    const all = await idsOf(held, { withoutSubstance });
    const each = await Promise.all(withoutSubstance.map((one) => idsOf(held, { withoutSubstance: [one] })));
    const [first = [], ...others] = each;
    expect(all).toEqual(first.filter((id) => others.every((ids) => ids.includes(id))));
    expect(all.length).toBeLessThan(first.length);
    expect(all).toEqual(await idsOf(asked, { withoutSubstance }));
  });
});

describe('a filter by `withoutSubstance`', () => {
  const name = 'Avelanta';

  async function refusalsOf(filter: object): Promise<readonly unknown[]> {
    const answers = await Promise.all([held, asked].map((service) => service.query(found, { filter })));
    return answers.map(({ data, errors }) => data?.['products'] ?? errors?.[0]?.extensions.code);
  }

  // If the unknown name were accepted, the filter would find all products.
  it.each([
    { withoutSubstance: ['lactoze'] },
    { withoutSubstance: ['lactos'] },
    { withoutSubstance: ['Lactose monohydrate', 'lactoze'] },
    { withoutSubstance: ['lactoze', 'Lactose monohydrate'] },
    { name, withoutSubstance: ['lactoze'] },
    { atc: ['C08'], withoutSubstance: ['lactoze'] },
    { substance: ['Amlodipine'], withoutSubstance: ['lactoze'] },
    { ids: ['600000000001'], withoutSubstance: ['lactoze'] },
  ])(
    'fails with BAD_USER_INPUT if no record has one of its substances, with and without an index: %j',
    async (filter) => {
      expect(await refusalsOf(filter)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
    },
  );

  it('with an unknown substance returns an empty list if its other arguments match no product', async () => {
    const nothing = { totalCount: 0, pageInfo: { complete: true }, nodes: [] };
    expect(await refusalsOf({ name: 'No such name', withoutSubstance: ['lactoze'] })).toEqual([
      nothing,
      nothing,
    ]);
  });

  it('accepts a substance that any product in the index contains, or without an index any checked product', async () => {
    const [byIndex, byUpstream] = await refusalsOf({ name, withoutSubstance: ['Paracetamol'] });
    expect(byIndex).toMatchObject({ pageInfo: { complete: true }, nodes: [{}, {}] });
    expect(byUpstream).toBe('BAD_USER_INPUT');
  });
});

it('a lookup of terms without a letter or a digit answers UNSEARCHABLE', async () => {
  const { data } = await held.query('{ lookup(terms: ["%", "-"]) { kind } }');
  expect(data?.['lookup']).toEqual([{ kind: 'UNSEARCHABLE' }, { kind: 'UNSEARCHABLE' }]);
});

it('a filter by ids returns products in the order of the ids', async () => {
  const ids = ['600000000003', '600000000001', '600000000002'];
  const { data } = await held.query(found, { filter: { ids } });
  expect(rowsOf(data)).toEqual(ids);
});
