/** The sample data: their variety, their peculiarities, and that no record is broken unintentionally. */

import type {
  ClinicalUseDefinition,
  Ingredient,
  MedicinalProductDefinition,
  Organization,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  RegulatedAuthorization,
  Resource,
} from 'fhir/r5.js';
import { expect, test } from 'vitest';
import { literalReferences, parseReference } from '../../src/sandbox/references.js';
import { buildFamily } from '../../src/sandbox/world/expand/family.js';
import { quirkNames, type QuirkName } from '../../src/sandbox/world/quirks.js';
import { sampleProducts, sampleResources } from '../../src/sandbox/world/sample.js';
import type { ProductSpecification } from '../../src/sandbox/world/specification.js';
import { keyOf } from './client.js';

const world = sampleResources({ quirks: true });
const clean = sampleResources({ quirks: false });
const cleanKeys = new Set(clean.map(keyOf));

function ofType<T extends Resource>(type: T['resourceType'], resources: readonly Resource[] = clean): T[] {
  return resources.filter(({ resourceType }) => resourceType === type) as T[];
}

const products = ofType<MedicinalProductDefinition>('MedicinalProductDefinition');
const packs = ofType<PackagedProductDefinition>('PackagedProductDefinition');
const ingredients = ofType<Ingredient>('Ingredient');
const authorizations = ofType<RegulatedAuthorization>('RegulatedAuthorization');

function danglingOf(family: readonly Resource[]): string[] {
  const targets = family.flatMap((resource) => [...literalReferences(resource)]).map(parseReference);
  return targets.flatMap((target) =>
    target?.type === undefined || cleanKeys.has(`${target.type}/${target.id}`)
      ? []
      : `${target.type}/${target.id}`,
  );
}

function depthOf(packaging: PackagedProductDefinitionPackaging | undefined): number {
  if (packaging === undefined) return 0;
  return 1 + Math.max(0, ...(packaging.packaging ?? []).map(depthOf));
}

function textOf(resources: readonly Resource[]): string {
  return JSON.stringify(resources);
}

test('the sandbox data have 80 products, and no two resources with the same id', () => {
  expect(products).toHaveLength(80);
  expect(new Set(world.map(({ id }) => id)).size).toBe(world.length);
});

test('the sandbox data have ids in the form of PMS ids', () => {
  expect(products.filter(({ id = '' }) => !/^[67]000\d{8}$/.test(id))).toEqual([]);
  expect(packs.filter(({ id = '' }) => !/^\d{7}$/.test(id))).toEqual([]);
});

test('the sandbox data mark every record as sample data, with a version', () => {
  const unmarked = world.filter(
    ({ meta }) => meta?.tag?.[0]?.code !== 'sample' || !meta.versionId || !meta.lastUpdated,
  );
  expect(unmarked).toEqual([]);
  expect(new Set(products.map(({ meta }) => meta?.lastUpdated)).size).toBe(products.length);
});

test('the sandbox data have 2 to 12 packages for each product', () => {
  const counts = products.map(
    ({ id = '' }) => packs.filter(({ packageFor }) => packageFor?.[0]?.reference?.endsWith(id)).length,
  );
  expect([Math.min(...counts), Math.max(...counts)]).toEqual([2, 12]);
});

test('the sandbox data begin with twenty products with an "a" in their names, all values and no dangling references', () => {
  for (const product of sampleProducts.slice(0, 20)) {
    const family = buildFamily(product, { series: 0, quirks: true });
    expect(
      ofType<MedicinalProductDefinition>('MedicinalProductDefinition', family)[0]?.name[0]?.productName,
    ).toMatch(/a/i);
    expect(danglingOf(family)).toEqual([]);
    expect(product.quirks ?? []).not.toContain('no displays');
    expect(
      ofType<PackagedProductDefinition>('PackagedProductDefinition', family)[0]?.containedItemQuantity,
    ).toBeDefined();
  }
});

test('the sandbox data without quirks have no dangling reference', () => {
  expect(danglingOf(clean)).toEqual([]);
});

test('the sandbox data with quirks have dangling references in the intended products only', () => {
  const isDangling = (product: ProductSpecification): boolean =>
    danglingOf(buildFamily(product, { series: 0, quirks: true })).length > 0;
  const meant = (product: ProductSpecification): boolean =>
    (product.quirks ?? []).some((quirk) => quirk.startsWith('dangling'));
  expect(sampleProducts.filter(isDangling)).toEqual(sampleProducts.filter(meant));
  expect(sampleProducts.filter(meant)).toHaveLength(3);
});

test('the sandbox data have every quirk if quirks are on, and none if they are off', () => {
  const used = new Set(sampleProducts.flatMap(({ quirks = [] }) => quirks));
  expect(quirkNames.filter((quirk) => !used.has(quirk))).toEqual([]);
  for (const product of sampleProducts.filter(({ quirks }) => quirks !== undefined)) {
    const [on, off] = [true, false].map((quirks) =>
      JSON.stringify(buildFamily(product, { series: 0, quirks })),
    );
    expect(on).not.toBe(off);
  }
});

test.each<[QuirkName, RegExp]>([
  ['https lists', /"https:\/\/spor\.ema\.europa\.eu\/v1\/lists/],
  ['capital-M number system', /fhir\/MarketingAuthorizationNumber/],
  ['merged list ids', /200000000004~200000000006/],
  ['numeric element ids', /"id":"4360050"/],
  ['zero quantities', /"containedItemQuantity":\[\{"value":0,/],
  ['untyped references', /"reference":"\d+"/],
  ['versioned references', /\/_history\/2"/],
  ['absolute references', /"reference":"https:/],
  ['procedure with 0000', /EMEA\/H\/C\/\d+\/0000"/],
  ['lower-case procedure', /"de\/h\//],
  ['blanks in numbers', /"value":" 99068\.00\.00\/ 001 "/],
  ['upper-case name parts', /"part":"VALTENSA DUO"/],
  ['free-text descriptions', /"Package_size:\d+ Content:/],
  ['implausible amounts', /"numerator":\{"value":200000,/],
  ['units in UCUM', /"system":"http:\/\/unitsofmeasure\.org","code":"mg"/],
  ['term versions', /extension\/termVersion","valueInteger":2/],
  ['substances of the older service', /azure-api\.net\/sms\/api\/v2\/SubstanceDefinition/],
  ['language tags', /"system":"urn:ietf:bcp:47","code":"fr"/],
  ['blanks in procedures', /"value":" FR\/H \/ 9070 \/ 003 "/],
])('the sandbox data with quirks contain the quirk "%s"', (quirk, pattern) => {
  expect(textOf(clean)).not.toMatch(pattern);
  const shown = sampleProducts.filter(({ quirks = [] }) => quirks.includes(quirk));
  for (const product of shown) {
    expect(textOf(buildFamily(product, { series: 0, quirks: true }))).toMatch(pattern);
  }
});

test('the sandbox data have central and national authorizations, and national records of central ones', () => {
  const by = sampleProducts.map(({ authorization }) => authorization);
  expect(by.filter((each) => each.by === 'EU').length).toBe(22);
  expect(new Set(by.filter((each) => each.by !== 'EU').map((each) => each.by)).size).toBeGreaterThanOrEqual(
    10,
  );
  expect(new Set(by.map(({ on = 'both' }) => on))).toEqual(new Set(['both', 'product', 'packages']));
  expect(new Set(by.map(({ status = 'valid' }) => status))).toEqual(
    new Set([
      'valid',
      'renewed',
      'transferred',
      'pending',
      'withdrawn',
      'suspended',
      'expired',
      'sunset',
      'revoked',
      'unknown',
    ]),
  );
});

test('the sandbox data give a national record the numbers of its central product', () => {
  const records = products.filter(({ id = '' }) => id.startsWith('7000'));
  expect(records).toHaveLength(4);
  const numbers = authorizations.flatMap(({ identifier }) => identifier?.[0]?.value ?? []);
  expect(numbers.filter((number) => number === 'EU/1/18/9032/001')).toHaveLength(3);
});

test('the sandbox data give orphan designations the same subject as marketing authorizations', () => {
  const orphans = authorizations.filter(({ type }) => type?.coding?.[0]?.code === '220000000062');
  expect(orphans.length).toBeGreaterThanOrEqual(3);
  for (const { identifier, subject } of orphans) {
    expect(identifier?.[0]?.value).toMatch(/^EU\/3\//);
    const same = authorizations.filter((other) => other.subject?.[0]?.reference === subject?.[0]?.reference);
    expect(same.length).toBeGreaterThan(1);
  }
});

test('the sandbox data have all four roles of ingredients, and allergens among the excipients', () => {
  const roles = new Set(ingredients.map(({ role }) => role.coding?.[0]?.display));
  expect(roles).toEqual(new Set(['Active', 'Adjuvant', 'Excipient', 'Solvent / Diluent']));
  expect(
    ingredients.filter(({ allergenicIndicator }) => allergenicIndicator === true).length,
  ).toBeGreaterThan(3);
});

test('the sandbox data have ingredients of an item, an administrable product, a product or all three', () => {
  const patterns = ingredients.map((ingredient) =>
    (ingredient.for ?? []).map(({ reference = '' }) => reference.replace(/[a-z]+|\/.*/g, '')).join('+'),
  );
  expect(new Set(patterns)).toEqual(new Set(['MID', 'APD', 'MPD', 'MID+APD', 'MPD+MID+APD']));
});

test('the sandbox data have strengths as ratios per unit and per volume, quantities and reference strengths', () => {
  const strengths = ingredients.flatMap(({ substance }) => substance.strength ?? []);
  const kinds = [
    'presentationRatio',
    'concentrationRatio',
    'presentationQuantity',
    'referenceStrength',
  ] as const;
  for (const kind of kinds)
    expect(strengths.filter((strength) => kind in strength).length).toBeGreaterThan(1);
  const units = new Set(
    strengths.flatMap(({ presentationRatio }) => presentationRatio?.numerator?.unit ?? []),
  );
  for (const unit of [
    'international unit(s)',
    'megabecquerel(s)',
    'D antigen unit(s)',
    'microgram(s)',
    'milligram(s)',
  ]) {
    expect(units).toContain(unit);
  }
});

test('the sandbox data have packagings of one to four levels, and some packages with two items', () => {
  const depths = packs.map(({ packaging }) => depthOf(packaging));
  expect([...new Set(depths)].sort()).toEqual([1, 2, 3, 4]);
  expect(
    packs.filter(({ containedItemQuantity }) => (containedItemQuantity ?? []).length === 2).length,
  ).toBeGreaterThan(3);
});

test('the sandbox data have clinical uses of all five kinds in two of three products', () => {
  const uses = ofType<ClinicalUseDefinition>('ClinicalUseDefinition');
  const kindsOf = (id: string): ReadonlySet<string> =>
    new Set(uses.filter(({ subject }) => subject?.[0]?.reference?.endsWith(id)).map(({ type }) => type));
  const kinds = products.map(({ id = '' }) => kindsOf(id));
  expect(new Set(kinds.map(({ size }) => size))).toEqual(new Set([0, 5]));
  expect(kinds.filter(({ size }) => size === 5).length).toBeGreaterThan((products.length * 2) / 3);
});

test('the sandbox data have different bar codes for prescription products, with the example prefix and valid check digits', () => {
  const carriers = packs.map(({ packaging }) => packaging?.identifier?.[0]?.value);
  const given = carriers.filter((carrier) => carrier !== undefined);
  expect(given.length).toBeGreaterThan(packs.length / 2);
  expect(given.length).toBeLessThan(packs.length);
  expect(new Set(given).size).toBe(given.length);
  for (const carrier of given) {
    expect(carrier).toMatch(/^0952\d{10}$/);
    const sum = [...carrier].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
    expect(sum % 10).toBe(0);
  }
});

test('the sandbox data have shelf lives unopened, opened, reconstituted and from a reference time, with storage precautions', () => {
  const layers = packs.flatMap(({ packaging }) => [packaging, ...(packaging?.packaging ?? [])]);
  const lives = layers.flatMap((layer) => layer?.shelfLifeStorage ?? []);
  const codes = new Set(lives.map(({ type }) => type?.coding?.[0]?.code));
  expect(codes).toEqual(new Set(['100000073403', '100000073404', '100000073405', '100000073407']));
  const precautions = lives.flatMap(({ specialPrecautionsForStorage: each }) => each ?? []);
  expect(new Set(precautions.map(({ coding }) => coding?.[0]?.code)).size).toBeGreaterThan(7);
  expect(new Set(lives.map(({ periodDuration }) => periodDuration?.unit)).size).toBeGreaterThan(3);
});

test('the sandbox data have manufacturers for packing and certification of each central product, and two kinds of contacts', () => {
  const central = products.filter((_, at) => {
    const authorization = sampleProducts[at]?.authorization;
    return authorization?.by === 'EU' && authorization.isNationalRecord !== true;
  });
  expect(central.filter(({ operation }) => (operation ?? []).length === 0)).toEqual([]);
  for (const { contact } of products) {
    const [person, office] = contact ?? [];
    expect(person?.contact).toEqual({ type: 'PractitionerRole', display: expect.any(String) });
    expect(office?.contact.reference).toMatch(/^Organization\//);
  }
});

test('the sandbox data give a withdrawn, expired or revoked authorization an end, and its product is not marketed', () => {
  const over = sampleProducts.filter(({ authorization: { status = 'valid' } }) =>
    ['withdrawn', 'expired', 'revoked'].includes(status),
  );
  expect(over.length).toBeGreaterThan(3);
  for (const product of over) {
    const family = buildFamily(product, { series: 0, quirks: false });
    const [record] = ofType<MedicinalProductDefinition>('MedicinalProductDefinition', family);
    const [marketing] = ofType<RegulatedAuthorization>('RegulatedAuthorization', family);
    expect(marketing?.validityPeriod?.end).toMatch(/^20/);
    expect(record?.marketingStatus?.map(({ status }) => status.coding?.[0]?.display)).not.toContain(
      'Marketed',
    );
  }
});

test('the sandbox data have organizations that are holders, manufacturers and authorities by EMA’s terms', () => {
  const types = ofType<Organization>('Organization').flatMap(({ type }) => type ?? []);
  expect(new Set(types.map(({ coding }) => coding?.[0]?.system))).toEqual(
    new Set(['http://spor.ema.europa.eu/v1/lists/220000000031']),
  );
  expect(new Set(types.map(({ coding }) => coding?.[0]?.code))).toEqual(
    new Set(['220000000032', '220000000033', '220000000034']),
  );
});

test('the sandbox data have names in ten languages, with accents, commas, percent signs and quotes', () => {
  const languages = new Set(
    products.flatMap(({ name }) =>
      name.flatMap(({ usage }) => (usage ?? []).map(({ language }) => language.coding?.[0]?.display)),
    ),
  );
  expect(languages.size).toBe(10);
  const names = products.flatMap(({ name }) => name.map(({ productName }) => productName)).join('\n');
  for (const sign of ['ï', ', Fjordvik', ' %', '"Forte"', "O'Rell"]) expect(names).toContain(sign);
});

test('the sandbox data have chemical, immunological, biological, radiopharmaceutical, generic and biosimilar products', () => {
  const categories = new Set(sampleProducts.map(({ category = 'chemical' }) => category));
  expect(categories.size).toBe(6);
});

test('the sandbox data have dose forms of every sort, from tablets to radiopharmaceuticals', () => {
  const forms = new Set(sampleProducts.map(({ form }) => form));
  expect(forms.size).toBeGreaterThanOrEqual(20);
  const told = products.filter(({ extension }) => extension !== undefined);
  expect(
    told.every(({ combinedPharmaceuticalDoseForm }) => combinedPharmaceuticalDoseForm === undefined),
  ).toBe(true);
  expect(told.length).toBeGreaterThan(0);
});
