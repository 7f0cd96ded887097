/** Facets over the sandbox's products: their values, and the number of products with each value. */
import type { MedicinalProductDefinition, Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ProductFilter } from '../../../src/facts/filter.js';
import { sampleResources } from '../../../src/sandbox/world/sample.js';
import {
  facetFields,
  type Facet,
  type FacetField,
  type FacetQuery,
} from '../../../src/search-index/facets/facet.js';
import { fieldsWith } from '../../../src/search-index/facets/fields.js';
import { Lifecycle } from '../../../src/terms/ema-codes.js';
import { atcCodeOf } from '../../../src/terms/ema-terms.js';
import { createFilterTruth } from '../../support/filter-truth.js';
import { indexOf, type TestIndex } from './index-of.js';

const fields = fieldsWith(atcCodeOf);
const resources = sampleResources({ quirks: true });

let index: TestIndex;

beforeAll(async () => {
  index = await indexOf(resources);
});

afterAll(async () => {
  await index.store.close();
});

async function facetOf(
  field: FacetField,
  query: Partial<FacetQuery> = {},
  of: TestIndex = index,
): Promise<Facet> {
  const [facet] = await of.facets.count({ filter: {}, first: 10_000, ...query, fields: [field] });
  if (!facet) throw new Error('each field has a facet');
  return facet;
}

function countsOf({ values }: Facet): Readonly<Record<string, number>> {
  return Object.fromEntries(values.map(({ value, count }) => [value, count]));
}

async function numberFound(filter: ProductFilter): Promise<number> {
  return (await index.find(filter)).ids.length;
}

describe('the values of a facet in the index', () => {
  it.each(facetFields)('of %s count as many products as a filter by each value finds', async (name) => {
    const field = fields[name];
    const filter: ProductFilter = { domain: ['100000000012'] };
    const { values, other } = await facetOf(name, { filter });
    expect(values.length).toBeGreaterThan(0);
    expect(other).toBe(0);
    for (const { value, count } of values)
      expect(await numberFound({ ...filter, ...field.filterFor(value, filter) }), value).toBe(count);
  });

  it.each(facetFields)(
    'of %s come most frequent first, with the same counts for any number of values',
    async (name) => {
      const all = await facetOf(name);
      const counts = countsOf(all);
      for (const first of [1, 2, 5]) {
        const some = await facetOf(name, { first });
        expect(some.distinct).toBe(all.distinct);
        expect(some.missing).toBe(all.missing);
        for (const { value, count } of some.values) expect(counts[value]).toBe(count);
        const roots = some.values.filter(({ parent }) => parent === null);
        expect(roots.map(({ count }) => count)).toEqual(
          roots.map(({ count }) => count).sort((a, b) => b - a),
        );
        expect(roots.length).toBe(Math.min(first, all.values.filter(({ parent }) => parent === null).length));
      }
    },
  );

  it.each(facetFields)('of %s, together with `other` and `missing`, count every product', async (name) => {
    const total = await numberFound({});
    for (const first of [0, 1, 3, 10_000]) {
      const { values, other, missing } = await facetOf(name, { first });
      const having = new Set<string>();
      for (const { value } of values)
        for (const id of (await index.find(fields[name].filterFor(value, {}))).ids) having.add(id);
      expect(having.size + other + missing).toBe(total);
    }
  });

  it.each(facetFields)('of %s stay the same when the filter contains one of them', async (name) => {
    const before = await facetOf(name);
    const chosen = before.values.at(-1)?.value ?? '';
    const after = await facetOf(name, { filter: fields[name].filterFor(chosen, {}) });
    expect(countsOf(after)).toMatchObject(countsOf(before));
    expect(after.values.filter(({ selected }) => selected).map(({ value }) => value)).toEqual([chosen]);
    expect(before.values.some(({ selected }) => selected)).toBe(false);
  });
});

describe('a facet of products', () => {
  it('lists the values that its filter contains, even with no product', async () => {
    const filter: ProductFilter = { doseForm: ['100000099999', '100000073375'] };
    const { values } = await facetOf('DOSE_FORM', { filter, first: 1 });
    expect(values.map(({ value, count, selected }) => [value, count, selected])).toEqual([
      ['100000073665', 27, false],
      ['100000073375', 2, true],
      ['100000099999', 0, true],
    ]);
  });

  it('is counted among the products that the other filter arguments find', async () => {
    const filter: ProductFilter = { atc: ['C'], country: ['SE'] };
    const { values } = await facetOf('ROUTE', { filter });
    expect(values.length).toBeGreaterThan(0);
    for (const { value, count } of values)
      expect(await numberFound({ ...filter, route: [value] })).toBe(count);
  });

  it('counts only the products that a search text has found', async () => {
    const all = await index.store.all();
    const { values, missing } = await facetOf('STATUS', { among: new Set(all.subarray(0, 7)) });
    expect(values.reduce((sum, { count }) => sum + count, missing)).toBe(7);
    const none = await facetOf('STATUS', { among: new Set() });
    expect(none).toMatchObject({ values: [], distinct: 0, other: 0, missing: 0 });
  });

  it('counts an EU authorization for each member state and for the EU', async () => {
    const counts = countsOf(await facetOf('COUNTRY'));
    const truth = createFilterTruth(resources);
    for (const country of ['EU', 'SE', 'IS', 'FR'])
      expect(counts[country]).toBe(truth.matching({ country: [country] }).length);
    expect(counts['IS']).toBe(counts['EU']);
    expect(counts['GB']).toBeLessThan(counts['EU'] ?? 0);
  });

  it('counts legal statuses in the filtered country, and countries with the filtered legal status', async () => {
    const filter: ProductFilter = { country: ['SE'], legalStatusOfSupply: ['100000072084'] };
    for (const name of ['COUNTRY', 'LEGAL_STATUS'] as const) {
      const { values } = await facetOf(name, { filter });
      expect(values.length).toBeGreaterThan(1);
      for (const { value, count } of values)
        expect(await numberFound({ ...filter, ...fields[name].filterFor(value, filter) })).toBe(count);
    }
  });

  it('counts marketing statuses in the filtered country', async () => {
    const filter: ProductFilter = { marketed: { country: ['SE'], status: ['MARKETED'] } };
    const { values } = await facetOf('MARKETED', { filter });
    expect(values.find(({ selected }) => selected)).toMatchObject({
      value: 'MARKETED',
      count: await numberFound(filter),
    });
  });

  it('lists the ATC classes below the filtered class, with their numbers of products', async () => {
    const top = await facetOf('ATC', { first: 3 });
    expect(top.values.map(({ value, parent }) => [value, parent])).toEqual([
      ['C', null],
      ['N', null],
      ['J', null],
    ]);
    const { values } = await facetOf('ATC', { first: 2, filter: { atc: ['C09'] } });
    const byValue = new Map(values.map((each) => [each.value, each]));
    for (const { parent } of values) if (parent !== null) expect(byValue.has(parent)).toBe(true);
    expect(byValue.get('C09')).toMatchObject({
      parent: 'C',
      selected: true,
      count: await numberFound({ atc: ['C09'] }),
    });
    expect(values.filter(({ parent }) => parent === 'C09').length).toBe(2);
    expect(byValue.get('C')).toMatchObject({ selected: false, count: await numberFound({ atc: ['C'] }) });
  });

  it('lists the ATC classes below a class that is the only one on its level', async () => {
    const atc = (code: string): Partial<MedicinalProductDefinition> => ({
      classification: [{ coding: [{ system: 'http://www.whocc.no/atc', code }] }],
    });
    const small = await indexOf([product('1', atc('A10BA02')), product('2', atc('A10AB01'))]);
    onTestFinished(() => small.store.close());
    const { values } = await facetOf('ATC', {}, small);
    expect(values.map(({ value }) => value)).toEqual(['A', 'A10', 'A10A', 'A10B']);
  });
});

const doseForm = (code: string): Partial<MedicinalProductDefinition> => ({
  combinedPharmaceuticalDoseForm: { coding: [{ code }] },
});

function product(id: string, told: Partial<MedicinalProductDefinition>): Resource {
  return { resourceType: 'MedicinalProductDefinition', id, name: [{ productName: id }], ...told } as Resource;
}

describe('a product that is written to the index', () => {
  it.each([
    ['with all products read', 0],
    ['with only the found products read', 5_000],
  ])('is counted in facets until it is removed, %s', async (_how, few) => {
    const small = await indexOf([product('1', doseForm('11')), product('2', doseForm('11'))], { few });
    onTestFinished(() => small.store.close());
    const counts = async () => countsOf(await facetOf('DOSE_FORM', {}, small));
    expect(await counts()).toEqual({ 11: 2 });
    await small.put([product('2', doseForm('12')), product('3', {})]);
    expect(await counts()).toEqual({ 11: 1, 12: 1 });
    await small.putGone('1');
    expect(await counts()).toEqual({ 12: 1 });
    expect((await facetOf('DOSE_FORM', {}, small)).missing).toBe(1);
  });

  it('is counted under the text that most records state for its code', async () => {
    const named = (id: string, display: string): Resource =>
      product(id, {
        combinedPharmaceuticalDoseForm: { coding: [{ code: '11', display }] },
        domain: { text: id },
      });
    const small = await indexOf([named('1', 'Tablette'), named('2', 'Tablet')]);
    onTestFinished(() => small.store.close());
    const { values } = await facetOf('DOSE_FORM', {}, small);
    expect(values).toEqual([
      {
        value: '11',
        name: 'Tablet',
        concept: { coding: [{ code: '11', display: 'Tablet' }] },
        count: 2,
        selected: false,
        parent: null,
      },
    ]);
  });

  it('is not counted under any value if its records state a text without a code', async () => {
    const small = await indexOf([product('1', { domain: { text: 'Human use' } }), product('2', {})]);
    onTestFinished(() => small.store.close());
    expect(await facetOf('DOMAIN', {}, small)).toMatchObject({ values: [], missing: 2 });
  });
});

describe('ATC classes whose codes only EMA’s terms state', () => {
  const term = { system: 'http://spor.ema.europa.eu/v1/lists/100000093533', code: '100000000777' };

  it('are absent from facets until the terms are imported', async () => {
    const small = await indexOf([product('1', { classification: [{ coding: [term] }] })]);
    onTestFinished(() => small.store.close());
    expect(await facetOf('ATC', {}, small)).toMatchObject({ values: [], missing: 1 });
    small.facets.learnAtc(new Map([['100000000777', 'A10BA99']]));
    expect(countsOf(await facetOf('ATC', {}, small))).toEqual({
      A: 1,
      A10: 1,
      A10B: 1,
      A10BA: 1,
      A10BA99: 1,
    });
  });
});

describe('the lifecycle of a product, such as AUTHORIZED or EXPIRED,', () => {
  it('is counted in facets as of today', async () => {
    const counts = countsOf(await facetOf('LIFECYCLE'));
    for (const each of Object.values(Lifecycle))
      expect(counts[each] ?? 0).toBe(await numberFound({ lifecycle: [each] }));
  });
});

describe('holders of the same name', () => {
  it('are counted as one facet value if some records state only the name', async () => {
    const named = (id: string, holder: object): readonly Resource[] => [
      product(id, {}),
      {
        resourceType: 'RegulatedAuthorization',
        id: `ra-${id}`,
        type: { coding: [{ code: '220000000061' }] },
        subject: [{ reference: `MedicinalProductDefinition/${id}` }],
        holder,
      } as unknown as Resource,
    ];
    const organization = { resourceType: 'Organization', id: 'ORG-1', name: 'Acme' } as Resource;
    const byId = named('1', { reference: 'Organization/ORG-1' });
    const small = await indexOf([organization, ...byId]);
    onTestFinished(() => small.store.close());
    expect(countsOf(await facetOf('HOLDER', {}, small))).toEqual({ 'ORG-1': 1 });
    await small.put([organization, ...byId, ...named('2', { display: 'Acme' })]);
    expect(await facetOf('HOLDER', { filter: { holder: ['acme'] } }, small)).toMatchObject({
      values: [{ value: 'Acme', name: 'Acme', count: 2, selected: true }],
      distinct: 1,
      missing: 0,
    });
  });
});
