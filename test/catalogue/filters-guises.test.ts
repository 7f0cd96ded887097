/**
 * Filters over upstreams that ignore, refuse, hide or wrongly declare the search parameters: the products are right, or the
 * list is marked as incomplete or refused.
 */
import { describe, expect, it } from 'vitest';
import type { Guise } from '../../src/sandbox/server.js';
import { costFaults, document, judge, type Asked } from '../support/filter-checks.js';
import { sentByOperations } from '../support/sent.js';
import { createFilterTruth, type FilterInput, type FilterTruth } from '../support/filter-truth.js';
import { startTestService } from '../support/service.js';
import { thinned } from '../support/tier.js';

type Part = keyof FilterInput | 'sort';

/** All search parameters of filters, each with the filter parts that need it. */
const searched: Readonly<Record<string, readonly Part[]>> = {
  'MedicinalProductDefinition?name': ['name', 'nameStartsWith', 'nameEquals'],
  'MedicinalProductDefinition?identifier': ['identifier'],
  'MedicinalProductDefinition?status': ['status'],
  'MedicinalProductDefinition?domain': ['domain'],
  'MedicinalProductDefinition?product-classification': ['atc'],
  'MedicinalProductDefinition?_lastUpdated': ['updatedSince'],
  'MedicinalProductDefinition?_id': ['ids', 'identifier', 'authorizationNumber', 'substance'],
  'MedicinalProductDefinition?_sort': ['sort'],
  'RegulatedAuthorization?identifier': ['authorizationNumber'],
  'RegulatedAuthorization?case': ['procedureNumber'],
  'RegulatedAuthorization?region': ['country'],
  'RegulatedAuthorization?holder': ['holder'],
  'RegulatedAuthorization?subject': ['country', 'holder', 'procedureNumber'],
  'Ingredient?substance-code': ['substance'],
  'Ingredient?for': ['substance'],
  'Organization?name': ['holder'],
  'Organization?_id': ['holder'],
  'PackagedProductDefinition?package-for': ['authorizationNumber', 'country', 'substance'],
  'PackagedProductDefinition?manufactured-item': ['substance'],
  'AdministrableProductDefinition?form-of': ['route', 'substance'],
  'AdministrableProductDefinition?manufactured-item': ['substance'],
};

/** Without `parts`, all filter parts are tested. */
type Row = readonly [what: string, guise: Guise, parts?: readonly Part[]];

const rows: readonly Row[] = [
  ...Object.entries(searched).flatMap(([selector, parts]): readonly Row[] => [
    [`that declares \`${selector}\` but ignores it`, { ignores: [selector] }, parts],
    [
      `that ignores \`${selector}\` but repeats it in the \`self\` link`,
      { ignores: [selector], self: 'asked' },
      parts,
    ],
    [
      `that ignores \`${selector}\`, and sends no \`self\` link and no CapabilityStatement`,
      { ignores: [selector], self: 'absent', metadata: 'absent' },
      parts,
    ],
    [`that declares \`${selector}\` but refuses it`, { refuses: [selector] }, parts],
    [
      `that does not declare \`${selector}\` and ignores it`,
      { lacks: [selector], unknown: 'ignored' },
      parts,
    ],
    [`that supports \`${selector}\` but does not declare it`, { conceals: [selector] }, parts],
    [
      `that refuses \`${selector}\` but offers $everything`,
      { refuses: [selector], everything: 'present' },
      parts,
    ],
  ]),
  ['without a CapabilityStatement', { metadata: 'absent' }],
  ['that declares no search parameters', { conceals: ['*'] }],
  ['that ignores unknown search parameters', { unknown: 'ignored' }],
  ['without RegulatedAuthorization searches', { lacks: ['RegulatedAuthorization?'] }],
  ['without Ingredient searches', { lacks: ['Ingredient?'] }],
  ['without Organization searches', { lacks: ['Organization?'] }],
  ['without totals', { total: 'absent' }],
  ['with totals that are too low', { total: 'low' }],
  ['with totals that are too high', { total: 'high' }],
  ['whose search parameter `name` matches any part of a name', { name: 'contains' }],
  ['that refuses POST searches, and URLs over 600 characters', { post: 405, url: 600 }],
  ['whose page links expire at once', { uses: 0 }],
];

/** Returns one case for each filter part, and some with several parts. */
function casesOf({ products }: FilterTruth): readonly Asked[] {
  const one = products.find(
    ({ procedures, atcCodes, holderIds, substanceNames }) =>
      procedures.length > 0 && atcCodes.length > 0 && holderIds.length > 0 && substanceNames.length > 0,
  );
  if (!one) throw new Error('no product has all that filters look at');
  const given = <T>(values: readonly T[]): T[] => values.slice(0, 1);
  const [name = '', number = '', procedureNumber = ''] = [one.names[0], one.numbers[0], one.procedures[0]];
  const updatedSince = new Date(one.updated ?? 0).toISOString();
  const byName = { by: 'NAME', order: 'ASC' } as const;
  const byUpdate = { by: 'UPDATED', order: 'DESC' } as const;
  return [
    { filter: { ids: [one.id, '999999999999'] } },
    { filter: { name: name.slice(2, 7) }, sort: byUpdate },
    { filter: { nameStartsWith: name.slice(0, 5) } },
    { filter: { nameEquals: name } },
    { filter: { identifier: one.identifiers[1]?.value ?? '' } },
    { filter: { identifier: 'PRD999999' } },
    { filter: { authorizationNumber: number } },
    { filter: { procedureNumber } },
    { filter: { status: ['200000005006'] } },
    { filter: { domain: given(one.domain) }, sort: byName },
    { filter: { doseForm: given(one.doseForm) } },
    { filter: { route: given(one.route) } },
    { filter: { country: ['SE'] } },
    { filter: { atc: given(one.atcCodes) } },
    { filter: { atc: ['C09'] } },
    { filter: { substance: given(one.substanceCodes) } },
    { filter: { substance: given(one.substanceNames) } },
    { filter: { holder: given(one.holderIds) } },
    { filter: { holder: given(one.holderNames) } },
    { filter: { updatedSince } },
    { filter: {}, sort: byUpdate },
    { filter: { status: given(one.status), atc: ['C'], country: ['EU'], updatedSince }, sort: byName },
    { filter: { authorizationNumber: number, name: 'mg', holder: given(one.holderNames) } },
  ];
}

async function faultsIn(
  profile: 'everything' | 'search' | 'include',
  [, guise, parts]: Row,
  sandbox: { readonly products?: number; readonly maxPageSize?: number } = {},
): Promise<readonly string[]> {
  const service = await startTestService({
    profile: 'auto',
    budget: 400,
    sandbox: { ...sandbox, profile, guise },
  });
  const truth = createFilterTruth(service.sandbox.resources);
  const faults: string[] = [];
  const cases = casesOf(truth).filter(
    ({ filter, sort }) => !parts || parts.some((part) => (part === 'sort' ? sort : part in filter)),
  );
  expect(cases).not.toEqual([]);
  for (const asked of cases) {
    service.sandbox.clearRequests();
    const answer = await service.query(document, { ...asked, first: 100 });
    const matching = truth.matching(asked.filter);
    const expected = asked.sort ? truth.sorted(matching, asked.sort, 'en') : matching;
    const judged = judge(asked, answer, expected);
    faults.push(
      ...[...judged.faults, ...costFaults(answer, sentByOperations(service.sandbox).length)].map(
        (fault) => `${JSON.stringify(asked)}: ${fault}`,
      ),
    );
  }
  await service.stop();
  return faults;
}

/** Returns the rows with their descriptions, for the titles of tests. */
function titled(some: readonly Row[]): readonly (readonly [string, Row])[] {
  const kindOf = ([, guise]: Row): string => Object.keys(guise).join();
  return thinned(2, some, kindOf).map((row) => [row[0], row]);
}

describe('filters return correct lists or report gaps, over an upstream', () => {
  it.concurrent.each(titled(rows))(
    '%s, otherwise with the features of the profile `search`',
    async (_what, row) => {
      expect(await faultsIn('search', row)).toEqual([]);
    },
  );

  it.concurrent.each(
    titled(
      rows.filter(([what]) =>
        /MedicinalProductDefinition|^without a CapabilityStatement|totals|expire/.test(what),
      ),
    ),
  )('%s, otherwise with the features of the profile `include`, in pages of 7 rows', async (_what, row) => {
    expect(await faultsIn('include', row, { maxPageSize: 7 })).toEqual([]);
  });

  it.concurrent.each(
    titled(
      rows.filter(([what]) =>
        /(?:declares|ignores|supports|refuses) `\w+\?(?:name|_id)`|totals|expire|unknown/.test(what),
      ),
    ),
  )('%s, otherwise with the features of the profile `everything`', async (_what, row) => {
    expect(await faultsIn('everything', row)).toEqual([]);
  });
});
