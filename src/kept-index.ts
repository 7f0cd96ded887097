/** Manages the index in one process: opens it, writes upstream records to it, renews it and reports its state. */
import { setTimeout } from 'node:timers/promises';
import type { Catalogue, HeldIndex } from './catalogue/catalogue.js';
import type { Capabilities } from './catalogue/plan/capabilities.js';
import type { Proving } from './catalogue/upstream/proving.js';
import { unopened } from './catalogue/profiles/held/broken.js';
import { deriveAnew } from './catalogue/profiles/held/derive.js';
import { createIndexSearcher } from './catalogue/profiles/held/searcher.js';
import { createIndexWriter } from './catalogue/profiles/held/writer.js';
import type { Config, IndexConfig } from './config/config.js';
import { createPace } from './crawl/pace.js';
import { createRenewal, type Renewal } from './crawl/renewal.js';
import type { Log } from './log.js';
import { knownTermsIn } from './search-index/text/known-terms.js';
import { identityOf, openIndex } from './search-index/open-index.js';
import type { SearchIndex } from './search-index/search-index.js';
import { IndexError } from './search-index/store/index-error.js';
import type { TermSource } from './terms/source.js';

/** An open index that this process searches and writes to. */
export interface Held extends HeldIndex {
  readonly index: SearchIndex;
  /**
   * Resolves when the stored rows have the form that this version of the program reads, or when they cannot be
   * rewritten.
   */
  readonly told: Promise<void>;
  stop(): Promise<void>;
}

/** An open index, or the reason why it could not be opened. */
export type KeptIndex = SearchIndex | IndexError;

/** Milliseconds during which the command `index status` keeps the index open. */
const lookMs = 500;

/**
 * Opens the index of an upstream. If this fails, returns the error, and the service runs without an index.
 * @param base the base URL of the upstream
 * @throws IndexError if the operator must act, for example because the file is the index of another upstream
 */
export async function openKept(
  { file, url, maxBytes }: Pick<IndexConfig, 'file' | 'maxBytes'> & { readonly url?: string | undefined },
  base: string,
  log: Log,
): Promise<KeptIndex> {
  try {
    const place = { file, url, maxBytes, identity: identityOf(base) };
    const index = await openIndex(place);
    if (index.isShared) return index;
    const { access } = await index.status();
    if (access === 'writes') return index;
    // The command `index status` may have been the writer of the index for a moment, so the index is opened again.
    await index.close();
    await setTimeout(lookMs);
    return await openIndex(place);
  } catch (error) {
    if (!(error instanceof IndexError) || error.exit === 'config') throw error;
    log.error('index.unavailable', { error });
    return error;
  }
}

/** Returns the state of an index for monitoring. */
export function conditionOf(kept: KeptIndex): object {
  if (kept instanceof IndexError || kept.fault) return { isAvailable: false };
  const { products, withDetails, complete } = kept.coverage;
  return { isAvailable: true, products, withDetails, complete };
}

/**
 * Returns an object that gives clients the coverage of the index. Reading its `coverage` throws if the index is not
 * open.
 */
export function coveredBy(kept: KeptIndex): Pick<SearchIndex, 'coverage'> {
  if (!(kept instanceof IndexError)) return kept;
  return {
    get coverage(): never {
      throw unopened();
    },
  };
}

const refreshMs = 10_000;

export interface HoldOptions {
  readonly log: Log;
  readonly onStale: HeldIndex['onStale'];
  /** Sources of terms, built in or imported. @default none */
  readonly terms?: readonly TermSource[] | undefined;
}

/**
 * Starts to use an open index. If its rows were written by another version of the program in another form, they are
 * rewritten in the background.
 */
export function holdIn(
  index: SearchIndex,
  { cacheTtlMs }: Pick<Config, 'cacheTtlMs'>,
  { maxAgeMs }: Pick<IndexConfig, 'maxAgeMs'>,
  { log, onStale, terms = [] }: HoldOptions,
): Held {
  const onFault = (error: unknown): void => log.warn('index.unwritten', { error });
  // Another process may write to the index, so changes are looked for regularly.
  const looking = setInterval(() => void look().catch(onFault), refreshMs).unref();
  let versions: string | undefined;
  let isLost = false;
  /** Computes the coverage again. Logs when the database is lost, and when it is back. */
  async function refresh(): Promise<void> {
    const refreshing = index.refreshed();
    if (!index.isShared) return void (await refreshing);
    const error = await refreshing.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error !== undefined && !isLost) log.error('index.unavailable', { error });
    if (error === undefined && isLost) log.info('index.available');
    isLost = error !== undefined;
  }
  async function look(): Promise<void> {
    await refresh();
    if (isLost) return;
    // Term lists may be imported while the service runs.
    const now = terms.map(({ version }) => version).join();
    if (now === versions) return;
    await index.know(await knownTermsIn(terms));
    versions = now;
  }
  void look().catch(onFault);
  const stopping = new AbortController();
  let isTold = false;
  /** Rewrites the rows. If the database cannot be used, tries again later. */
  async function tell(): Promise<void> {
    while (!isTold) {
      try {
        isTold = await deriveAnew(index, stopping.signal);
        return;
      } catch (error) {
        if (!index.isShared) throw error;
      }
      await setTimeout(refreshMs, undefined, { signal: stopping.signal, ref: false });
    }
  }
  const told = tell().catch((error: unknown) => {
    if (!stopping.signal.aborted) onFault(error);
  });
  return {
    index,
    writer: createIndexWriter({ index, onFault }),
    searcher: createIndexSearcher({ index, maxAgeMs, freshMs: cacheTtlMs, isTold: () => isTold }),
    // If the response cache is off, the index answers only those queries that the upstream does not support.
    standsIn: cacheTtlMs > 0,
    told,
    stop() {
      clearInterval(looking);
      stopping.abort();
      return told;
    },
    freshMs: cacheTtlMs,
    maxAgeMs,
    onStale: cacheTtlMs > 0 ? onStale : undefined,
  };
}

/**
 * Reads stale products from the upstream again, after they were served from the index. It uses at most the index's
 * share of the rate limit.
 */
export function startRenewal(
  catalogue: Catalogue,
  capabilities: Pick<Capabilities, 'features'>,
  proving: Pick<Proving, 'settle'>,
  { rateLimit, cacheTtlMs, index }: Pick<Config, 'cacheTtlMs'> & Partial<Pick<Config, 'rateLimit' | 'index'>>,
): Renewal {
  const { share = 1 } = index ?? {};
  const pace = createPace(rateLimit === undefined ? undefined : rateLimit * share);
  return createRenewal({ catalogue, capabilities, proving, pace, freshMs: cacheTtlMs });
}
