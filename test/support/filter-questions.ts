/** Filters with one part each: one for every value in the data, and some for values that no record has. */
import type { Asked } from './filter-checks.js';
import {
  spellingsOfCountry,
  type FilterInput,
  type FilterTruth,
  type Found,
  type SortInput,
} from './filter-truth.js';
import { randomOf } from './random-operation.js';

function distinct(values: Iterable<string>): readonly string[] {
  return [...new Set(values)];
}

function numberSpellings(number: string): readonly string[] {
  return distinct([
    number,
    number.trim(),
    number.toLowerCase(),
    number.toUpperCase(),
    number.replaceAll(/\s/g, ''),
    ` ${number.replaceAll('/', ' / ')}`,
  ]).filter((each) => each.trim() !== '');
}

/** Returns filters with one part each, with values of the data and with other values. */
export function filtersOf(truth: FilterTruth): readonly FilterInput[] {
  return allFiltersOf(truth).filter((filter) => !isBlank(Object.values(filter)));
}

/** Whether the value is an empty list or a list with an empty text. Such filters are invalid. */
function isBlank([value]: readonly unknown[]): boolean {
  return Array.isArray(value) && (value.length === 0 || value.includes(''));
}

function allFiltersOf(truth: FilterTruth): readonly FilterInput[] {
  const { products } = truth;
  const all = (valuesOf: (product: Found) => readonly string[]): readonly string[] =>
    distinct(products.flatMap(valuesOf));
  const names = all((product) => product.names);
  const substances = all(({ substanceCodes }) => substanceCodes);
  const atc = all(({ atcCodes }) => atcCodes);
  const updates = products.flatMap(({ updated }) => updated ?? []);
  return [
    ...products.flatMap(({ id }): readonly FilterInput[] => [
      { ids: [id] },
      { ids: [`Product:${id}`, '999999999999'] },
      { identifier: id },
    ]),
    { ids: products.map(({ id }) => id) },
    ...names.flatMap((name): readonly FilterInput[] => [
      { name: name.slice(2, 12) },
      { name: name.toUpperCase() },
      { nameStartsWith: name.slice(0, 6).toLowerCase() },
      { nameEquals: name },
      { nameEquals: name.normalize('NFD').replaceAll(/\p{M}/gu, '').toUpperCase() },
      { nameEquals: name.slice(0, -1) },
    ]),
    ...products.flatMap(({ identifiers }) =>
      identifiers.flatMap(({ system = '', value = '' }): readonly FilterInput[] => [
        ...numberSpellings(value).map((identifier) => ({ identifier })),
        { identifier: `${system}|${value}` },
        { identifier: `${system.replace('http:', 'https:').toUpperCase()}|${value}` },
        { identifier: `http://ema.europa.eu/fhir/another|${value}` },
      ]),
    ),
    ...all(({ numbers }) => numbers).flatMap((number) =>
      numberSpellings(number).map((authorizationNumber) => ({ authorizationNumber })),
    ),
    ...all(({ procedures }) => procedures).flatMap((number) =>
      [...numberSpellings(number), `${number.trim()}/0000`, number.replace(/\/0000$/, '')].map(
        (procedureNumber) => ({ procedureNumber }),
      ),
    ),
    ...all(({ status }) => status).map((code) => ({ status: [code] })),
    { status: all(({ status }) => status) },
    ...all(({ domain }) => domain).map((code) => ({ domain: [code] })),
    ...all(({ doseForm }) => doseForm).map((code) => ({ doseForm: [code] })),
    ...all(({ route }) => route).map((code) => ({ route: [code] })),
    { route: all(({ route }) => route).slice(0, 3) },
    ...all(({ regions }) => regions)
      .flatMap(spellingsOfCountry)
      .flatMap((code): readonly FilterInput[] => [{ country: [code] }, { country: [code.toLowerCase()] }]),
    ...[...atc, ...all(({ atcTerms }) => atcTerms)].map((code) => ({ atc: [code] })),
    ...distinct(atc.flatMap((code) => [1, 3, 4, 5].map((length) => code.slice(0, length)))).map((group) => ({
      atc: [group],
    })),
    ...substances.map((code) => ({ substance: [code] })),
    { substance: substances.slice(0, 5) },
    ...all(({ substanceNames }) => substanceNames).flatMap((name): readonly FilterInput[] => [
      { substance: [name] },
      { substance: [name.toUpperCase()] },
      { substance: [name.slice(0, -1)] },
    ]),
    ...all(({ holderIds }) => holderIds).flatMap((id): readonly FilterInput[] => [
      { holder: [id] },
      { holder: [`Organization:${id}`] },
    ]),
    ...all(({ holderNames }) => holderNames).flatMap((name): readonly FilterInput[] => [
      { holder: [name] },
      { holder: [name.toLowerCase()] },
      { holder: [name.slice(1)] },
    ]),
    ...updates
      .slice(0, 20)
      .flatMap((moment): readonly FilterInput[] => [
        { updatedSince: new Date(moment).toISOString() },
        { updatedSince: new Date(moment + 1).toISOString() },
      ]),
    ...newPartsOf(truth),
    // Values that no record has.
    { identifier: 'PRD999999' },
    { authorizationNumber: 'EU/9/99/9999' },
    { procedureNumber: 'EMEA/H/C/999999' },
    { status: ['200000009999'] },
    { domain: ['100000099999'] },
    { doseForm: ['100000099999'] },
    { route: ['100000099999'] },
    { country: ['X1'] },
    { atc: ['Z99ZZ99'] },
    { substance: ['999999999999'] },
    { substance: ['Nothing at all'] },
    { holder: ['ORG-999999999'] },
    { holder: ['Nobody & Sons'] },
  ];
}

/** Returns filters on authorizations, packages, ingredients and further properties of the product. */
function newPartsOf({ products }: FilterTruth): readonly FilterInput[] {
  const all = (valuesOf: (product: Found) => readonly string[]): readonly string[] =>
    distinct(products.flatMap(valuesOf));
  return [
    ...ofAuthorizations(all),
    ...ofPackages(products, all),
    ...ofIngredients(products, all),
    ...[true, false].map((additionalMonitoring) => ({ additionalMonitoring })),
    ...all(({ pediatric }) => pediatric).map((each) => ({ pediatricUse: [each] })),
    ...[...all(({ classes }) => classes), 'Z99ZZ99'].map((each) => ({ classification: [each] })),
    ...all(({ makers }) => makers).flatMap((each) => [
      { manufacturer: [each] },
      { manufacturer: [each.toUpperCase()] },
    ]),
    { manufacturer: ['ORG-999999999'] },
    ...all(({ indications }) => indications).flatMap((each) => [
      { indication: [each] },
      { indication: [each.toUpperCase().split(' ').at(-1) ?? ''] },
      { indication: [each.slice(1)] },
    ]),
    { indication: ['nothing of the kind'] },
  ];
}

type All = (valuesOf: (product: Found) => readonly string[]) => readonly string[];

function ofAuthorizations(all: All): readonly FilterInput[] {
  const dates = [...all((product) => product.dates), '1900-01-01', '2099-12-31'].filter((date) =>
    /^\d/.test(date),
  );
  return [
    ...['EU', 'IE', 'NL', 'LT', 'IS', 'GB', 'CH'].map((country) => ({ country: [country] })),
    ...['100000072099', 'Valid', 'Revoked', 'withdrawn', ...all(({ permitStatus }) => permitStatus)].map(
      (each) => ({ authorizationStatus: [each] }),
    ),
    ...(['MARKETING', 'ORPHAN', 'PARALLEL_TRADE', 'MANUFACTURING', 'OTHER'] as const).map((kind) => ({
      authorizationKind: [kind],
    })),
    ...(['PENDING', 'AUTHORIZED', 'SUSPENDED', 'ENDED', 'VOID', 'UNKNOWN'] as const).map((each) => ({
      lifecycle: [each],
    })),
    { lifecycle: ['SUSPENDED', 'ENDED'] },
    ...dates.flatMap((date): readonly FilterInput[] => [
      { authorizedSince: date },
      { authorizedBefore: date },
      { statusSince: date },
      { authorizedSince: date.slice(0, 4) },
      { authorizedBefore: date.slice(0, 7) },
    ]),
  ];
}

function ofPackages(products: readonly Found[], all: All): readonly FilterInput[] {
  const sizes = [...new Set(products.flatMap((product) => product.sizes)), 7_777];
  const markets = all((product) => product.markets);
  return [
    ...sizes.flatMap((size): readonly FilterInput[] => [
      { packSize: { min: size, max: size } },
      { packSize: { min: size + 1 } },
      { packSize: { max: size - 1 } },
    ]),
    { marketed: {} },
    ...['NOT_MARKETED', 'TEMPORARILY_UNAVAILABLE', 'NEVER_MARKETED'].map((each) => ({
      marketed: { status: [each] },
    })),
    ...['EU', 'GB', ...markets.flatMap(spellingsOfCountry)].flatMap((each): readonly FilterInput[] => [
      { marketed: { country: [each] } },
      { marketed: { country: [each], status: ['TEMPORARILY_UNAVAILABLE', 'NOT_MARKETED'] } },
    ]),
    ...['2026-01-01', '2027-01', '2027-02', '2099'].map((restoreBefore) => ({
      marketed: { status: ['TEMPORARILY_UNAVAILABLE'], restoreBefore },
    })),
    ...all(({ carriers }) => carriers).flatMap((each): readonly FilterInput[] => [
      { dataCarrier: [each] },
      { dataCarrier: [each.replace(/^0(?=\d{13}$)/, '')] },
    ]),
    { dataCarrier: ['09999999999994'] },
    ...all(({ supply }) => supply).map((each) => ({ legalStatusOfSupply: [each] })),
    { legalStatusOfSupply: ['Medicinal product subject to medical prescription'] },
  ];
}

function ofIngredients(products: readonly Found[], all: All): readonly FilterInput[] {
  const named = all(({ substanceCodes, baseCodes, substanceNames }) => [
    ...substanceCodes,
    ...baseCodes,
    ...substanceNames,
  ]);
  return [
    ...(['ACTIVE', 'ADJUVANT', 'EXCIPIENT', 'SOLVENT', 'OTHER'] as const).map((substanceRole) => ({
      substanceRole,
    })),
    ...all(({ baseCodes }) => baseCodes).map((code) => ({ substance: [code] })),
    ...[...all(({ strengths }) => strengths), '987 mg', '987 mg/ml', '1 IU'].flatMap(
      (each): readonly FilterInput[] => [
        { strength: [each] },
        { strength: [each.replaceAll(' ', '').replaceAll('.', ',')].filter((text) => !/,\d{3}/.test(text)) },
      ],
    ),
    ...named.flatMap((each) => [{ withoutSubstance: [each] }, { actives: { all: [{ substance: each }] } }]),
    ...products.flatMap(({ actives }): readonly FilterInput[] => {
      const asked = actives.map(({ names, strength }) => ({ substance: names[0] ?? '', strength }));
      const plain = actives.map(({ names }) => ({ substance: names.at(-1) ?? '' }));
      return actives.length === 0
        ? []
        : [
            { actives: { all: asked, only: true } },
            { actives: { all: plain, only: true } },
            { actives: { all: plain.slice(0, 1), only: true } },
            { actives: { all: asked.slice(0, 1) } },
          ];
    }),
  ];
}

/** Filter parts that one and the same record must meet. */
const groups: readonly (readonly (keyof FilterInput)[])[] = [
  [
    'country',
    'lifecycle',
    'authorizationStatus',
    'statusSince',
    'authorizationKind',
    'authorizedSince',
    'authorizedBefore',
    'holder',
    'authorizationNumber',
    'procedureNumber',
  ],
  ['packSize', 'marketed', 'dataCarrier'],
  ['substance', 'substanceRole', 'strength'],
  ['country', 'legalStatusOfSupply'],
];

function isUpsideDown({ authorizedSince, authorizedBefore }: FilterInput): boolean {
  if (authorizedSince === undefined || authorizedBefore === undefined) return false;
  return authorizedSince.slice(0, 4) >= authorizedBefore.slice(0, 4);
}

/** Returns filters with two parts of one group: `most` for each pair, with values of the data. */
export function pairsOf(filters: readonly FilterInput[], most: number, seed: number): readonly FilterInput[] {
  const random = randomOf(seed);
  const pick = (part: keyof FilterInput): FilterInput | undefined => {
    const some = filters.filter((filter) => part in filter);
    return some[Math.floor(random() * some.length)];
  };
  return groups.flatMap((group) =>
    group.flatMap((one, at) =>
      group
        .slice(at + 1)
        .flatMap((other) =>
          Array.from({ length: most }, () => ({ ...pick(one), ...pick(other) })).filter(
            (pair) => Object.keys(pair).length === 2 && !isUpsideDown(pair),
          ),
        ),
    ),
  );
}

/** Returns at most `most` filters of each part, chosen by a seed. */
export function sampled(filters: readonly FilterInput[], most: number, seed: number): readonly FilterInput[] {
  const random = randomOf(seed);
  const ranked = filters.map((filter) => ({ filter, rank: random() })).sort((a, b) => a.rank - b.rank);
  const counts = new Map<string, number>();
  return ranked.flatMap(({ filter }) => {
    const part = Object.keys(filter).join();
    const count = (counts.get(part) ?? 0) + 1;
    counts.set(part, count);
    return count <= most ? [filter] : [];
  });
}

/**
 * STRENGTH is not among the orders: it is undefined how amounts without a unit of measurement compare. Its order is tested with the
 * sample data only.
 */
const fields = ['NAME', 'UPDATED', 'AUTHORIZED', 'HOLDER', 'SUBSTANCE', 'PACK_SIZE'] as const;

/** Whether the filter names countries by code. If a record gives a country the name of another, that name matches both. */
function isByCode({ country = [], marketed }: FilterInput): boolean {
  return [...country, ...(marketed?.country ?? [])].every((each) => each.length <= 3 || /\d/.test(each));
}

/** Returns filters and pairs of filters, some with an order, chosen by a seed. */
export function questionsOf(truth: FilterTruth, seed: number): readonly Asked[] {
  const all = filtersOf(truth).filter(isByCode);
  const order = (at: number): SortInput => ({
    by: fields[(seed + at) % fields.length] ?? 'NAME',
    order: at % 2 === 0 ? 'ASC' : 'DESC',
  });
  return [...sampled(all, 1, seed), ...pairsOf(all, 1, seed), {}].map((filter, at) => ({
    filter,
    sort: at % 4 === 0 || Object.keys(filter).length === 0 ? order(at) : undefined,
  }));
}
