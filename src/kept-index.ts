/** The index as one process keeps it: opened or not, written behind the answers, renewed, and told of. */
import { setTimeout } from 'node:timers/promises';
import type { Catalogue, HeldIndex } from './catalogue/catalogue.js';
import type { Capabilities } from './catalogue/plan/capabilities.js';
import type { Proving } from './catalogue/upstream/proving.js';
import { unopened } from './catalogue/profiles/held/broken.js';
import { deriveAnew } from './catalogue/profiles/held/derive.js';
import { createIndexSearcher } from './catalogue/profiles/held/searcher.js';
import { createIndexWriter } from './catalogue/profiles/held/writer.js';
import type { Config, IndexConfig } from './config.js';
import { createPace } from './crawl/pace.js';
import { createRenewal, type Renewal } from './crawl/renewal.js';
import type { Log } from './log.js';
import { knownTermsIn } from './search-index/text/known-terms.js';
import { identityOf, openIndex } from './search-index/open-index.js';
import type { SearchIndex } from './search-index/search-index.js';
import { IndexError } from './search-index/store/index-error.js';
import type { TermSource } from './terms/source.js';

/** The index, as one process uses it. */
export interface Held extends HeldIndex {
  readonly index: SearchIndex;
  /** Resolves when what is held is told in the form that is read here, or cannot be. */
  readonly told: Promise<void>;
  stop(): Promise<void>;
}

/** An index that is there; or why it could not be opened. */
export type KeptIndex = SearchIndex | IndexError;

/** Milliseconds that a command takes that tells what is held. */
const lookMs = 500;

/**
 * Opens the index of an upstream. Without it the service goes on as it would where none is kept.
 * @param base of the upstream
 * @throws IndexError where the file is somebody else's: that is for whoever starts it to look at
 */
export async function openKept(
  { file, maxBytes }: Pick<IndexConfig, 'file' | 'maxBytes'>,
  base: string,
  log: Log,
): Promise<KeptIndex> {
  try {
    const place = { file, maxBytes, identity: identityOf(base) };
    const index = await openIndex(place);
    const { access } = await index.status();
    if (access === 'writes') return index;
    // Whoever looked into it a moment ago may be the one that writes.
    await index.close();
    await setTimeout(lookMs);
    return await openIndex(place);
  } catch (error) {
    if (!(error instanceof IndexError) || error.exit === 'config') throw error;
    log.error('index.unavailable', { error });
    return error;
  }
}

/** Of an index, as whoever watches the service has to know it. */
export function conditionOf(kept: KeptIndex): object {
  if (kept instanceof IndexError) return { isAvailable: false };
  const { products, withDetails, complete } = kept.coverage;
  return { isAvailable: true, products, withDetails, complete };
}

/** Its coverage, as clients ask for it. */
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
  /** Terms that are known here: built in, or imported. @default none */
  readonly terms?: readonly TermSource[] | undefined;
}

/** Begins to tell what is held in the form that is read here. */
export function holdIn(
  index: SearchIndex,
  { cacheTtlMs }: Pick<Config, 'cacheTtlMs'>,
  { maxAgeMs }: Pick<IndexConfig, 'maxAgeMs'>,
  { log, onStale, terms = [] }: HoldOptions,
): Held {
  const onFault = (error: unknown): void => log.warn('index.unwritten', { error });
  // Another process may be the one that writes it.
  const looking = setInterval(() => void look().catch(onFault), refreshMs).unref();
  let versions: string | undefined;
  async function look(): Promise<void> {
    await index.refreshed();
    // Lists may be imported while the service runs.
    const now = terms.map(({ version }) => version).join();
    if (now === versions) return;
    await index.know(await knownTermsIn(terms));
    versions = now;
  }
  void look().catch(onFault);
  const stopping = new AbortController();
  let isTold = false;
  const told = deriveAnew(index, stopping.signal)
    .then((is) => void (isTold = is))
    .catch(onFault);
  return {
    index,
    writer: createIndexWriter({ index, onFault }),
    searcher: createIndexSearcher({ index, maxAgeMs, freshMs: cacheTtlMs, isTold: () => isTold }),
    // Who keeps nothing between operations wants everything from the upstream that it can tell.
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

/** Reads again, within the index's share of the rate, what was answered from it and is no longer fresh. */
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
