/** Filters over a real R5 server: for every value in the sample files, the products that bear it, or a mark. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  absent,
  pageLimits,
  readSamples,
  startFhirServer,
  startHapiService,
  type FhirServer,
  type HapiService,
} from '../support/hapi.js';
import { document, judge } from '../support/filter-checks.js';
import {
  createFilterTruth,
  spellingsOfCountry,
  type FilterInput,
  type FilterTruth,
  type Found,
} from '../support/filter-truth.js';
import type { GraphqlAnswer } from '../support/service.js';

type Kind = readonly [what: string, filtersOf: (products: readonly Found[]) => readonly FilterInput[]];

function all(products: readonly Found[], valuesOf: (product: Found) => readonly string[]): readonly string[] {
  return [...new Set(products.flatMap(valuesOf))];
}

const kinds: readonly Kind[] = [
  ['ids', (products) => products.map(({ id }) => ({ ids: [id] }))],
  [
    'identifiers',
    (products) =>
      products.flatMap(({ id, identifiers }) => [
        { identifier: id },
        ...identifiers.flatMap(({ system, value = '' }) => [
          { identifier: value },
          { identifier: value.toLowerCase() },
          ...(system === undefined ? [] : [{ identifier: `${system}|${value}` }]),
          { identifier: `http://ema.europa.eu/fhir/another|${value}` },
        ]),
      ]),
  ],
  [
    'authorization numbers',
    (products) =>
      all(products, ({ numbers }) => numbers).flatMap((authorizationNumber) => [
        { authorizationNumber },
        { authorizationNumber: ` ${authorizationNumber.toLowerCase()} ` },
      ]),
  ],
  [
    'substances',
    (products) => [
      // A text in another form, such as "nan", counts as a name.
      ...all(products, ({ substanceCodes }) => substanceCodes)
        .filter((code) => /^(\d{6,}|(?=(.*\d){2})[A-Z0-9]{10})$/.test(code))
        .map((code) => ({ substance: [code] })),
      ...all(products, ({ substanceNames }) => substanceNames)
        .slice(0, 20)
        .map((name) => ({ substance: [name] })),
    ],
  ],
  [
    'holders',
    (products) =>
      [
        ...all(products, ({ holderIds }) => holderIds),
        ...all(products, ({ holderNames }) => holderNames).map((name) => name.trim()),
      ].map((holder) => ({ holder: [holder] })),
  ],
  ['status', (products) => all(products, ({ status }) => status).map((code) => ({ status: [code] }))],
  [
    'domains',
    (products) =>
      // A text without a digit is a word, and matches terms of other lists.
      all(products, ({ domain }) => domain)
        .filter((code) => /\d/.test(code))
        .map((code) => ({ domain: [code] })),
  ],
  [
    'dose forms',
    (products) => all(products, ({ doseForm }) => doseForm).map((code) => ({ doseForm: [code] })),
  ],
  ['routes', (products) => all(products, ({ route }) => route).map((code) => ({ route: [code] }))],
  [
    'ATC classes',
    (products) =>
      [
        ...all(products, ({ atcCodes, atcTerms }) => [...atcCodes, ...atcTerms]),
        ...all(products, ({ atcCodes }) => atcCodes.map((code) => code.slice(0, 3))),
      ].map((code) => ({ atc: [code] })),
  ],
  [
    'countries',
    (products) =>
      all(products, ({ regions }) => regions.flatMap(spellingsOfCountry)).map((code) => ({
        country: [code],
      })),
  ],
  [
    'names',
    (products) =>
      // One has a line break in it, which no argument may.
      all(products, ({ names }) => names.filter((name) => !name.includes('\n'))).flatMap((name) => [
        { nameEquals: name },
        { nameStartsWith: name.slice(0, 8).toUpperCase() },
        { name: name.slice(-8).trim() },
      ]),
  ],
];

/** Some records tell no kind of authorization, others name substances by codes of other lists, or by names alone. */
const mayBeOpen = new Set(['countries', 'substances']);

/** So many of them, from the first to the last. */
function spread<Item>(items: readonly Item[], most: number): readonly Item[] {
  const step = Math.max(1, items.length / most);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

const skipped = absent === undefined ? '' : ` (skipped: ${absent})`;
const servers = pageLimits.map((pageLimit) => [pageLimit ?? 'its default number of', pageLimit] as const);

describe.skipIf(absent !== undefined).each(servers)(
  `product filters over the HAPI FHIR server with pages of %s rows${skipped}`,
  (_rows, pageLimit) => {
    let truth: FilterTruth;
    let server: FhirServer;
    let service: HapiService;

    beforeAll(async () => {
      truth = createFilterTruth(readSamples());
      server = await startFhirServer(pageLimit);
      service = await startHapiService(server, { budget: 1_000 });
    });
    afterAll(async () => {
      await service?.stop();
      await server?.stop();
    });

    it.each(kinds)(
      'by the %s of the products return exactly the matching products',
      async (what, filtersOf) => {
        const faults: string[] = [];
        let answered = 0;
        // From the first to the last; with five rows on a page each takes dozens of requests.
        const most = Number(process.env['FILTER_VALUES'] ?? (pageLimit === undefined ? 60 : 5));
        for (const filter of spread(filtersOf(truth.products), most)) {
          const answer = await service.query<GraphqlAnswer['data']>({
            document,
            variables: { filter, first: 100 },
          });
          const judged = judge({ filter }, answer, truth.matching(filter));
          const isAnswered =
            judged.outcome === 'whole' || (mayBeOpen.has(what) && judged.outcome === 'marked');
          answered += isAnswered ? 1 : 0;
          faults.push(...judged.faults.map((fault) => `${JSON.stringify(filter)}: ${fault}`));
          if (answer.counted.length !== answer.receipt.requests)
            faults.push(`${answer.counted.length} requests, ${answer.receipt.requests} on the receipt`);
        }
        expect(faults).toEqual([]);
        expect(answered).toBeGreaterThan(0);
      },
    );
  },
);
