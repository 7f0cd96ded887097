/** Every part of a filter, by every value in the sandbox's data: the products found are the true ones, or it is said. */
import { describe, expect, it } from 'vitest';
import { costFaults, documentOf, judge, type Outcome } from '../support/filter-checks.js';
import {
  createFilterTruth,
  spellingsOfCountry,
  type FilterInput,
  type FilterTruth,
  type Found,
} from '../support/filter-truth.js';
import { randomOf } from '../support/random-operation.js';
import { startTestService, type TestService, type TestServiceOptions } from '../support/service.js';
import { isQuick, oneIn } from '../support/tier.js';

const routes: readonly (readonly [string, TestServiceOptions])[] = [
  ['everything', { profile: 'everything' }],
  ['search', { profile: 'search' }],
  ['include', { profile: 'include' }],
  ['auto over everything', { profile: 'auto', sandbox: { profile: 'everything' } }],
  ['auto over search', { profile: 'auto', sandbox: { profile: 'search' } }],
  ['auto over include', { profile: 'auto', sandbox: { profile: 'include' } }],
];

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

/** Filters of one part, by what the data hold of it and by what they do not. */
function filtersOf({ products }: FilterTruth): readonly FilterInput[] {
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
    // What nothing has.
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

/** At most so many of each part, chosen by a seed. */
function sampled(filters: readonly FilterInput[], most: number, seed: number): readonly FilterInput[] {
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

interface Tally {
  readonly faults: readonly string[];
  /** How many of each part came to each outcome. */
  readonly outcomes: Readonly<Record<string, Readonly<Partial<Record<Outcome, number>>>>>;
}

/** As many as an operation may ask for at once. */
const together = 10;

async function askAll(
  service: TestService,
  truth: FilterTruth,
  filters: readonly FilterInput[],
  most = together,
): Promise<Tally> {
  const faults: string[] = [];
  const outcomes: Record<string, Partial<Record<Outcome, number>>> = {};
  for (let start = 0; start < filters.length; start += most) {
    const group = filters.slice(start, start + most);
    const variables = Object.fromEntries(group.map((filter, index) => [`f${index}`, filter]));
    service.sandbox.clearRequests();
    const answer = await service.query(documentOf(group.length), variables);
    faults.push(...costFaults(answer, service.sandbox.requests.length));
    for (const [index, filter] of group.entries()) {
      const judged = judge({ filter }, answer, truth.matching(filter), `p${index}`);
      faults.push(...judged.faults.map((fault) => `${JSON.stringify(filter)}: ${fault}`));
      const counts = (outcomes[Object.keys(filter).join()] ??= {});
      counts[judged.outcome] = (counts[judged.outcome] ?? 0) + 1;
    }
  }
  return { faults, outcomes };
}

/** Values of each part that are asked for on each route; all of them take minutes. */
const values = Number(process.env['FILTER_VALUES'] ?? (isQuick ? 1 : 10));

describe('every part of a filter finds what the data say', () => {
  it.each(routes)(
    '%s',
    async (_name, options) => {
      const service = await startTestService({ budget: 5_000, ...options });
      const truth = createFilterTruth(service.sandbox.resources);
      const { faults, outcomes } = await askAll(service, truth, sampled(filtersOf(truth), values, 1));
      await service.stop();
      expect(faults).toEqual([]);
      // Nothing is out of reach in so small a world.
      expect(Object.values(outcomes).flatMap((counts) => Object.keys(counts))).not.toContain('refused');
      const marked = Object.keys(outcomes).filter((part) => outcomes[part]?.marked);
      expect(marked.filter((part) => part !== 'holder')).toEqual([]);
    },
    600_000,
  );
});

describe('where there are more products than can be looked through', () => {
  const many = { products: 1_500 };
  it.each(
    oneIn(4, [
      ['everything', { profile: 'everything', sandbox: many }],
      ['search', { profile: 'search', sandbox: many }],
      ['auto over include', { profile: 'auto', sandbox: { ...many, profile: 'include', maxPageSize: 7 } }],
    ] satisfies readonly (readonly [string, TestServiceOptions])[]),
  )('%s', async (_name, options) => {
    const service = await startTestService({ budget: 300, ...options });
    const truth = createFilterTruth(service.sandbox.resources);
    const { faults, outcomes } = await askAll(service, truth, sampled(filtersOf(truth), 3, 7), 1);
    await service.stop();
    expect(faults).toEqual([]);
    // What is found by name or id is so in any world.
    expect(outcomes['ids']).toEqual({ whole: 3 });
    expect(outcomes['nameEquals']).toEqual({ whole: 3 });
  });
});

describe('with small pages and few requests', () => {
  it.each(
    oneIn(4, [
      ['everything', 25],
      ['everything', 6],
      ['search', 25],
      ['search', 6],
      ['include', 25],
      ['include', 6],
    ] as const),
  )('%s, %s requests', async (profile, budget) => {
    const service = await startTestService({ profile, budget, sandbox: { pageSize: 7, maxPageSize: 7 } });
    const truth = createFilterTruth(service.sandbox.resources);
    const { faults, outcomes } = await askAll(service, truth, sampled(filtersOf(truth), 3, budget), 1);
    await service.stop();
    expect(faults).toEqual([]);
    expect(outcomes['identifier']).toBeDefined();
  });
});
