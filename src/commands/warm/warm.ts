/**
 * `pms-graphql warm`: requests the data of each product in the background, within a share of the rate limit.
 * Afterwards all replicas find the data in Redis.
 */
import type { OperationRequest, Catalogue } from '../../catalogue/catalogue.js';
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
  /** Maximum number of products that are warmed at the same time. */
  readonly concurrency: number;
  /** Whether responses are still stored in Redis, where other processes find them. */
  readonly isShared: () => Promise<boolean>;
  /** Stops the run: no more requests are sent, and running requests are aborted. */
  readonly signal: AbortSignal;
}

export type Ending =
  /** All products were tried. */
  | 'ended'
  /** The signal was aborted. */
  | 'stopped'
  /** The store accepts no more data, so further requests would have no effect. */
  | 'unshared';

export interface Warming {
  readonly tally: Tally;
  /** Resolves with the result of the run, even if the upstream fails. */
  readonly ending: Promise<Ending>;
}

/**
 * Maximum number of milliseconds for one product, including the time in which its requests wait for the rate limiter.
 */
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

  function asker(): Omit<OperationRequest, 'selections'> {
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
      // The receipt is counted even if the operation failed, because its requests were sent.
      await session.run().finally(() => pay(session.receipt()));
      // A product whose stale response could not be renewed does not count as warmed.
      const isOld = !freshness.isFresh(session.age() ?? 0);
      return failureOf(page.selections, session) ?? (isOld ? 'UPSTREAM_UNAVAILABLE' : undefined);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!isPmsError(error)) throw error;
      return error.code;
    }
  }

  async function work(): Promise<Ending> {
    // All workers take their next product from this one iterator.
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
    // If all failures are products that do not exist, no retry is needed, so the progress is deleted.
    if (failures.length === missing.size) await progress.clear();
    return 'ended';
  }

  return { tally, ending: work() };
}
