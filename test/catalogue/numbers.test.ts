/**
 * Every number that the service returns, as a term of `lookup`: the lookup finds the products that have the number, or is
 * undecided.
 */
import type { FhirResource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foldProcedure } from '../../src/terms/numbers.js';
import { batches, createNaming, lookupDocument, type Answered } from '../support/naming.js';
import { isPublishedHere, published, unlessPublished } from '../support/published.js';
import {
  startTestService,
  type Fields,
  type TestService,
  type TestServiceOptions,
} from '../support/service.js';
import { numberDocuments, numbersShown, type ShownNumber } from '../support/shown-numbers.js';
import { isQuick } from '../support/tier.js';

const held = { profile: 'search', index: true, cacheTtlMs: 600_000 } as const satisfies TestServiceOptions;

/**
 * Returns all numbers of products, from the index: it contains the data of the upstream’s responses, and needs no request.
 */
async function shownBy(service: TestService): Promise<readonly ShownNumber[]> {
  const ids = service.sandbox.resources.flatMap(({ resourceType, id }) =>
    resourceType === 'MedicinalProductDefinition' ? [`Product:${id}`] : [],
  );
  const nodes: (Fields | null)[] = [];
  for (const document of numberDocuments) {
    const { data } = await service.query(document, { ids });
    expect(data, document).not.toBeNull();
    nodes.push(...((data?.['nodes'] ?? []) as readonly (Fields | null)[]));
  }
  return numbersShown(nodes);
}

/** Returns the first and then every `every`-th number of each field. */
function sampled(all: readonly ShownNumber[], every: number): readonly ShownNumber[] {
  const fields = [...new Set(all.flatMap(({ fields: each }) => [...each]))];
  return fields.flatMap((field) =>
    all.filter(({ fields: each }) => each.has(field)).filter((_, at) => at % every === 0),
  );
}

interface Judged {
  readonly faults: readonly string[];
  readonly open: readonly ShownNumber[];
}

async function judge(service: TestService, shown: readonly ShownNumber[]): Promise<Judged> {
  const all = new Map(shown.map((each) => [each.value, each]));
  // Two spellings count as one number.
  const showing = new Map<string, Set<string>>();
  for (const { value, products } of shown) {
    const before = showing.get(foldProcedure(value)) ?? new Set<string>();
    for (const product of products) before.add(product);
    showing.set(foldProcedure(value), before);
  }
  // A record may also have a number that no field returns, so lookups are compared with the records themselves.
  const naming = createNaming(service.sandbox.resources as readonly FhirResource[]);
  const faults: string[] = [];
  const open: ShownNumber[] = [];
  for (const batch of batches([...all.keys()])) {
    const { data, errors } = await service.query(lookupDocument, { terms: batch });
    faults.push(...(errors ?? []).map(({ message }) => message));
    for (const { term, kind, matches } of (data?.['lookup'] ?? []) as readonly Answered[]) {
      const number = all.get(term);
      if (!number) continue;
      const say = (what: string): string => `${[...number.fields].join(', ')} ${term}: ${what}`;
      const found = matches.map(({ product }) => product?.pmsId ?? '');
      const truth = showing.get(foldProcedure(term)) ?? new Set();
      const borne = new Set(naming.expected(term).products);
      const wrong = found.filter((product) => !truth.has(product) && !borne.has(product));
      if (wrong.length > 0) faults.push(say(`${kind}, and not of ${wrong.join()}`));
      if (kind === 'UNSEARCHABLE') open.push(number);
      else if ([...truth].some((product) => !found.includes(product)))
        faults.push(say(`${kind} ${found.join()} instead of ${[...truth].join()}`));
    }
  }
  return { faults, open };
}

function fieldsOf(numbers: readonly ShownNumber[]): readonly string[] {
  return [...new Set(numbers.flatMap(({ fields }) => [...fields]))].sort();
}

describe.skipIf(isQuick)(
  'a lookup of all numbers in responses of the service, over the sandbox data,',
  () => {
    let service: TestService;
    let shown: readonly ShownNumber[];
    beforeAll(async () => {
      service = await startTestService({ ...held, sandbox: { maxPageSize: 1_000 } });
      shown = await shownBy(service);
    });
    afterAll(() => service.stop());

    it('includes numbers of every kind, such as PCID and procedure number', () => {
      expect(fieldsOf(shown)).toEqual(
        expect.arrayContaining([
          'Atc.termCode',
          'Organization.identifiers value',
          'Package.pcid',
          'Packaging.dataCarriers value',
          'RegulatedAuthorization.procedureNumber',
          'Source.reference',
          'Substance.code',
          'SubstanceDefinition.identifiers value',
        ]),
      );
    });

    it('finds each of them from the index', async () => {
      const { faults, open } = await judge(service, sampled(shown, 1));
      expect(faults).toEqual([]);
      expect(open).toEqual([]);
    });

    it.each(['search', 'everything', 'include'] as const)(
      'finds each of them or answers UNSEARCHABLE, with the profile `%s`',
      async (profile) => {
        const alone = await startTestService({ profile, sandbox: { profile, maxPageSize: 1_000 } });
        const { faults, open } = await judge(alone, sampled(shown, 12));
        await alone.stop();
        expect(faults).toEqual([]);
        // No search finds companies other than the holder, substances and activities by their numbers, or the contents of
        // inner packages.
        const known =
          /^(?:Organization|SubstanceDefinition|ManufacturingActivity|Ingredient|ManufacturedItem|PackagedItem|Source)\./;
        expect(fieldsOf(open).filter((field) => !known.test(field))).toEqual([]);
      },
    );
  },
);

describe.skipIf(isQuick || !isPublishedHere)(`over published records${unlessPublished}`, () => {
  it.each(['index', 'search', 'everything'] as const)(
    'a lookup finds every number of a product, or answers UNSEARCHABLE, by %s',
    async (by) => {
      const sandbox = { resources: published, maxPageSize: 1_000 };
      const whole = await startTestService({ ...held, sandbox });
      const shown = await shownBy(whole);
      const service =
        by === 'index'
          ? whole
          : await startTestService({ profile: by, sandbox: { ...sandbox, profile: by } });
      // Only the index finds numbers without a digit: they are placeholders.
      const numbers =
        by === 'index'
          ? shown
          : sampled(
              shown.filter(({ value }) => /\d/.test(value)),
              7,
            );
      const { faults } = await judge(service, numbers);
      if (service !== whole) await service.stop();
      await whole.stop();
      expect(faults).toEqual([]);
    },
  );
});
