/**
 * Reads products with the records that belong to them (their details). The catalogue writes these to the index after
 * each operation.
 */
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
  /** How the details of products are read. */
  readonly way: Way;
  /** Maximum number of products that are read in one operation. */
  readonly atOnce: number;
  readonly readable: Readable;
  /** Maximum number of concurrent read operations. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onOutcome: (id: string, outcome: Outcome) => void;
  /** Called after each operation with its number of requests to the upstream. */
  readonly onRequests: (requests: number) => void;
}

/** `gone` means that, according to the upstream, the product does not exist. */
export type Outcome = 'read' | 'gone' | 'failed';

const productType = 'MedicinalProductDefinition';
/** Maximum number of attempts to read a product while the upstream does not respond. */
const mostTries = 3;
/** The number of products that the crawl checks together. */
const checkedAtOnce = 25;

/**
 * Reads products until each one was tried, or until the signal is aborted.
 * @throws the upstream's error if it does not respond for a long time; INDEX_UNAVAILABLE if the index can no longer
 * be written
 */
export async function readAll(ids: readonly string[], options: ReadOptions): Promise<void> {
  const { concurrency, signal } = options;
  const check = createCheck(options);
  const groups = createGroups(ids, options.atOnce);
  const stopping = new AbortController();
  const isStopped = (): boolean => signal.aborted || stopping.signal.aborted;
  const work = async (): Promise<void> => {
    for (;;) {
      await check.room();
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
  // All workers have finished before this function returns.
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  await check.end();
}

interface Groups {
  next(): readonly string[] | undefined;
  /** Records how many products of a group could be read together. If there were none, the next groups are smaller. */
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

/**
 * Reads a group of products together. Products that failed are read again in smaller groups, and finally one by one.
 * @returns the number of products that were read together
 */
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
  for (const id of read) check.add(id);
  const left = group.length > 1 ? group.filter((id) => outcomes.get(id) !== 'read') : [];
  const size = Math.ceil(left.length / (left.length === group.length ? 2 : 1));
  for (const part of left.length > 0 ? chunksOf(left, size) : [])
    if (!signal.aborted) await readGroup(part, options, check);
  return read.length;
}

/** Reports the result for a product that was read alone. */
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

/** Reads products. If the upstream does not respond for some of them, these are read again after pauses. */
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
  // The cache must not store the responses of a crawl, because they would displace responses that clients need.
  const { of, requests } = await readWhole(catalogue, keys, { way, signal, cache: 'no-store' });
  pace.spent(requests);
  onRequests(requests);
  return new Map([...of].map(([key, outcome]) => [idOf(key), outcome]));
}

/** Whether the error shows that the upstream responded, even if the response was incomplete. */
function isAnswered({ code }: PmsError): boolean {
  return code === 'UPSTREAM_INCOMPLETE' || code === 'UPSTREAM_BUDGET_EXCEEDED';
}

interface Check {
  add(id: string): void;
  /** Resolves when another product may be read. Rejects if the index can no longer be written. */
  room(): Promise<void>;
  /** Resolves when all products have been checked. */
  end(): Promise<void>;
}

/**
 * Checks from time to time that the products read so far are in the index. If the index can no longer be written, the
 * crawl stops. During a check, the next products are read, but not more than one check can hold.
 */
function createCheck({ index, writer, onOutcome }: ReadOptions): Check {
  let read: string[] = [];
  let checking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const ids = read;
    read = [];
    await writer.settled();
    const rows = await index.rows(ids);
    const lost = ids.filter((id) => rows.get(id)?.state !== 'held');
    // This write rejects if the index can no longer be written. If it succeeds, only the missing products cannot be
    // written.
    if (lost.length > 0) await index.note('written', undefined);
    for (const id of ids) onOutcome(id, rows.get(id)?.state === 'held' ? 'read' : 'failed');
  }

  /** Starts a check after the one that is running. */
  async function begin(): Promise<void> {
    await checking;
    // Another reader may have started it meanwhile.
    if (read.length === 0) return;
    checking = look();
    // The next reader that waits for this check gets its error.
    checking.catch(() => undefined);
  }

  return {
    add(id) {
      read.push(id);
    },
    async room() {
      while (read.length >= checkedAtOnce) await begin();
    },
    async end() {
      await checking;
      // Products that no longer exist are written, too, when the writer has settled.
      await look();
    },
  };
}
