/** Concepts with several codings: filters find the product by each coding, and facets count each coding. */
import type { CodeableConcept, Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProductFilter } from '../../../src/facts/filter.js';
import type { FacetField } from '../../../src/search-index/facets/facet.js';
import { IngredientRole } from '../../../src/terms/ema-codes.js';
import { emaList } from '../../support/views.js';
import { indexOf, type TestIndex } from './index-of.js';

const both = (list: string, ...codes: string[]): CodeableConcept => ({
  coding: codes.map((code) => ({ system: emaList(list), code, display: `text of ${code}` })),
});
const meta = { versionId: '1', lastUpdated: '2026-01-01T00:00:00Z' };
const ofProduct = { reference: 'MedicinalProductDefinition/1' };
const substances = 'https://spor.ema.europa.eu/v2/SubstanceDefinition';

const records = [
  {
    resourceType: 'MedicinalProductDefinition',
    id: '1',
    meta,
    name: [{ productName: 'Twofold' }],
    domain: both('100000000004', '100000000012', '100000000013'),
    status: both('200000005003', '200000005004', '200000005005'),
    combinedPharmaceuticalDoseForm: both('200000000004', '100000073664', '100000073665'),
    classification: [both('100000093533', '100000096122', '100000096879')],
  },
  {
    resourceType: 'AdministrableProductDefinition',
    id: '2',
    meta,
    status: 'active',
    formOf: [ofProduct],
    routeOfAdministration: [{ code: both('100000073345', '100000073619', '100000073566') }],
  },
  {
    resourceType: 'PackagedProductDefinition',
    id: '3',
    meta,
    packageFor: [ofProduct],
    legalStatusOfSupply: [{ code: both('100000072051', '100000072084', '100000072076') }],
    marketingStatus: [
      {
        country: both('100000000002', '100000000403', '100000000535'),
        status: both('100000072052', '100000072083', '230000000000'),
      },
    ],
  },
  {
    resourceType: 'Ingredient',
    id: '4',
    meta,
    status: 'active',
    for: [ofProduct],
    role: both('100000072050', '100000072072', '100000072073'),
    substance: {
      code: {
        concept: {
          coding: [
            { system: substances, code: '100000085259', display: 'Amlodipine' },
            { system: substances, code: '100000092222', display: 'Valsartan' },
          ],
        },
      },
    },
  },
  {
    resourceType: 'RegulatedAuthorization',
    id: '5',
    meta,
    subject: [ofProduct],
    type: both('220000000060', '220000000061'),
    status: both('100000072049', '100000072099', '200000017708'),
    region: [both('100000000002', '100000000403', '100000000535')],
  },
] as unknown as readonly Resource[];

let index: TestIndex;

beforeAll(async () => {
  index = await indexOf(records);
});
afterAll(() => index.store.close());

const amlodipine = { codes: ['100000085259'], names: [] };
const valsartan = { codes: [], names: ['valsartan'] };

describe('a product whose coded values have several codes each', () => {
  it.each<ProductFilter>([
    { domain: ['100000000013'] },
    { status: ['200000005005'] },
    { doseForm: ['100000073665'] },
    { atc: ['L04AD01'] },
    { classification: ['100000096879'] },
    { route: ['100000073566'] },
    { legalStatusOfSupply: ['100000072076'] },
    { marketed: { status: ['MARKETED'] } },
    { marketed: { status: ['TEMPORARILY_UNAVAILABLE'] } },
    { marketed: { status: ['230000000000'], country: ['SE'] } },
    { marketed: { status: ['MARKETED'], country: ['DE'] } },
    { authorizationStatus: ['200000017708'] },
    { country: ['SE'] },
    { country: ['DE'] },
    { substance: [amlodipine] },
    { substance: [valsartan] },
    { substance: [valsartan], substanceRole: IngredientRole.ADJUVANT },
    { actives: { all: [{ substance: amlodipine }, { substance: valsartan }], only: true } },
  ])('is found by its second code with the filter %j', async (filter) => {
    expect(await index.find(filter)).toMatchObject({ ids: ['1'], untold: 0 });
  });

  it.each<[FacetField, ProductFilter, readonly string[]]>([
    ['DOMAIN', {}, ['100000000012', '100000000013']],
    ['STATUS', {}, ['200000005004', '200000005005']],
    ['DOSE_FORM', {}, ['100000073664', '100000073665']],
    ['ROUTE', {}, ['100000073566', '100000073619']],
    ['LEGAL_STATUS', {}, ['100000072076', '100000072084']],
    ['MARKETED', {}, ['MARKETED', 'TEMPORARILY_UNAVAILABLE']],
    ['SUBSTANCE', {}, ['100000085259', '100000092222']],
    ['SUBSTANCE', { substanceRole: IngredientRole.ADJUVANT }, ['100000085259', '100000092222']],
  ])('is counted under each code by the facet %s with the filter %j', async (field, filter, values) => {
    const [facet] = await index.facets.count({ filter, first: 100, fields: [field] });
    expect(facet?.values.map(({ value, count }) => [value, count]).toSorted()).toEqual(
      values.map((value) => [value, 1]),
    );
  });
});
