/** The sample data have records for the tasks of users, and so have generated data. */

import type {
  AdministrableProductDefinition,
  DocumentReference,
  Ingredient,
  ManufacturedItemDefinition,
  MarketingStatus,
  MedicinalProductDefinition,
  PackagedProductDefinition,
  RegulatedAuthorization,
  Resource,
} from 'fhir/r5.js';
import { expect, test } from 'vitest';
import { buildFamily } from '../../src/sandbox/world/expand/family.js';
import { generatedWorld } from '../../src/sandbox/world/generated.js';
import { sampleProducts } from '../../src/sandbox/world/sample.js';

function familyOf(brand: string): readonly Resource[] {
  const product = sampleProducts.find((each) => each.brand === brand);
  if (product === undefined) throw new RangeError(`no product "${brand}"`);
  return buildFamily(product, { series: 0, quirks: true });
}

function ofType<T extends Resource>(type: T['resourceType'], resources: readonly Resource[]): T[] {
  return resources.filter(({ resourceType }) => resourceType === type) as T[];
}

function authorizationsOf(brand: string): RegulatedAuthorization[] {
  return ofType<RegulatedAuthorization>('RegulatedAuthorization', familyOf(brand));
}

/** Returns kind, country, status and period of the authorizations of a product. */
function grants(brand: string): string[] {
  return authorizationsOf(brand)
    .filter(({ subject }) => subject?.[0]?.reference?.startsWith('MedicinalProductDefinition/'))
    .filter(({ type }) => type?.coding?.[0]?.code !== '220000000099')
    .map(({ type, region, status, validityPeriod: valid, case: procedure }) =>
      [
        type?.coding?.[0]?.display,
        region?.[0]?.coding?.[0]?.code ?? '-',
        status?.coding?.[0]?.display ?? status?.text,
        `${valid?.start ?? '-'}..${valid?.end ?? ''}`,
        ...(procedure?.dateDateTime === undefined ? [] : [procedure.dateDateTime]),
      ].join(' · '),
    );
}

function activesOf(brand: string): (string | undefined)[] {
  return ofType<Ingredient>('Ingredient', familyOf(brand))
    .filter(({ role }) => role.coding?.[0]?.code === '100000072072')
    .map(({ substance: { code, strength } }) => {
      const [reference] = strength?.[0]?.referenceStrength ?? [];
      const names = [code.concept, reference?.substance.concept].flatMap(
        (concept) => concept?.coding?.[0]?.display ?? [],
      );
      return names.join(' as ');
    });
}

function excipientsOf(brand: string): number {
  const codes = ofType<Ingredient>('Ingredient', familyOf(brand)).map(({ role }) => role.coding?.[0]?.code);
  return codes.filter((code) => code === '100000072082').length;
}

test('the sandbox data have ingredients with a salt and its base, a salt alone and a base alone', () => {
  expect(activesOf('Lodiqua')).toEqual(['Amlodipine besilate as Amlodipine']);
  expect(activesOf('Norlodin')).toEqual(['Amlodipine besilate']);
  expect(activesOf('Zomlodin')).toEqual(['Amlodipine besilate']);
  expect(activesOf('Lodibase')).toEqual(['Amlodipine']);
});

test('the sandbox data have combination products of two or three substances', () => {
  expect(activesOf('Sartidur Comp')).toEqual(['Valsartan', 'Hydrochlorothiazide']);
  expect(activesOf('Sartrivo')).toEqual([
    'Valsartan',
    'Amlodipine besilate as Amlodipine',
    'Hydrochlorothiazide',
  ]);
});

test('the sandbox data have products with and without excipients, and ingredients of the product itself', () => {
  expect([excipientsOf('Renaprol'), excipientsOf('Renaprima')]).toEqual([3, 0]);
  const [product] = ofType<MedicinalProductDefinition>(
    'MedicinalProductDefinition',
    familyOf('Sartidur Comp'),
  );
  expect(product?.ingredient).toEqual([{ text: 'Lactose' }]);
});

test('the sandbox data have a product with authorizations of several countries, kinds and statuses', () => {
  expect(grants('Lodiqua')).toEqual([
    'Marketing Authorisation · 100000000535 · Valid · 2018-05-14.. · 2018-05-14',
    'Parallel Trade · 100000000403 · Valid · 2021-06-30..',
  ]);
  expect(grants('Sartidur Comp')).toEqual([
    'Marketing Authorisation · 100000000403 · Valid · 2014-04-07.. · 2014-04-07',
    'Marketing Authorisation · 100000000535 · Revoked · 2014-05-12..2021-05-01',
    'Marketing Authorisation · 100000000396 · Suspended · 2014-06-02..',
  ]);
  expect(grants('Sunsetil')).toEqual([
    'Marketing Authorisation · 100000000396 · Expired due to Sunset Clause · 2005..2018-06',
    'Marketing Authorisation · 100000000529 · Not renewed · 2005-11-21..2010-11-21',
    'Marketing Authorisation · 100000000501 · Surrendered · 2006-01-16..2015-12-31',
    'Marketing Authorisation · 100000000500 · Rejected · -..',
  ]);
});

test('the sandbox data have authorizations without regions, dates or statuses', () => {
  expect(grants('Sartrivo')).toEqual([
    'Marketing Authorisation · - · Valid · 2025-03-17.. · 2025-03-17',
    'Marketing Authorisation · 100000000556 · Valid · 2025-09-01..',
  ]);
  expect(grants('Pendolin')).toEqual(['Marketing Authorisation · 100000000535 · Pending · -.. · 2026-03']);
  expect(grants('Zomlodin')).toEqual(['Marketing Authorisation · - · As the agency has it on file · -..']);
  expect(grants('Diazepina')).toEqual([
    'Marketing Authorisation · 100000000403 · Valid · 1985-05-05..2015-05-05',
  ]);
});

test('the sandbox data have a package with a shortage and a date of return, and ended and empty marketing statuses', () => {
  const packs = ofType<PackagedProductDefinition>('PackagedProductDefinition', familyOf('Lodiqua'));
  const lines = packs.map(({ marketingStatus = [] }) =>
    marketingStatus.map(({ status, dateRange, restoreDate, extension }) => [
      status.coding?.[0]?.display,
      dateRange?.start,
      dateRange?.end,
      restoreDate,
      extension?.[0]?.valueCoding?.code,
    ]),
  );
  expect(lines).toEqual([
    [
      ['Temporarily unavailable', '2025-11-03', undefined, '2027-03-15', 'True'],
      ['Marketed', '2018-09-01', undefined, undefined, 'False'],
    ],
    [
      ['Marketed', '2018-09-01', undefined, undefined, undefined],
      ['No data provided', undefined, undefined, undefined, undefined],
    ],
    [
      ['Marketed', '2018-09-01', '2023-06-30', undefined, undefined],
      ['Marketed', '2018-09-01', undefined, undefined, undefined],
      ['Not marketed', '2024-02', undefined, undefined, undefined],
    ],
  ]);
});

test('the sandbox data have maximum doses of a route, per day and per treatment', () => {
  const [oral] =
    ofType<AdministrableProductDefinition>('AdministrableProductDefinition', familyOf('Varenika'))[0]
      ?.routeOfAdministration ?? [];
  expect(oral?.firstDose).toMatchObject({ value: 0.5, code: '100000110655' });
  expect(oral?.maxDosePerDay).toMatchObject({ value: 2, code: '100000110655' });
  expect(oral?.maxDosePerTreatmentPeriod).toMatchObject({
    numerator: { value: 168 },
    denominator: { value: 84 },
  });
  expect(oral?.maxTreatmentPeriod).toMatchObject({ value: 84, unit: 'day' });
});

test('the sandbox data have descriptions of the appearance of tablets', () => {
  const [tablet] = ofType<ManufacturedItemDefinition>('ManufacturedItemDefinition', familyOf('Lodiqua'));
  expect(tablet?.property).toMatchObject([
    { type: { text: 'Colour' }, valueCodeableConcept: { text: 'Light blue' } },
    { type: { text: 'Shape' }, valueCodeableConcept: { text: 'Oval' } },
    { type: { text: 'Imprint' }, valueMarkdown: 'LO 5' },
    { type: { text: 'Diameter' }, valueQuantity: { value: 12.5, code: '100000110844' } },
    { type: { text: 'Score line' }, valueBoolean: false },
    { type: { text: 'Picture' }, valueAttachment: { contentType: 'image/jpeg' } },
  ]);
});

test('the sandbox data have leaflets and summaries in several languages, contained in the record that refers to them', () => {
  const [product] = ofType<MedicinalProductDefinition>('MedicinalProductDefinition', familyOf('Lodiqua'));
  expect(product?.attachedDocument?.map(({ reference }) => reference)).toEqual([
    '#leaflet-sv',
    '#leaflet-fi',
    '#smpc-sv',
  ]);
  const [leaflet] = (product?.contained ?? []) as DocumentReference[];
  expect(leaflet?.type?.coding?.[0]).toMatchObject({ code: '100000155538', display: 'Package Leaflet' });
  expect(leaflet?.content[0]?.attachment).toMatchObject({ language: 'sv', contentType: 'application/pdf' });
});

test('the generated sandbox data have every status, kind and shortage, and records without these values', () => {
  const world = generatedWorld({ products: 400, seed: 1, quirks: true });
  const all = <T extends Resource>(type: T['resourceType']): T[] =>
    [...world.each(type)].map(({ resource }) => resource as T);
  const authorizations = all<RegulatedAuthorization>('RegulatedAuthorization');
  const codes = new Set(authorizations.map(({ status }) => status?.coding?.[0]?.code));
  for (const code of [
    '100000072099',
    '100000072112',
    '100000072123',
    '220000000066',
    '220000000067',
    undefined,
  ]) {
    expect(codes).toContain(code);
  }
  expect(authorizations.map(({ type }) => type?.coding?.[0]?.code)).toContain('220000000063');
  expect(authorizations.some(({ region }) => region === undefined)).toBe(true);
  const starts = authorizations.map(({ validityPeriod }) => validityPeriod?.start?.length);
  expect(new Set(starts)).toEqual(new Set([undefined, 4, 7, 10]));
  const lines = all<PackagedProductDefinition>('PackagedProductDefinition').flatMap(
    ({ marketingStatus }): MarketingStatus[] => marketingStatus ?? [],
  );
  const told = new Set(lines.map(({ status }) => status.coding?.[0]?.code));
  expect(told.size).toBe(5);
  expect(lines.some(({ restoreDate }) => restoreDate === '2028-06-30')).toBe(true);
  const products = all<MedicinalProductDefinition>('MedicinalProductDefinition');
  expect(products.some(({ attachedDocument }) => attachedDocument !== undefined)).toBe(true);
  expect(products.some(({ ingredient }) => ingredient !== undefined)).toBe(true);
});
