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
  ['as it is', {}],
  ['no metadata', { metadata: 'absent' }],
  ['metadata', { metadata: 'present' }],
  ['OpenAPI instead of metadata', { metadata: 'swagger' }],
  ['the type of products is concealed', { metadata: 'present', conceals: ['MedicinalProductDefinition?'] }],
  ['all is concealed', { metadata: 'present', conceals: ['*?'] }],
  ['self shows what was asked', { self: 'asked' }],
  ['no self', { self: 'absent' }],
  ['what is not known is ignored', { unknown: 'ignored' }],
  ['no totals', { total: 'absent' }],
  ['a total on the first page alone', { total: 'first' }],
  ['totals too low', { total: 'low' }],
  ['totals of one page', { total: 'page' }, { pageSize: 7, maxPageSize: 7 }],
  ['totals of nothing', { total: 'zero' }],
  ['next is the base with a query', { next: 'base' }, { pageSize: 7, maxPageSize: 7 }],
  ['next is relative', { next: 'relative' }, { pageSize: 7, maxPageSize: 7 }],
  ['next is long', { next: 'long' }, { pageSize: 7, maxPageSize: 7 }],
  ['next is written by the host behind a gateway', { next: 'gateway' }, { pageSize: 7, maxPageSize: 7 }],
  ['page links that can be followed once', { uses: 1 }, { pageSize: 7, maxPageSize: 7 }],
  ['rows that come again', { pages: 'overlapping' }, { pageSize: 7, maxPageSize: 7 }],
  ['an outcome before the matches', { outcome: 'first' }],
  ['an outcome after the matches', { outcome: 'last' }],
  ['pages of 3', {}, { pageSize: 3, maxPageSize: 3 }],
  ['pages of 7', {}, { pageSize: 7, maxPageSize: 7 }],
  ['$everything in pages', { everything: 'paged' }],
  ['$everything in pages of 7', { everything: 'paged' }, { pageSize: 7 }],
  ['no read by id', { everything: 'present', read: 'absent' }],
  ['URLs of 1,000 characters', { url: 1_000 }],
  ['URLs of 1,000 characters, 431', { url: 1_000, overlong: 431 }],
  ['_id is not there', { everything: 'present', lacks: ['_id'] }],
  ['_id is declared and refused', { metadata: 'present', everything: 'present', refuses: ['_id'] }],
  ['_id is ignored', { everything: 'present', ignores: ['_id'] }],
  ['_id is ignored unseen', { everything: 'present', ignores: ['_id'], self: 'asked' }],
];

const searched = ['package-for', 'Ingredient?for', 'subject', 'form-of', '_id'];

const harmlessToSearch: readonly Case[] = [
  ['a name found anywhere', { name: 'contains' }],
  ['no POST, 404', { post: 404 }],
  ['no POST, 405', { post: 405 }],
  ['no POST, 403', { post: 403 }],
  ['no POST, URLs of 1,000 characters', { post: 405, url: 1_000 }],
  ['no POST, URLs of 500 characters, 431', { post: 404, url: 500, overlong: 431 }],
  ['$everything besides', { everything: 'present' }],
  ['no _elements', { lacks: ['_elements'] }],
  ['_elements refused', { refuses: ['_elements'] }],
  ['_elements ignored', { ignores: ['_elements'] }],
  ['no _total', { lacks: ['_total'] }],
  ['_total refused', { refuses: ['_total'] }],
  ['totals too high', { total: 'high' }],
  ['totals too high on small pages', { total: 'high' }, { pageSize: 7, maxPageSize: 7 }],
  ['all declared parameters concealed', { conceals: ['*'] }],
  ...searched.flatMap((parameter): readonly Case[] => [
    [`${parameter} concealed`, { conceals: [parameter] }],
    [`no ${parameter}, but $everything`, { everything: 'present', lacks: [parameter] }],
    [`${parameter} refused, but $everything`, { everything: 'present', refuses: [parameter] }],
    [`${parameter} ignored, but $everything`, { everything: 'present', ignores: [parameter] }],
    [
      `${parameter} ignored unseen, but $everything`,
      { everything: 'present', ignores: [parameter], self: 'asked' },
    ],
    [
      `${parameter} ignored without self, but $everything`,
      { everything: 'present', ignores: [parameter], self: 'absent' },
    ],
    [
      `no ${parameter} among what is ignored, but $everything`,
      { everything: 'present', lacks: [parameter], unknown: 'ignored', metadata: 'absent' },
    ],
  ]),
  ['Ingredients are not served, but $everything', { everything: 'present', lacks: ['Ingredient?'] }],
];

const harmlessToIncludes: readonly Case[] = [
  ...[0, 1, 5, 50].map((included): Case => [`at most ${included} included`, { included }]),
  ['5 included, pages of 3', { included: 5 }, { pageSize: 3, maxPageSize: 3 }],
  ['what is included counts for _count', { counts: 'page' }],
  ['what is included counts for total', { counts: 'total' }],
  ['what is included counts for total, pages of 7', { counts: 'total' }, { pageSize: 7, maxPageSize: 7 }],
  ['no _include', { lacks: ['_include'] }],
  ['no _revinclude', { lacks: ['_revinclude'] }],
  ['_include refused', { refuses: ['_include'] }],
  ['_revinclude refused', { refuses: ['_revinclude'] }],
  ['_include ignored', { ignores: ['_include'] }],
  ['_revinclude ignored', { ignores: ['_revinclude'] }],
  ['_revinclude ignored unseen', { ignores: ['_revinclude'], self: 'asked' }],
  ['no :iterate', { lacks: ['_include:iterate', '_revinclude:iterate'] }],
  ['one _revinclude ignored', { ignores: ['_revinclude=Ingredient:for'] }],
  ['one _revinclude refused', { refuses: ['_revinclude=PackagedProductDefinition:package-for'] }],
  ['one _include refused', { refuses: ['_include=PackagedProductDefinition:manufactured-item'] }],
  ['includes concealed', { conceals: ['_include', '_revinclude'] }],
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
  ['everything', 'no $everything', { everything: 'absent' }],
  // A bundle that ends before its total cannot be told from a bundle whose total is an estimate.
  ['everything', 'totals too high', { total: 'high' }],
  ['search', 'totals too high and no _total', { total: 'high', lacks: ['_total'] }],
  ['include', 'totals too high and no _total', { total: 'high', lacks: ['_total'] }],
  // Short pages give poor estimates: a list that proves longer than estimated is read again by the next query.
  [
    'include',
    'what is included counts for _count, pages of 7',
    { counts: 'page' },
    { pageSize: 7, maxPageSize: 7 },
  ],
  ['everything', 'names found at their beginning', { name: 'starts-with' }],
  ['everything', 'name refused', { refuses: ['name'] }],
  ['everything', 'name ignored', { ignores: ['name'] }],
  ['everything', 'name ignored unseen', { ignores: ['name'], self: 'asked' }],
  ['everything', 'name ignored without self', { ignores: ['name'], self: 'absent' }],
  ['everything', 'no name among what is ignored', { lacks: ['name'], unknown: 'ignored' }],
  ...(['search', 'include'] as const).flatMap((profile): readonly Row[] => [
    [profile, 'no read by id', { read: 'absent' }],
    ...['name', ...searched].flatMap((parameter): readonly Row[] => [
      [profile, `no ${parameter}`, { lacks: [parameter] }],
      [profile, `${parameter} refused`, { refuses: [parameter] }],
      [profile, `${parameter} ignored`, { ignores: [parameter] }],
      [profile, `${parameter} ignored unseen`, { ignores: [parameter], self: 'asked' }],
      [profile, `${parameter} ignored without self`, { ignores: [parameter], self: 'absent' }],
      [
        profile,
        `no ${parameter} among what is ignored`,
        { lacks: [parameter], unknown: 'ignored', metadata: 'absent' },
      ],
    ]),
    [profile, 'Ingredients are not served', { lacks: ['Ingredient?'] }],
  ]),
  ...(['everything', 'search', 'include'] as const).flatMap((profile): readonly Row[] => [
    [profile, 'no link to the next page', { next: 'absent' }, { pageSize: 7, maxPageSize: 7 }],
    [profile, 'what was found is said not to be all', { outcome: 'incomplete' }],
    [profile, 'page links that have expired', { uses: 0 }, { pageSize: 7, maxPageSize: 7 }],
    [
      profile,
      'page links that have expired, 404',
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
function titled(some: readonly Row[]): readonly (readonly [Profile, string, Row])[] {
  const kindOf = ([, , guise]: Row): string => Object.keys(guise).join();
  const less = thinned(2, some, (row) => `${row[0]} ${kindOf(row)}`);
  return oneOfEach(less, kindOf).map((row) => [row[0], row[1], row]);
}

describe('every operation returns the same complete data over an upstream', () => {
  it.concurrent.each(oneIn(56, titled(rows)))('of the profile %s: %s', async (_profile, _what, row) => {
    expect(await faultsIn(row, judgeSame)).toEqual([]);
  });
});

describe('every operation returns the same data or reports the gaps over an upstream', () => {
  it.concurrent.each(oneIn(56, titled(lacking)))('of the profile %s: %s', async (_profile, _what, row) => {
    expect(await faultsIn(row, judgeHonest)).toEqual([]);
  });
});
