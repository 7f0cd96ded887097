/** `lookup` over a real R5 server: all names and numbers of the sample files, against the files themselves. */
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
import { batches, createNaming, lookupDocument, spellings, type Answered } from '../support/naming.js';
import { startTestService } from '../support/service.js';

const skipped = absent === undefined ? '' : ` (skipped: ${absent})`;
const servers = pageLimits.map((pageLimit) => [pageLimit ?? 'its default number of', pageLimit] as const);
const samples = absent === undefined ? readSamples() : [];
const naming = createNaming(samples);
/** The files have no procedure numbers. */
const parts = [
  'ids',
  'identifiers',
  'packageNumbers',
  'authorizations',
  'atc',
  'names',
  'beginnings',
] as const;
const nobodys = [
  'EU/1/99/9999',
  'EMEA/H/C/999999',
  'SE-100003704-99999999',
  'Z99ZZ99',
  'Nobodol',
  'nobody-s',
  '💊💊',
];

/** Names, and numbers as registered and in other spellings. */
function termsOf(part: (typeof parts)[number]): readonly string[] {
  // A term is one line.
  const terms = naming.registered[part].filter((term) => !/\p{Control}/u.test(term));
  return part === 'names' || part === 'beginnings' || part === 'ids' ? terms : spellings(terms);
}

describe.skipIf(absent !== undefined).each(servers)(
  `\`lookup\` over the HAPI FHIR server with pages of %s rows${skipped}`,
  (_rows, pageLimit) => {
    let server: FhirServer;
    let service: HapiService;
    beforeAll(async () => {
      server = await startFhirServer(pageLimit);
      service = await startHapiService(server);
    });
    afterAll(async () => {
      await service?.stop();
      await server?.stop();
    });

    it.each([...parts, 'nobodys'] as const)(
      'answers every term of the kind "%s" with the records that it names',
      async (part) => {
        const terms = part === 'nobodys' ? nobodys : termsOf(part);
        expect(terms.length).toBeGreaterThan(4);
        const faults: string[] = [];
        const open: string[] = [];
        for (const batch of batches(terms)) {
          const answer = await service.query<{ readonly lookup: readonly Answered[] }>({
            document: lookupDocument,
            variables: { terms: batch },
          });
          expect(answer.errors).toBeUndefined();
          expect(answer.counted).toHaveLength(answer.receipt.requests);
          expect(answer.receipt.requests).toBeLessThanOrEqual(answer.receipt.estimated);
          const { lookup } = answer.data;
          faults.push(...batch.flatMap((term, index) => naming.faultsOf(term, lookup[index])));
          open.push(...lookup.flatMap(({ term, kind }) => (kind === 'UNSEARCHABLE' ? [term] : [])));
        }
        expect({ faults, open }).toEqual({ faults: [], open: [] });
        expect(service.complaints).toEqual([]);
      },
    );
  },
);

describe.skipIf(absent !== undefined).each(['everything', 'search', 'include'] as const)(
  `\`lookup\` over the sandbox with the same records and the profile \`%s\`${skipped}`,
  (profile) => {
    it.each(parts)(
      'answers every term of the kind "%s" with the records that it names, or with UNSEARCHABLE',
      async (part) => {
        const service = await startTestService({ profile, sandbox: { resources: samples } });
        const faults: string[] = [];
        for (const batch of batches(termsOf(part))) {
          const answer = await service.query(lookupDocument, { terms: batch });
          const lookup = (answer.data?.['lookup'] ?? []) as readonly Answered[];
          faults.push(...batch.flatMap((term, index) => naming.faultsOf(term, lookup[index])));
        }
        await service.stop();
        expect(faults).toEqual([]);
      },
    );
  },
);
