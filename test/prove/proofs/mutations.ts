/**
 * Replaces each node of each record of a product by every other JSON type, removes it, and damages each entry. No response may lack
 * data without saying so, over any profile or from the index.
 *
 * A value of a wrong type must be reported wherever it changes a response. A record that is valid but lacks data may change its own
 * values. The lists that contain it must stay complete, or be marked.
 */
import 'reflect-metadata';
import type { Resource } from 'fhir/r5.js';
import { startFacade } from '../../support/service.js';
import { silences, type Answer } from '../mutations/compare.js';
import { copyOf, families, unmarked } from '../mutations/family.js';
import { mutated, mutationsOf } from '../mutations/mutate.js';
import { document, filtered, filtersFor, wholeLists } from '../mutations/questions.js';
import { startSpoiltUpstream } from '../mutations/upstream.js';
import { seededRandom, type Proof } from '../proof.js';

const ways = ['everything', 'search', 'include', 'held'] as const;
type Way = (typeof ways)[number];

/** Number of mutated products that one upstream has at once. */
const atOnce = 250;

/** One mutation of one record. */
interface Spoilt {
  readonly record: string;
  readonly what: string;
  readonly isLess: boolean;
  /** Lists that must stay complete although the record lacks data. */
  readonly whole: ReadonlySet<string>;
  readonly spoil: (entry: { readonly resource?: unknown }) => unknown;
}

export const mutations: Proof = async ({ seed, isShort }) => {
  const random = seededRandom(seed);
  const found: string[] = [];
  const asked: Record<string, number> = {};
  for (const family of families()) {
    const all = spoiltOf(family);
    const share = isShort ? 50 / all.length : 1;
    for (const way of ways) {
      const some = all.filter(() => random() < share);
      for (let from = 0; from < some.length; from += atOnce) {
        found.push(...(await askAll(way, family, some.slice(from, from + atOnce))));
        // Prints progress, because the long run takes more than an hour.
        const told = {
          records: family.length,
          way,
          asked: from + atOnce,
          of: some.length,
          silent: found.length,
        };
        if (!isShort) process.stderr.write(`${JSON.stringify(told)}\n`);
      }
      asked[way] = (asked[way] ?? 0) + some.length;
    }
    if (isShort) break;
  }
  return {
    holds: { 'no answer says less than the truth in silence': found.length === 0 },
    figures: { asked, silent: found.length, some: found.slice(0, 40) },
  };
};

function spoiltOf(family: readonly Resource[]): readonly Spoilt[] {
  const nodes = family.flatMap((record) =>
    mutationsOf(record).map(({ record: name, path, value, isLess, isOneOfSeveral }): Spoilt => ({
      record: name,
      what: `${name} ${path.join('.')} = ${JSON.stringify(value) ?? 'removed'}`,
      isLess,
      whole: isOneOfSeveral ? new Set() : wholeLists,
      spoil: (entry) => ({ ...entry, resource: mutated(entry.resource as never, path, value) }),
    })),
  );
  const entries = family.flatMap(({ resourceType, id }) => {
    const record = `${resourceType}/${id}`;
    const spoils: readonly (readonly [string, Spoilt['spoil']])[] = [
      ['entry without a resource', ({ resource: _resource, ...entry }) => entry],
      ['entry = 5', () => 5],
      ['entry = null', () => null],
      ['resource = 5', (entry) => ({ ...entry, resource: 5 })],
      ['resource = []', (entry) => ({ ...entry, resource: [] })],
      [
        'resourceType = 5',
        ({ resource, ...entry }) => ({ ...entry, resource: { ...(resource as object), resourceType: 5 } }),
      ],
      ['id = {}', ({ resource, ...entry }) => ({ ...entry, resource: { ...(resource as object), id: {} } })],
      [
        'id removed',
        ({ resource, ...entry }) => ({ ...entry, resource: { ...(resource as object), id: undefined } }),
      ],
    ];
    return spoils.map(([what, spoil]): Spoilt => ({
      record,
      what: `${record} ${what}`,
      isLess: false,
      whole: wholeLists,
      spoil,
    }));
  });
  return [...nodes, ...entries];
}

/** Serves one copy of the product for each mutation, and one unchanged copy. Compares the responses about them. */
async function askAll(
  way: Way,
  family: readonly Resource[],
  all: readonly Spoilt[],
): Promise<readonly string[]> {
  const product = family.find(({ resourceType }) => resourceType === 'MedicinalProductDefinition');
  const marks = [...all.keys()].map(markOf);
  const copies = [cleanMark, ...marks].flatMap((mark) => copyOf(family, mark));
  const profile = way === 'held' ? 'everything' : way;
  const upstream = await startSpoiltUpstream(profile, copies);
  for (const [at, { record, spoil }] of all.entries()) upstream.spoils.set(`${record}${markOf(at)}`, spoil);
  // The service learns the features from unchanged records. The index, however, is filled with mutated records.
  upstream.isSpoiling = way === 'held';
  const service = await startFacade(
    { kind: 'fhir', baseUrl: upstream.baseUrl },
    { profile, budget: 1_000, index: way === 'held' },
  );
  upstream.isSpoiling = true;
  const ask = async (mark: string, filters: readonly string[]): Promise<Answer> => {
    const id = `${product?.id}${mark}`;
    const about = (await service.query(document, { id })) as Answer;
    const listed = (await service.query(filtered(id, filters))) as Answer;
    return unmarked(together(about, listed), mark);
  };
  const filters = filtersFor(
    unmarked((await service.query(document, { id: `${product?.id}${cleanMark}` })).data, cleanMark),
  );
  const truth = await ask(cleanMark, filters);
  const found: string[] = [];
  for (const [at, { what, isLess, whole }] of all.entries()) {
    const silent = silences(truth, await ask(markOf(at), filters), { isLess, whole });
    found.push(...silent.map((each) => `${way}: ${what}: ${each}`));
  }
  await service.stop();
  await upstream.stop();
  return found;
}

const cleanMark = '-kept';

function markOf(at: number): string {
  return `-m${at}x`;
}

function together(...answers: readonly Answer[]): Answer {
  return {
    data: Object.assign({}, ...answers.map(({ data }) => data)) as unknown,
    errors: answers.flatMap(({ errors = [] }) => errors),
    extensions: {
      upstream: { incomplete: answers.flatMap(({ extensions }) => extensions?.upstream?.incomplete ?? []) },
    },
  };
}
