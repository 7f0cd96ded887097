/** `lookup` of every name and number, compared with the records themselves: right, or marked as undecided. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { FhirResource } from 'fhir/r5.js';
import {
  batches,
  createNaming,
  lookupDocument,
  spellings,
  type Answered,
  type Naming,
} from '../support/naming.js';
import { sentByOperations } from '../support/sent.js';
import { startSandbox, type Profile } from '../../src/sandbox/server.js';
import { upstreamOf } from '../support/operations.js';
import { startTestService, type TestService, type TestServiceOptions } from '../support/service.js';
import { oneIn, isQuick } from '../support/tier.js';

const nobodys = [
  'EU/1/99/9999',
  'EU/1/99/9999/001',
  'EMEA/H/C/999999',
  'EMEA/H/C/999999/0000',
  '699999999999',
  'PRD999999',
  'EU-100900001-99999999',
  'EU-100900001-00000001-999',
  '9999999',
  'Z99ZZ99',
  'Nobody’s pills',
  'Nobodol',
  'nobody-s',
  '💊',
  '%%',
];
/** Fragments of names that are not whole words. */
const scraps = [
  '%',
  '"',
  '20',
  '500',
  '1 000',
  '20 mg',
  'mg',
  "o'rell",
  '12,5',
  '/',
  '2 %',
  'a',
  'ö',
  'µ',
  'G',
];

interface Told {
  readonly faults: readonly string[];
  /** The terms that stayed undecided. */
  readonly open: readonly string[];
}

async function lookUp(service: TestService, naming: Naming, terms: readonly string[]): Promise<Told> {
  service.sandbox.clearRequests();
  const answer = await service.query(lookupDocument, { terms });
  const lookups = (answer.data?.['lookup'] ?? []) as readonly Answered[];
  const { requests, estimated } = upstreamOf(answer);
  const counted = sentByOperations(service.sandbox).length;
  return {
    faults: [
      ...(answer.errors ?? []).map(({ message }) => message),
      ...terms.flatMap((term, index) => naming.faultsOf(term, lookups[index])),
      ...(counted === requests ? [] : [`${counted} requests, of which ${requests} on the receipt`]),
      ...(requests <= estimated ? [] : [`${requests} requests, more than ${estimated}`]),
    ],
    open: lookups.flatMap(({ term, kind }) => (kind === 'UNSEARCHABLE' ? [term] : [])),
  };
}

async function lookUpAll(
  service: TestService,
  naming: Naming,
  terms: readonly string[],
  size?: number,
): Promise<Told> {
  const told: Told[] = [];
  for (const batch of batches(terms, size)) told.push(await lookUp(service, naming, batch));
  return { faults: told.flatMap(({ faults }) => faults), open: told.flatMap(({ open }) => open) };
}

/** A sample of the terms of each kind. Each term has several spellings, and terms that no search finds need all products. */
function sampled(terms: readonly string[]): readonly string[] {
  return terms.filter((_, index) => index % (isQuick ? 50 : 3) === 0);
}

function namingOf({ sandbox }: TestService): Naming {
  return createNaming(sandbox.resources as readonly FhirResource[]);
}

/** The kinds of terms that a product record contains, with their words for titles. */
const byProduct = [
  ['the product id', 'ids'],
  ['an identifier of the product', 'identifiers'],
  ['an ATC code', 'atc'],
  ['the whole name', 'names'],
  ['the beginning of a name', 'beginnings'],
] as const;

/** The kinds of terms that other records contain. */
const byLinkedRecord = [
  ['an authorization number', 'authorizations'],
  ['a procedure number', 'procedures'],
  ['a package number', 'packageNumbers'],
  ['a bar code', 'carriers'],
  ['the code of a substance', 'substanceCodes'],
  ['the name of a substance', 'substanceNames'],
] as const;

describe.each(
  oneIn(4, [
    ['everything', 'everything'],
    ['search', 'search'],
    ['include', 'include'],
    ['auto', 'everything'],
    ['auto', 'include'],
  ] as const),
)(
  'a lookup with `PMS_PROFILE=%s`, over an upstream with the features of the profile `%s`,',
  (profile, offered) => {
    let service: TestService;
    let naming: Naming;
    beforeAll(async () => {
      service = await startTestService({ profile, sandbox: { profile: offered } });
      naming = namingOf(service);
    });
    afterAll(() => service.stop());

    it.each(oneIn(2, byProduct))('finds products by %s', async (_what, part) => {
      const terms = naming.registered[part];
      expect(terms.length).toBeGreaterThan(30);
      const { faults, open } = await lookUpAll(service, naming, sampled(terms));
      expect(faults).toEqual([]);
      expect(open).toEqual([]);
    });

    it.each(byLinkedRecord)('finds products by %s, even without a search for it', async (_what, part) => {
      const terms = spellings(naming.registered[part]);
      expect(terms.length).toBeGreaterThan(30);
      // One search for each name leaves less of the budget to read all products, so a lookup has 20 names.
      const size = part === 'substanceNames' ? 20 : undefined;
      const { faults, open } = await lookUpAll(service, naming, sampled(terms), size);
      expect(faults).toEqual([]);
      expect(open).toEqual([]);
    });

    it('answers NONE for unknown terms, and returns what an oracle computes for terms such as "mg" and "20 mg"', async () => {
      expect(nobodys.map((term) => naming.expected(term).kind)).toEqual(nobodys.map(() => 'NONE'));
      const told = await lookUpAll(service, naming, [...nobodys, ...scraps]);
      expect(told.faults).toEqual([]);
      expect(told.open).toEqual([]);
    });
  },
);

/** Starts a service that stops at the end of the test. */
async function start(options: TestServiceOptions): Promise<TestService> {
  const service = await startTestService(options);
  onTestFinished(() => service.stop());
  return service;
}

/** Returns every `every`-th term of each kind. */
function some({ registered }: Naming, every: number): readonly string[] {
  return Object.values(registered).flatMap((terms) =>
    terms.filter((_: string, index: number) => index % every === 0),
  );
}

describe.skipIf(isQuick)('a lookup among 1,500 products, which are more than the service reads,', () => {
  const products = 1_500;
  let naming: Naming;
  beforeAll(async () => {
    const sandbox = await startSandbox({ products });
    naming = createNaming(sandbox.resources as readonly FhirResource[]);
    await sandbox.stop();
  });
  const small = { pageSize: 7, maxPageSize: 7 };

  it.each<[Profile, string, TestServiceOptions]>([
    ['everything', 'pages of the usual size', {}],
    ['search', 'pages of the usual size', {}],
    ['include', 'pages of the usual size', {}],
    ['everything', 'pages of 7 rows', { sandbox: small }],
    ['search', 'pages of 7 rows', { sandbox: small }],
    ['everything', 'a budget of 20 requests', { budget: 20 }],
    ['search', 'a budget of 20 requests', { budget: 20 }],
    ['include', 'a budget of 20 requests, and pages of 7 rows', { budget: 20, sandbox: small }],
  ])(
    'with the profile `%s` and %s, answers each term correctly or with UNSEARCHABLE',
    async (profile, _what, options) => {
      const service = await start({ profile, ...options, sandbox: { products, ...options.sandbox } });
      const isFrugal = 'budget' in options;
      const terms = [...some(naming, isFrugal ? 800 : 150), ...nobodys, ...scraps];
      expect(terms.length).toBeGreaterThan(50);
      const { faults, open } = await lookUpAll(service, naming, terms, isFrugal ? 10 : 50);
      expect(faults).toEqual([]);
      // Terms that many products have, especially fragments, need more products than the service reads.
      expect(open.length).toBeLessThan(terms.length / 2);
    },
  );
});
