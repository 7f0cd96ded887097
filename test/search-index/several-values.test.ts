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

describe('products without any of several substances', () => {
  it.each([
    [['Lactose monohydrate', 'Amlodipine']],
    [['Amlodipine', 'Lactose monohydrate']],
    [['Lactose monohydrate', 'Magnesium stearate', 'Enalapril maleate']],
  ])('contain none of them: %j', async (withoutSubstance) => {
    const all = await idsOf(held, { withoutSubstance });
    const each = await Promise.all(withoutSubstance.map((one) => idsOf(held, { withoutSubstance: [one] })));
    const [first = [], ...others] = each;
    expect(all).toEqual(first.filter((id) => others.every((ids) => ids.includes(id))));
    expect(all.length).toBeLessThan(first.length);
    expect(all).toEqual(await idsOf(asked, { withoutSubstance }));
  });
});

describe('a substance name in an exclusion that no record has', () => {
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
  ])('is reported as a mistake, with and without an index: %j', async (filter) => {
    expect(await refusalsOf(filter)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
  });

  it('is no mistake if no products are left to exclude it from', async () => {
    const nothing = { totalCount: 0, pageInfo: { complete: true }, nodes: [] };
    expect(await refusalsOf({ name: 'No such name', withoutSubstance: ['lactoze'] })).toEqual([
      nothing,
      nothing,
    ]);
  });

  it('is valid if a record in the index, or a checked product of the upstream, has it', async () => {
    const [byIndex, byUpstream] = await refusalsOf({ name, withoutSubstance: ['Paracetamol'] });
    expect(byIndex).toMatchObject({ pageInfo: { complete: true }, nodes: [{}, {}] });
    expect(byUpstream).toBe('BAD_USER_INPUT');
  });
});

it('filter terms without a letter or a digit are left undecided', async () => {
  const { data } = await held.query('{ lookup(terms: ["%", "-"]) { kind } }');
  expect(data?.['lookup']).toEqual([{ kind: 'UNSEARCHABLE' }, { kind: 'UNSEARCHABLE' }]);
});

it('products that are requested by id come in the requested order', async () => {
  const ids = ['600000000003', '600000000001', '600000000002'];
  const { data } = await held.query(found, { filter: { ids } });
  expect(rowsOf(data)).toEqual(ids);
});
