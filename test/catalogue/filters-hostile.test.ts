/**
 * Filter values with special meaning in a search, a URL, a path or a terminal: they find the records that have them, or are
 * refused at once.
 */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionOf, costFaults, document, judge } from '../support/filter-checks.js';
import { sentByOperations } from '../support/sent.js';
import { createFilterTruth, type FilterInput, type FilterTruth } from '../support/filter-truth.js';
import { upstreamOf } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';
import { oneIn } from '../support/tier.js';

/** Values that a search can carry. */
const carried: readonly string[] = [
  'a,b',
  'a|b',
  '|',
  'a$b',
  String.raw`a\b`,
  String.raw`\,`,
  String.raw`ends with \ `.trim(),
  '100 %',
  '%2C',
  '+1 2',
  '"quoted"',
  "it's",
  'a&b=c#d;e?f',
  '../../etc/passwd',
  '..',
  '*',
  '(+)-catechin',
  '(-)-catechin',
  '<b>&amp;</b>',
  '{{x}}${y}`z`',
  'שלום עולם',
  '\u202Eright to left',
  'zero\u200Bwidth',
  'no\u00A0break',
  '💊',
  '🧪',
  '👩‍⚕️ family',
  'ΑΘΗΝΆ',
  'İstanbul',
  'straße',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '0',
  'x'.repeat(150),
];

/** Values that no search can carry. */
const refused: readonly string[] = [
  '',
  ' ',
  '\t\n',
  'a\u0000b',
  'a\nb',
  'a\rb',
  '\u007f',
  '\u0085x',
  '\ud800',
  'a\udfff',
  'x'.repeat(201),
  'x'.repeat(10_000),
];

const emaList = (list: string): string => `http://spor.ema.europa.eu/v1/lists/${list}`;

/** Returns one product for each value, with the value in every element that a filter reads. */
function worldOf(values: readonly string[]): readonly Resource[] {
  return values.flatMap((value, index): readonly object[] => {
    const id = `6000000010${String(index).padStart(2, '0')}`;
    const concept = { coding: [{ system: emaList('1'), code: value, display: value }] };
    const product = { reference: `MedicinalProductDefinition/${id}` };
    return [
      {
        resourceType: 'MedicinalProductDefinition',
        id,
        meta: { versionId: '1', lastUpdated: `2026-01-01T00:00:${String(index % 60).padStart(2, '0')}Z` },
        name: [{ productName: `Name ${value}` }, { productName: value }],
        identifier: [{ system: 'http://ema.europa.eu/fhir/other', value }],
        status: concept,
        domain: concept,
        combinedPharmaceuticalDoseForm: concept,
        route: [concept],
      },
      {
        resourceType: 'RegulatedAuthorization',
        id: `ra-${id}`,
        identifier: [{ system: 'http://ema.europa.eu/fhir/marketingAuthorizationNumber', value }],
        type: { coding: [{ system: emaList('220000000060'), code: '220000000061' }] },
        subject: [product],
        region: [concept],
        case: { identifier: { system: 'http://ema.europa.eu/fhir/procedureNumber', value } },
        holder: { reference: `Organization/org-${index}`, display: value },
      },
      { resourceType: 'Organization', id: `org-${index}`, name: value },
      {
        resourceType: 'Ingredient',
        id: `i-${id}`,
        status: 'active',
        role: { coding: [{ system: emaList('100000072050'), code: '100000072072' }] },
        for: [product],
        substance: { code: { concept: { ...concept, text: value } } },
      },
    ];
  }) as unknown as readonly Resource[];
}

const shortened = (value: string): string =>
  value.length > 30
    ? `${JSON.stringify(value.slice(0, 3))} … (${value.length} characters)`
    : JSON.stringify(value);

const titled = (value: string): readonly [string, string] => [shortened(value), value];

function filtersWith(value: string): readonly FilterInput[] {
  return [
    { name: value },
    { nameStartsWith: value },
    { nameEquals: value },
    { identifier: value },
    { identifier: `http://ema.europa.eu/fhir/other|${value}` },
    { authorizationNumber: value },
    { procedureNumber: value },
    { status: [value] },
    { domain: [value] },
    { doseForm: [value] },
    { route: [value] },
    { country: [value] },
    { substance: [value] },
    { holder: [value] },
  ];
}

const shown = `{ products(first: 100) { nodes {
  status { text } domain { text } doseForm { text } routes { text } authorizations { region { text } } } } }`;

const profiles = ['everything', 'search', 'include'] as const;
let services: readonly TestService[];
let truth: FilterTruth;

beforeAll(async () => {
  const resources = worldOf(carried);
  truth = createFilterTruth(resources);
  services = await Promise.all(
    profiles.map((profile) => startTestService({ profile, budget: 1_000, sandbox: { resources } })),
  );
  // The service learns the display texts of codes when it first returns them.
  for (const service of services) await service.query(shown);
});
afterAll(() => Promise.all(services.map((service) => service.stop())));

describe.each(
  oneIn(
    2,
    profiles.map((profile, index) => [profile, index] as const),
  ),
)('filters by an unusual value, with the profile `%s`,', (_profile, index) => {
  it.each(oneIn(28, carried).map(titled))(
    'such as %s, find exactly the products that have it',
    async (_what, value) => {
      const service = services[index] as TestService;
      const faults: string[] = [];
      for (const filter of filtersWith(value)) {
        service.sandbox.clearRequests();
        const answer = await service.query(document, { filter, first: 100 });
        const expected = truth.matching(filter);
        expect(expected).not.toEqual([]);
        const { outcome, faults: told } = judge({ filter }, answer, expected);
        const costs = costFaults(answer, sentByOperations(service.sandbox).length);
        faults.push(...[...told, ...costs].map((fault) => `${Object.keys(filter).join()}: ${fault}`));
        // The other products have unknown region codes, which may or may not mean this country.
        const rightly = filter.country ? 'marked' : 'whole';
        if (outcome !== rightly) faults.push(`${Object.keys(filter).join()}: ${outcome}`);
      }
      expect(faults).toEqual([]);
    },
  );
});

describe('a filter with an invalid value', () => {
  const tooMany = Array.from({ length: 101 }, (_, index) => `v${index}`);
  const cases: readonly (readonly [string, unknown])[] = [
    ...refused.flatMap((value) =>
      filtersWith(value)
        .filter(({ identifier }) => !identifier?.startsWith('http') || value.length > 200)
        .filter(({ holder }) => !holder || value.length !== 201)
        .map(
          (filter) =>
            [
              `${shortened(value)} as ${filter.identifier?.startsWith('http') ? 'the value of ' : ''}\`${Object.keys(filter).join()}\``,
              filter,
            ] as const,
        ),
    ),
    ...['status', 'domain', 'doseForm', 'route', 'country', 'atc', 'substance', 'holder', 'ids'].flatMap(
      (part): readonly (readonly [string, unknown])[] => [
        [`an empty list as \`${part}\``, { [part]: [] }],
        [`101 values as \`${part}\``, { [part]: tooMany }],
        [`a blank value beside a valid one as \`${part}\``, { [part]: ['x', ' '] }],
      ],
    ),
    ...['../x', 'a/b', 'Package:1', 'Product:', 'x'.repeat(65), '.', '..', 'metadata', 'ä', '~'].map(
      (id) => [`the malformed id ${shortened(id)} as \`ids\``, { ids: [id] }] as const,
    ),
    ...['yesterday', '2026', '2026-13-01T00:00:00Z', ''].map(
      (updatedSince) => [`${JSON.stringify(updatedSince)} as \`updatedSince\``, { updatedSince }] as const,
    ),
  ];
  it.each(cases)('%s fails with BAD_USER_INPUT before any request', async (_what, filter) => {
    for (const service of services) {
      service.sandbox.clearRequests();
      const answer = await service.query(document, { filter, first: 10 });
      expect(connectionOf({ data: answer.data ?? null })).toBeNull();
      expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
      expect(service.sandbox.requests).toEqual([]);
    }
  });
});

describe('a filter by an identifier with a system that no product has', () => {
  it('finds nothing, and the service does not conclude that the upstream ignores the search parameter', async () => {
    const service = services[1] as TestService;
    const wrong = { identifier: 'http://ema.europa.eu/fhir/wrong|a,b' };
    const answer = await service.query(document, { filter: wrong, first: 10 });
    expect(connectionOf(answer)?.nodes).toEqual([]);
    const right = { identifier: 'HTTPS://ema.europa.eu/fhir/OTHER|a,b' };
    const next = await service.query(document, { filter: right, first: 10 });
    expect(connectionOf(next)?.nodes.map(({ pmsId }) => pmsId)).toEqual(truth.matching(right));
    expect(upstreamOf(next).requests).toBe(1);
  });
});

describe('a list of products in the order of their names', () => {
  const names = [
    'Äpfel',
    'Apfel',
    'Zebra',
    'Öl',
    'Åsa',
    'Chata',
    'Cukr',
    'Hora',
    'Ýmir',
    'Pille 10',
    'Pille 9',
  ];
  const resources = names.map((productName, index) => ({
    resourceType: 'MedicinalProductDefinition',
    id: `60000000200${index}`,
    name: [{ productName }],
  })) as unknown as readonly Resource[];
  it.each(['search', 'everything'] as const)(
    'follows the language of `accept-language`, with the profile `%s`',
    async (profile) => {
      const service = await startTestService({ profile, sandbox: { resources } });
      const known = createFilterTruth(resources);
      const orders = new Set<string>();
      for (const language of ['de', 'sv', 'cs']) {
        const variables = { filter: {}, sort: { by: 'NAME', order: 'DESC' }, first: 20 } as const;
        const answer = await service.query(document, variables, { 'accept-language': language });
        const found = connectionOf(answer)?.nodes.map(({ pmsId }) => pmsId) ?? [];
        expect(found).toEqual(known.sorted(known.matching({}), variables.sort, language));
        orders.add(found.join());
      }
      await service.stop();
      expect(orders.size).toBe(3);
    },
  );
});
