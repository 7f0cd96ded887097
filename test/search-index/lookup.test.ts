/** `lookup` of every name and number from the index: every answer is right and decided, and no upstream request is sent. */
import type { FhirResource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  batches,
  createNaming,
  lookupDocument,
  spellings,
  type Answered,
  type Naming,
} from '../support/naming.js';
import { startTestService, type TestService } from '../support/service.js';
import { isQuick } from '../support/tier.js';

const parts = [
  'ids',
  'identifiers',
  'atc',
  'names',
  'beginnings',
  'authorizations',
  'procedures',
  'packageNumbers',
  'carriers',
  'substanceCodes',
  'substanceNames',
] as const;
/** The words for titles of tests. */
const words: Readonly<Record<(typeof parts)[number], string>> = {
  ids: 'the product id',
  identifiers: 'an identifier of the product',
  atc: 'an ATC code',
  names: 'the whole name',
  beginnings: 'the beginning of a name',
  authorizations: 'an authorization number',
  procedures: 'a procedure number',
  packageNumbers: 'a package number',
  carriers: 'a bar code',
  substanceCodes: 'the code of a substance',
  substanceNames: 'the name of a substance',
};
const nobodys = [
  'EU/1/99/9999',
  '699999999999',
  'PRD999999',
  '9999999',
  'Z99ZZ99',
  'Nobody’s pills',
  'nobody-s',
];
const scraps = ['20 mg', 'mg', "o'rell", '12,5', 'a', 'ö', 'G', '2 %', '500', '20'];

async function faultsIn(
  service: TestService,
  naming: Naming,
  terms: readonly string[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const batch of batches(terms)) {
    service.sandbox.clearRequests();
    const answer = await service.query(lookupDocument, { terms: batch });
    const lookups = (answer.data?.['lookup'] ?? []) as readonly Answered[];
    const sent = service.sandbox.requests.length;
    faults.push(
      ...(answer.errors ?? []).map(({ message }) => message),
      ...batch.flatMap((term, index) => naming.faultsOf(term, lookups[index])),
      ...lookups.flatMap(({ term, kind }) => (kind === 'UNSEARCHABLE' ? [`${term} is left open`] : [])),
      ...(sent > 0 ? [`${sent} requests`] : []),
    );
  }
  return faults;
}

describe('a lookup from the index', () => {
  let service: TestService;
  let naming: Naming;
  beforeAll(async () => {
    service = await startTestService({ index: true, cacheTtlMs: 600_000 });
    naming = createNaming(service.sandbox.resources as readonly FhirResource[]);
  });
  afterAll(() => service.stop());

  it.each(parts.map((part) => [words[part], part] as const))(
    'finds products by %s, without a request',
    async (_what, part) => {
      const all = naming.registered[part];
      const terms = parts.indexOf(part) < 5 ? all : spellings(all);
      expect(terms.length).toBeGreaterThan(30);
      const some = isQuick ? terms.filter((_: string, at: number) => at % 15 === 0) : terms;
      expect(await faultsIn(service, naming, some)).toEqual([]);
    },
  );

  it('answers NONE for unknown terms, and returns what an oracle computes for terms such as "mg"', async () => {
    expect(await faultsIn(service, naming, [...nobodys, ...scraps])).toEqual([]);
  });
});
