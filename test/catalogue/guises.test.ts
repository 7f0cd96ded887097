/** Over any kind of upstream, every operation returns the same data, or says which data are missing. */
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Guise, Profile } from '../../src/sandbox/server.js';
import { createJudge } from '../support/judge.js';
import { sentByOperations } from '../support/sent.js';
import { comparable, operationFiles, upstreamOf, type Gap } from '../support/operations.js';
import {
  startTestService,
  type GraphqlAnswer,
  type TestService,
  type TestServiceOptions,
} from '../support/service.js';
import { oneIn, oneOfEach, thinned } from '../support/tier.js';

type Options = Omit<NonNullable<TestServiceOptions['sandbox']>, 'guise' | 'profile'>;
type Case = readonly [title: string, guise: Guise, options?: Options];
type Row = readonly [profile: Profile, ...Case];

/** Upstreams with peculiarities that hide no data. */
const harmless: readonly Case[] = [
  ['with pages of the usual size', {}],
  ['without a CapabilityStatement', { metadata: 'absent' }],
  ['with a CapabilityStatement', { metadata: 'present' }],
  ['with an OpenAPI document instead of a CapabilityStatement', { metadata: 'swagger' }],
  [
    'whose CapabilityStatement omits MedicinalProductDefinition',
    { metadata: 'present', conceals: ['MedicinalProductDefinition?'] },
  ],
  ['whose CapabilityStatement omits all types', { metadata: 'present', conceals: ['*?'] }],
  ['whose `self` link repeats all parameters of the request', { self: 'asked' }],
  ['without `self` links', { self: 'absent' }],
  ['that ignores unknown search parameters', { unknown: 'ignored' }],
  ['without totals', { total: 'absent' }],
  ['with a total on the first page only', { total: 'first' }],
  ['with totals that are too low', { total: 'low' }],
  ['whose total is the number of matches on the page', { total: 'page' }, { pageSize: 7, maxPageSize: 7 }],
  ['whose totals are 0', { total: 'zero' }],
  ['whose `next` link is the base URL with a query', { next: 'base' }, { pageSize: 7, maxPageSize: 7 }],
  ['whose `next` link is relative', { next: 'relative' }, { pageSize: 7, maxPageSize: 7 }],
  ['whose `next` link has about 6,000 characters', { next: 'long' }, { pageSize: 7, maxPageSize: 7 }],
  ['whose `next` link names a host behind a gateway', { next: 'gateway' }, { pageSize: 7, maxPageSize: 7 }],
  ['whose page links can be followed once', { uses: 1 }, { pageSize: 7, maxPageSize: 7 }],
  [
    'that repeats the last row of a page on the next page',
    { pages: 'overlapping' },
    { pageSize: 7, maxPageSize: 7 },
  ],
  ['with an OperationOutcome before the matches', { outcome: 'first' }],
  ['with an OperationOutcome after the matches', { outcome: 'last' }],
  ['with pages of 3 rows', {}, { pageSize: 3, maxPageSize: 3 }],
  ['with pages of 7 rows', {}, { pageSize: 7, maxPageSize: 7 }],
  ['whose $everything has pages', { everything: 'paged' }],
  ['whose $everything has pages of 7 entries', { everything: 'paged' }, { pageSize: 7 }],
  ['that offers $everything and no read by id', { everything: 'present', read: 'absent' }],
  ['that accepts URLs of at most 1,000 characters', { url: 1_000 }],
  ['that refuses URLs over 1,000 characters with 431', { url: 1_000, overlong: 431 }],
  ['that offers $everything but no search by `_id`', { everything: 'present', lacks: ['_id'] }],
  [
    'that offers $everything and a CapabilityStatement, and declares `_id` but refuses it',
    { metadata: 'present', everything: 'present', refuses: ['_id'] },
  ],
  ['that offers $everything and ignores `_id`', { everything: 'present', ignores: ['_id'] }],
  [
    'that offers $everything, and ignores `_id` but repeats it in the `self` link',
    { everything: 'present', ignores: ['_id'], self: 'asked' },
  ],
];

const searched = ['package-for', 'Ingredient?for', 'subject', 'form-of', '_id'];

const harmlessToSearch: readonly Case[] = [
  ['whose search parameter `name` matches any part of a name', { name: 'contains' }],
  ['that refuses POST searches with 404', { post: 404 }],
  ['that refuses POST searches with 405', { post: 405 }],
  ['that refuses POST searches with 403', { post: 403 }],
  ['that refuses POST searches, and URLs over 1,000 characters', { post: 405, url: 1_000 }],
  [
    'that refuses POST searches, and URLs over 500 characters with 431',
    { post: 404, url: 500, overlong: 431 },
  ],
  ['that also offers $everything', { everything: 'present' }],
  ['that does not support `_elements`', { lacks: ['_elements'] }],
  ['that declares `_elements` but refuses it', { refuses: ['_elements'] }],
  ['that declares `_elements` but ignores it', { ignores: ['_elements'] }],
  ['that does not support `_total`', { lacks: ['_total'] }],
  ['that declares `_total` but refuses it', { refuses: ['_total'] }],
  ['with totals that are too high', { total: 'high' }],
  ['with totals that are too high, and pages of 7 rows', { total: 'high' }, { pageSize: 7, maxPageSize: 7 }],
  ['that declares no search parameters', { conceals: ['*'] }],
  ...searched.flatMap((parameter): readonly Case[] => [
    [`that supports \`${parameter}\` but does not declare it`, { conceals: [parameter] }],
    [
      `that offers $everything and does not support \`${parameter}\``,
      { everything: 'present', lacks: [parameter] },
    ],
    [
      `that offers $everything, and declares \`${parameter}\` but refuses it`,
      { everything: 'present', refuses: [parameter] },
    ],
    [
      `that offers $everything, and declares \`${parameter}\` but ignores it`,
      { everything: 'present', ignores: [parameter] },
    ],
    [
      `that offers $everything, and ignores \`${parameter}\` but repeats it in the \`self\` link`,
      { everything: 'present', ignores: [parameter], self: 'asked' },
    ],
    [
      `that offers $everything, ignores \`${parameter}\` and sends no \`self\` link`,
      { everything: 'present', ignores: [parameter], self: 'absent' },
    ],
    [
      `that offers $everything, does not declare \`${parameter}\` and ignores it`,
      { everything: 'present', lacks: [parameter], unknown: 'ignored', metadata: 'absent' },
    ],
  ]),
  ['that offers $everything and no Ingredient search', { everything: 'present', lacks: ['Ingredient?'] }],
];

const harmlessToIncludes: readonly Case[] = [
  ...[0, 1, 5, 50].map((included): Case => [
    `that includes at most ${included} records in a page`,
    { included },
  ]),
  ['that includes at most 5 records in a page of 3 rows', { included: 5 }, { pageSize: 3, maxPageSize: 3 }],
  ['that counts included records towards `_count`', { counts: 'page' }],
  ['that counts included records in the total', { counts: 'total' }],
  [
    'that counts included records in the total, with pages of 7 rows',
    { counts: 'total' },
    { pageSize: 7, maxPageSize: 7 },
  ],
  ['that does not support `_include`', { lacks: ['_include'] }],
  ['that does not support `_revinclude`', { lacks: ['_revinclude'] }],
  ['that declares `_include` but refuses it', { refuses: ['_include'] }],
  ['that declares `_revinclude` but refuses it', { refuses: ['_revinclude'] }],
  ['that declares `_include` but ignores it', { ignores: ['_include'] }],
  ['that declares `_revinclude` but ignores it', { ignores: ['_revinclude'] }],
  [
    'that ignores `_revinclude` but repeats it in the `self` link',
    { ignores: ['_revinclude'], self: 'asked' },
  ],
  ['that does not support `:iterate`', { lacks: ['_include:iterate', '_revinclude:iterate'] }],
  ['that ignores `_revinclude=Ingredient:for`', { ignores: ['_revinclude=Ingredient:for'] }],
  [
    'that refuses `_revinclude=PackagedProductDefinition:package-for`',
    { refuses: ['_revinclude=PackagedProductDefinition:package-for'] },
  ],
  [
    'that refuses `_include=PackagedProductDefinition:manufactured-item`',
    { refuses: ['_include=PackagedProductDefinition:manufactured-item'] },
  ],
  [
    'that supports `_include` and `_revinclude` but does not declare them',
    { conceals: ['_include', '_revinclude'] },
  ],
];

const rows: readonly Row[] = [
  ...harmless.flatMap((each): readonly Row[] => [
    ['everything', ...each],
    ['search', ...each],
    ['include', ...each],
  ]),
  ...harmlessToSearch.flatMap((each): readonly Row[] => [
    ['search', ...each],
    ['include', ...each],
  ]),
  ...harmlessToIncludes.map((each): Row => ['include', ...each]),
];

/** Upstreams that hide some data: the answer marks the gaps, and the remaining data are right. */
const lacking: readonly Row[] = [
  ['everything', 'without $everything', { everything: 'absent' }],
  // A bundle that ends before its total cannot be told from a bundle whose total is an estimate.
  ['everything', 'with totals that are too high', { total: 'high' }],
  [
    'search',
    'with totals that are too high, and no support of `_total`',
    { total: 'high', lacks: ['_total'] },
  ],
  [
    'include',
    'with totals that are too high, and no support of `_total`',
    { total: 'high', lacks: ['_total'] },
  ],
  // Short pages give poor estimates: a list that proves longer than estimated is read again by the next query.
  [
    'include',
    'that counts included records towards `_count`, with pages of 7 rows',
    { counts: 'page' },
    { pageSize: 7, maxPageSize: 7 },
  ],
  [
    'everything',
    'whose search parameter `name` matches only the beginning of a name',
    { name: 'starts-with' },
  ],
  ['everything', 'that declares `name` but refuses it', { refuses: ['name'] }],
  ['everything', 'that declares `name` but ignores it', { ignores: ['name'] }],
  [
    'everything',
    'that ignores `name` but repeats it in the `self` link',
    { ignores: ['name'], self: 'asked' },
  ],
  ['everything', 'that ignores `name` and sends no `self` link', { ignores: ['name'], self: 'absent' }],
  ['everything', 'that does not declare `name` and ignores it', { lacks: ['name'], unknown: 'ignored' }],
  ...(['search', 'include'] as const).flatMap((profile): readonly Row[] => [
    [profile, 'without read by id', { read: 'absent' }],
    ...['name', ...searched].flatMap((parameter): readonly Row[] => [
      [profile, `that does not support \`${parameter}\``, { lacks: [parameter] }],
      [profile, `that declares \`${parameter}\` but refuses it`, { refuses: [parameter] }],
      [profile, `that declares \`${parameter}\` but ignores it`, { ignores: [parameter] }],
      [
        profile,
        `that ignores \`${parameter}\` but repeats it in the \`self\` link`,
        { ignores: [parameter], self: 'asked' },
      ],
      [
        profile,
        `that ignores \`${parameter}\` and sends no \`self\` link`,
        { ignores: [parameter], self: 'absent' },
      ],
      [
        profile,
        `that does not declare \`${parameter}\` and ignores it`,
        { lacks: [parameter], unknown: 'ignored', metadata: 'absent' },
      ],
    ]),
    [profile, 'without Ingredient searches', { lacks: ['Ingredient?'] }],
  ]),
  ...(['everything', 'search', 'include'] as const).flatMap((profile): readonly Row[] => [
    [profile, 'without `next` links', { next: 'absent' }, { pageSize: 7, maxPageSize: 7 }],
    [profile, 'whose OperationOutcome says that matches are missing', { outcome: 'incomplete' }],
    [profile, 'whose page links have expired', { uses: 0 }, { pageSize: 7, maxPageSize: 7 }],
    [
      profile,
      'whose page links have expired, with 404',
      { uses: 0, expired: 404 },
      { pageSize: 7, maxPageSize: 7 },
    ],
  ]),
];

const judge = createJudge(buildSchema(readFileSync('schema/schema.graphql', 'utf8')));
const truth = new Map<string, unknown>();
/** The answers with complete lists, against which answers with gaps are judged. */
const wholes = new Map<string, GraphqlAnswer>();

function dataOf({ data }: GraphqlAnswer): unknown {
  return comparable(data, ['totalCount']);
}

beforeAll(async () => {
  const plain = await startTestService({ profile: 'everything', budget: 1_000 });
  for (const { name, text } of operationFiles) {
    truth.set(name, dataOf(await plain.query(text)));
    const { document, variables } = judge.widened({ document: text });
    wholes.set(name, await plain.query(document, variables));
  }
  await plain.stop();
});

async function startIn([profile, , guise, options]: Row): Promise<TestService> {
  return startTestService({
    profile: 'auto',
    budget: 1_000,
    // The operations discover the other properties of the upstream.

    sandbox: { ...options, profile, guise },
  });
}

/** Returns the faults of all operations' answers, as `judge` reports them. */
async function faultsIn(
  row: Row,
  judge: (name: string, answer: GraphqlAnswer) => readonly string[],
): Promise<readonly string[]> {
  const service = await startIn(row);
  try {
    const faults: string[] = [];
    for (const { name, text } of operationFiles) {
      service.sandbox.clearRequests();
      const answer = await service.query(text);
      const told = [...judge(name, answer), ...costsOf(answer, sentByOperations(service.sandbox).length)];
      faults.push(...told.map((fault) => `${name}: ${fault}`));
    }
    return faults;
  } finally {
    await service.stop();
  }
}

function costsOf(answer: GraphqlAnswer, counted: number): readonly string[] {
  // An operation that is refused as a whole sends no request.
  if (!answer.extensions?.['upstream']) return counted === 0 ? [] : [`${counted} requests without a receipt`];
  const { requests, estimated } = upstreamOf(answer);
  return [
    ...(requests === counted ? [] : [`${counted} requests, of which ${requests} on the receipt`]),
    ...(requests <= estimated ? [] : [`${requests} requests, more than ${estimated}`]),
  ];
}

function judgeSame(name: string, answer: GraphqlAnswer): readonly string[] {
  const differences = differencesBetween(dataOf(answer), truth.get(name), []);
  return [
    ...(answer.errors ?? []).map(
      ({ path = [], extensions, message }) => `${extensions.code} at ${path.join('.')}: ${message}`,
    ),
    ...differences.map((path) => `differs at ${path.join('.')}`),
    ...(answer.data ? upstreamOf(answer).incomplete.map(nameOf) : []),
  ];
}

function nameOf({ path, reason, reference }: Gap): string {
  return `${reason} at ${path.join('.')} ${reference ?? ''}`;
}

type Path = readonly (string | number)[];

/** Returns the highest paths at which two answers differ. */
function differencesBetween(one: unknown, other: unknown, path: Path): readonly Path[] {
  if (Object.is(one, other)) return [];
  const isPair = typeof one === 'object' && one !== null && typeof other === 'object' && other !== null;
  if (!isPair) return [path];
  if (Array.isArray(one) && Array.isArray(other) && one.length !== other.length) return [path];
  return Object.entries(other).flatMap(([key, value]) =>
    differencesBetween((one as Record<string, unknown>)[key], value, [
      ...path,
      Array.isArray(other) ? Number(key) : key,
    ]),
  );
}

/** Judges an answer: every value must be true, and every missing value must be reported with its path. */
function judgeHonest(name: string, answer: GraphqlAnswer): readonly string[] {
  const { text: document } = operationFiles.find((each) => each.name === name) ?? { text: '' };
  return judge.faultsOf({ document }, answer, wholes.get(name) as GraphqlAnswer);
}

/**
 * Returns rows with descriptions for the titles of tests. The quick tier has one row for each combination of peculiarities,
 * whatever their values.
 */
function titled(some: readonly Row[]): readonly (readonly [string, Profile, Row])[] {
  const kindOf = ([, , guise]: Row): string => Object.keys(guise).join();
  const less = thinned(2, some, (row) => `${row[0]} ${kindOf(row)}`);
  return oneOfEach(less, kindOf).map((row) => [row[1], row[0], row]);
}

describe('every example operation returns complete data over an upstream', () => {
  it.concurrent.each(oneIn(56, titled(rows)))(
    '%s, otherwise with the features of the profile `%s`',
    async (_what, _profile, row) => {
      expect(await faultsIn(row, judgeSame)).toEqual([]);
    },
  );
});

describe('every example operation reports what its data lack, over an upstream', () => {
  it.concurrent.each(oneIn(56, titled(lacking)))(
    '%s, otherwise with the features of the profile `%s`',
    async (_what, _profile, row) => {
      expect(await faultsIn(row, judgeHonest)).toEqual([]);
    },
  );
});
