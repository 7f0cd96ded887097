/** Reads products with all that belongs to them, which the catalogue writes to the index behind its answers. */
import type { Catalogue } from '../catalogue/catalogue.js';
import type { IndexWriter } from '../catalogue/profiles/held/writer.js';
import { PmsError } from '../errors.js';
import { resourceKey } from '../fhir/reference.js';
import type { SearchIndex } from '../search-index/search-index.js';
import type { Pace } from './pace.js';
import { readWhole, type ReadOutcome } from './read-whole.js';
import { isPassing, type Setbacks } from './setbacks.js';

export interface ReadOptions {
  readonly catalogue: Catalogue;
  readonly index: SearchIndex;
  readonly writer: IndexWriter;
  readonly pace: Pace;
  readonly setbacks: Setbacks;
  /** Most products that are read at once. */
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
  const { concurrency, signal, setbacks, onOutcome } = options;
  const check = createCheck(options);
  const rest = ids.values();
  const stopping = new AbortController();
  const isStopped = (): boolean => signal.aborted || stopping.signal.aborted;
  const work = async (): Promise<void> => {
    for (const id of rest) {
      await check.settled();
      if (isStopped()) return;
      const outcome = await tryProduct(id, options);
      if (outcome === 'aborted') return;
      if (outcome instanceof PmsError) {
        onOutcome(id, 'failed');
        if (isAnswered(outcome)) setbacks.forget();
        else setbacks.note(outcome);
      } else if (outcome === 'gone') onOutcome(id, outcome);
      else await check.add(id);
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

async function tryProduct(id: string, options: ReadOptions): Promise<Outcome | PmsError | 'aborted'> {
  const { pace, setbacks, signal } = options;
  for (let tries = 1; ; tries += 1) {
    await pace.turn(signal);
    if (signal.aborted) return 'aborted';
    const outcome = await readProduct(id, options);
    if (signal.aborted) return 'aborted';
    if (!(outcome instanceof PmsError)) {
      setbacks.forget();
      return outcome;
    }
    if (!isPassing(outcome) || tries === mostTries) return outcome;
    await setbacks.pause(outcome);
  }
}

async function readProduct(
  id: string,
  { catalogue, pace, signal, onRequests }: ReadOptions,
): Promise<ReadOutcome['is']> {
  // So many answers would drive out of the cache what clients ask for.
  const { is, requests } = await readWhole(catalogue, resourceKey(productType, id), signal, 'no-store');
  pace.spent(requests);
  onRequests(requests);
  return is;
}

/** Whether the upstream has answered, if not with all of it. */
function isAnswered({ code }: PmsError): boolean {
  return code === 'UPSTREAM_INCOMPLETE' || code === 'UPSTREAM_BUDGET_EXCEEDED';
}

/** Looks now and then whether what was read is held: an index that takes nothing more makes reading go for nothing. */
function createCheck({ index, writer, onOutcome }: ReadOptions): {
  add(id: string): Promise<void>;
  settled(): Promise<void>;
  end(): Promise<void>;
} {
  let read: string[] = [];
  let checking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const ids = read;
    read = [];
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
      checking = look();
      await checking;
    },
    settled: () => checking,
    async end() {
      checking = look();
      await checking;
    },
  };
}
