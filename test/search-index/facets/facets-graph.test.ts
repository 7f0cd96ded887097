/** Facets in the GraphQL schema: each value can be used in the filter unchanged, and finds the products that it counts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { facetFields, type FacetField } from '../../../src/search-index/facets/facet.js';
import { startTestService, type TestService } from '../../support/service.js';

interface Value {
  readonly value: string;
  readonly name: string | null;
  readonly count: number;
  readonly selected: boolean;
}

interface Facet {
  readonly field: FacetField;
  readonly values: readonly Value[];
  readonly distinct: number;
  readonly other: number;
  readonly missing: number;
}

type Filter = Readonly<Record<string, unknown>>;

/** The filter part for the values of each facet, as the schema descriptions say. */
const parts: Readonly<Record<FacetField, (value: string) => Filter>> = {
  ATC: (value) => ({ atc: [value] }),
  SUBSTANCE: (value) => ({ substance: [value], substanceRole: 'ACTIVE' }),
  STRENGTH: (value) => ({ strength: [value] }),
  DOSE_FORM: (value) => ({ doseForm: [value] }),
  ROUTE: (value) => ({ route: [value] }),
  HOLDER: (value) => ({ holder: [value] }),
  COUNTRY: (value) => ({ country: [value] }),
  STATUS: (value) => ({ status: [value] }),
  MARKETED: (value) => ({ marketed: { status: [value] } }),
  LIFECYCLE: (value) => ({ lifecycle: [value] }),
  LEGAL_STATUS: (value) => ({ legalStatusOfSupply: [value] }),
  DOMAIN: (value) => ({ domain: [value] }),
  KIND: (value) => ({ authorizationKind: [value] }),
  PACK_SIZE: (value) => ({ packSize: { min: Number(value), max: Number(value) } }),
};

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ index: true, cacheTtlMs: 600_000 });
});

afterAll(async () => {
  await service.stop();
});

async function facetOf(field: FacetField, filter: Filter, language = 'en'): Promise<Facet> {
  const { data, errors } = await service.query(
    `query ($filter: ProductFilter, $fields: [FacetField!]!, $language: String) {
      searchProducts(filter: $filter, first: 1) {
        facets(fields: $fields, first: 100, language: $language) {
          field distinct other missing values { value name count selected }
        }
      }
    }`,
    { filter, fields: [field], language },
  );
  expect(errors).toBeUndefined();
  const { searchProducts } = data as { readonly searchProducts: { readonly facets: readonly Facet[] } };
  const [facet] = searchProducts.facets;
  if (!facet) throw new Error('each field has a facet');
  return facet;
}

async function numberFound(filters: readonly Filter[]): Promise<readonly number[]> {
  const names = filters.map((_, at) => `p${at}`);
  const { data, errors } = await service.query(
    `query (${names.map((name) => `$${name}: ProductFilter`).join(', ')}) {
      ${names.map((name) => `${name}: products(filter: $${name}, first: 100) { nodes { id } }`).join('\n')}
    }`,
    Object.fromEntries(filters.map((filter, at) => [`p${at}`, filter])),
  );
  expect(errors).toBeUndefined();
  const lists = data as Readonly<Record<string, { readonly nodes: readonly unknown[] }>>;
  return names.map((name) => lists[name]?.nodes.length ?? 0);
}

/** The number of aliased lists in one operation. */
const atOnce = 5;

describe('the values of a facet in a GraphQL response', () => {
  it.each(facetFields)(
    'of %s count as many products as the query with that value as a filter returns',
    async (field) => {
      const filter = { domain: ['Human use'] };
      const { values } = await facetOf(field, filter);
      expect(values.length).toBeGreaterThan(0);
      for (let from = 0; from < values.length; from += atOnce) {
        const some = values.slice(from, from + atOnce);
        const found = await numberFound(some.map(({ value }) => ({ ...filter, ...parts[field](value) })));
        expect(some.map(({ value }, at) => [value, found[at]])).toEqual(
          some.map(({ value, count }) => [value, count]),
        );
      }
    },
  );

  it.each(facetFields)(
    'of %s stay the same when one of them is used as a filter, and that one is marked selected',
    async (field) => {
      const before = await facetOf(field, {});
      const chosen = before.values.at(-1);
      const after = await facetOf(field, parts[field](chosen?.value ?? ''));
      const counts = new Map(after.values.map(({ value, count }) => [value, count]));
      for (const { value, count } of before.values)
        expect([value, counts.get(value)]).toEqual([value, count]);
      expect(after.values.filter(({ selected }) => selected).map(({ value }) => value)).toEqual([
        chosen?.value,
      ]);
    },
  );
});
