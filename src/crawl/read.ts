/** Reads products with all that belongs to them, which the catalogue writes to the index behind its answers. */
import type { Catalogue } from '../catalogue/catalogue.js';
import { idOf } from '../catalogue/graph/key.js';
import type { IndexWriter } from '../catalogue/profiles/held/writer.js';
import { PmsError } from '../errors.js';
import { resourceKey } from '../fhir/reference.js';
import type { SearchIndex } from '../search-index/search-index.js';
import type { Pace } from './pace.js';
import type { Readable } from './readable.js';
import { readWhole, type ReadOutcome } from './read-whole.js';
import { isPassing, type Setbacks } from './setbacks.js';
import { chunksOf } from './sort-out.js';
import type { Way } from './way.js';

export interface ReadOptions {
  readonly catalogue: Catalogue;
  readonly index: SearchIndex;
  readonly writer: IndexWriter;
  readonly pace: Pace;
  readonly setbacks: Setbacks;
  /** How what belongs to products is read. */
  readonly way: Way;
  /** Most products that are read in one operation. */
  readonly atOnce: number;
  readonly readable: Readable;
  /** Most operations at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onOutcome: (id: string, outcome: Outcome) => void;
  /** Told of requests. */
  readonly onRequests: (requests: number) => void;
}

/** `gone`: the upstream says that there is no such product. */
export type Outcome = 'read' | 'gone' | 'failed';

const productType = 'MedicinalProductDefinition';
/** A product that the upstream gives no answer about is tried so often. */
const mostTries = 3;
/** After so many products it is looked whether they are really held. */
const checkedAtOnce = 50;

/**
 * Ends when the signal comes, or all were tried.
 * @throws as the upstream does where it gives no answer for long, INDEX_UNAVAILABLE where nothing more can be written
 */
export async function readAll(ids: readonly string[], options: ReadOptions): Promise<void> {
  const { concurrency, signal } = options;
  const check = createCheck(options);
  const groups = createGroups(ids, options.atOnce);
  const stopping = new AbortController();
  const isStopped = (): boolean => signal.aborted || stopping.signal.aborted;
  const work = async (): Promise<void> => {
    for (;;) {
      await check.settled();
      const group = isStopped() ? undefined : groups.next();
      if (!group) return;
      groups.tell(group.length, await readGroup(group, options, check));
    }
  };
  const workers = Array.from({ length: concurrency }, () =>
    work().catch((error: unknown) => {
      stopping.abort();
      throw error;
    }),
  );
  // All of them have ended when this does.
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  await check.end();
}

interface Groups {
  next(): readonly string[] | undefined;
  /** How many of a group could be read together: where it is none the next ones are smaller. */
  tell(group: number, read: number): void;
}

function createGroups(ids: readonly string[], most: number): Groups {
  let at = 0;
  let size = most;
  return {
    next() {
      const group = ids.slice(at, at + size);
      at += group.length;
      return group.length > 0 ? group : undefined;
    },
    tell(group, read) {
      if (read === group) size = Math.min(most, size * 2);
      else if (read === 0) size = Math.max(1, Math.floor(size / 2));
    },
  };
}

/** Those that cannot be read together are read in smaller groups, in the end each alone. @returns how many were read together */
async function readGroup(group: readonly string[], options: ReadOptions, check: Check): Promise<number> {
  const { readable, onOutcome, signal } = options;
  if (!readable.is) {
    for (const id of group) onOutcome(id, 'failed');
    return 0;
  }
  const outcomes = await tryProducts(group, options);
  if (signal.aborted) return 0;
  const [only] = group;
  if (group.length === 1 && only !== undefined) settle(only, outcomes.get(only), options);
  const read = group.filter((id) => outcomes.get(id) === 'read');
  if (read.length > 0) readable.tell('read');
  for (const id of read) await check.add(id);
  const left = group.length > 1 ? group.filter((id) => outcomes.get(id) !== 'read') : [];
  const size = Math.ceil(left.length / (left.length === group.length ? 2 : 1));
  for (const part of left.length > 0 ? chunksOf(left, size) : [])
    if (!signal.aborted) await readGroup(part, options, check);
  return read.length;
}

/** What became of one that was read by itself. */
function settle(
  id: string,
  outcome: ReadOutcome | undefined,
  { setbacks, readable, onOutcome }: ReadOptions,
): void {
  if (outcome === 'gone') onOutcome(id, outcome);
  if (!(outcome instanceof PmsError)) return;
  onOutcome(id, 'failed');
  readable.tell(outcome);
  if (isAnswered(outcome) || !readable.is) setbacks.forget();
  else setbacks.note(outcome);
}

/** Once more, after a pause, where the upstream does not answer. */
async function tryProducts(
  ids: readonly string[],
  options: ReadOptions,
): Promise<ReadonlyMap<string, ReadOutcome>> {
  const { pace, setbacks, signal } = options;
  const outcomes = new Map<string, ReadOutcome>();
  for (let left = ids, tries = 1; ; tries += 1) {
    await pace.turn(signal);
    if (signal.aborted) return outcomes;
    for (const [id, outcome] of await readProducts(left, options)) outcomes.set(id, outcome);
    if (signal.aborted) return outcomes;
    if (left.some((id) => !(outcomes.get(id) instanceof PmsError))) setbacks.forget();
    left = left.filter((id) => isPassing(outcomes.get(id)));
    const error = outcomes.get(left[0] ?? '');
    if (!(error instanceof PmsError) || tries === mostTries) return outcomes;
    await setbacks.pause(error);
  }
}

async function readProducts(
  ids: readonly string[],
  { catalogue, way, pace, signal, onRequests }: ReadOptions,
): Promise<ReadonlyMap<string, ReadOutcome>> {
  const keys = ids.map((id) => resourceKey(productType, id));
  // So many answers would drive out of the cache what clients ask for.
  const { of, requests } = await readWhole(catalogue, keys, { way, signal, cache: 'no-store' });
  pace.spent(requests);
  onRequests(requests);
  return new Map([...of].map(([key, outcome]) => [idOf(key), outcome]));
}

/** Whether the upstream has answered, if not with all of it. */
function isAnswered({ code }: PmsError): boolean {
  return code === 'UPSTREAM_INCOMPLETE' || code === 'UPSTREAM_BUDGET_EXCEEDED';
}

interface Check {
  add(id: string): Promise<void>;
  /** Resolves when no more than one look is under way. */
  settled(): Promise<void>;
  end(): Promise<void>;
}

/** Looks now and then whether what was read is held: an index that takes nothing more makes reading go for nothing. */
function createCheck({ index, writer, onOutcome }: ReadOptions): Check {
  let read: string[] = [];
  let before = Promise.resolve();
  let checking = Promise.resolve();

  /** While these are looked at, the next are read. */
  function begin(): void {
    const ids = read;
    read = [];
    before = checking;
    checking = before.then(() => look(ids));
    // Whoever waits for it learns what has failed.
    checking.catch(() => undefined);
  }

  async function look(ids: readonly string[]): Promise<void> {
    await writer.settled();
    const rows = await index.rows(ids);
    const lost = ids.filter((id) => rows.get(id)?.state !== 'held');
    // Where nothing can be written this rejects; else it is these products that cannot.
    if (lost.length > 0) await index.note('written', undefined);
    for (const id of ids) onOutcome(id, rows.get(id)?.state === 'held' ? 'read' : 'failed');
  }

  return {
    async add(id) {
      read.push(id);
      if (read.length < checkedAtOnce) return;
      begin();
      await before;
    },
    settled: () => before,
    async end() {
      begin();
      await checking;
    },
  };
}
