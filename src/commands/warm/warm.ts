/**
 * `pms-graphql warm`: asks upstream what a page about each product asks, in the background and within a share of the
 * rate, so that the answers are there for all replicas.
 */
import type { Asked, Catalogue } from '../../catalogue/catalogue.js';
import { isPmsError } from '../../errors.js';
import type { Freshness } from '../../cache/freshness.js';
import { findByName } from './find.js';
import { failureOf } from './judge.js';
import type { PageOf } from './page.js';
import type { Progress } from './progress.js';
import type { Failure, Tally } from './tally.js';

export interface WarmOptions {
  readonly catalogue: Catalogue;
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly pageOf: PageOf;
  readonly progress: Progress;
  readonly freshness: Freshness;
  /** Most products at once. */
  readonly concurrency: number;
  /** Whether what is read is still kept where other processes find it. */
  readonly isShared: () => Promise<boolean>;
  /** Ends it: nothing more is sent, and what is under way is given up. */
  readonly signal: AbortSignal;
}

export type Ending =
  /** All was tried. */
  | 'ended'
  /** By its signal. */
  | 'stopped'
  /** The store takes nothing more, so that reading goes for nothing. */
  | 'unshared';

export interface Warming {
  readonly tally: Tally;
  /** Never rejects for what the upstream does. */
  readonly ending: Promise<Ending>;
}

/** For one product, its waits for permits among it. */
const longestMs = 600_000;

export function warm(options: WarmOptions): Warming {
  const { catalogue, pageOf, progress, freshness, concurrency, isShared } = options;
  const failures: Failure[] = [];
  const tally = {
    all: 0,
    isFinding: true,
    warmed: 0,
    before: 0,
    failed: 0,
    failures,
    requests: 0,
    cacheHits: 0,
  };
  const unshared = new AbortController();
  const signal = AbortSignal.any([options.signal, unshared.signal]);
  const missing = new Set<string>();

  function asker(): Omit<Asked, 'selections'> {
    return {
      signal,
      deadline: performance.now() + longestMs,
      client: 'warm',
      priority: 'bulk',
    };
  }

  function pay({ requests, cacheHits }: { readonly requests: number; readonly cacheHits: number }): void {
    tally.requests += requests;
    tally.cacheHits += cacheHits;
  }

  async function find(): Promise<readonly string[]> {
    const found = new Set(options.ids);
    tally.all = found.size;
    for (const name of options.names) {
      try {
        for await (const page of findByName(catalogue, name, asker())) {
          pay(page);
          for (const id of page.ids) found.add(id);
          tally.all = found.size;
        }
      } catch (error) {
        if (signal.aborted) break;
        if (!isPmsError(error)) throw error;
        failures.push({ what: JSON.stringify(name), code: error.code });
      }
    }
    tally.isFinding = false;
    return [...found];
  }

  async function warmOne(id: string): Promise<void> {
    if (await progress.isDone(id)) {
      tally.before += 1;
      return;
    }
    const failure = await read(id);
    if (signal.aborted) return;
    if (failure !== undefined) {
      tally.failed += 1;
      failures.push({ what: id, code: failure });
      if (failure === 'NOT_FOUND') missing.add(id);
      return;
    }
    const isKept = (await progress.done(id)) && (await isShared());
    if (isKept) tally.warmed += 1;
    else unshared.abort();
  }

  async function read(id: string): Promise<string | undefined> {
    const page = pageOf(id);
    try {
      const session = await catalogue.prepare({ ...asker(), ...page });
      // What was sent was sent, also where it came to nothing.
      await session.run().finally(() => pay(session.receipt()));
      // An old copy that could not be renewed is no warmth.
      const isOld = !freshness.isFresh(session.age() ?? 0);
      return failureOf(page.selections, session) ?? (isOld ? 'UPSTREAM_UNAVAILABLE' : undefined);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!isPmsError(error)) throw error;
      return error.code;
    }
  }

  async function work(): Promise<Ending> {
    // All take from the one iterator.
    const rest = (await find()).values();
    const worker = async (): Promise<void> => {
      for (const id of rest) {
        if (signal.aborted) return;
        await warmOne(id);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    if (unshared.signal.aborted) return 'unshared';
    if (signal.aborted) return 'stopped';
    // What does not exist will not be there the next time: that is no reason to go on with this run.
    if (failures.length === missing.size) await progress.clear();
    return 'ended';
  }

  return { tally, ending: work() };
}
