/**
 * Fills the index while the service runs: once at the start, and again whenever the products are old. Of several
 * processes that share an index, one fills it.
 */
import { setTimeout } from 'node:timers/promises';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Capabilities } from '../catalogue/plan/capabilities.js';
import type { Proving } from '../catalogue/upstream/proving.js';
import type { IndexWriter } from '../catalogue/profiles/held/writer.js';
import type { FhirClient } from '../fhir/client.js';
import type { Log } from '../log.js';
import type { SearchIndex } from '../search-index/search-index.js';
import { crawl, leftAloneMs } from './crawl.js';
import { whileHeld } from './hold-lease.js';
import { createPace } from './pace.js';
import { settleWay } from './way.js';

export interface StartCrawlOptions {
  readonly config: {
    readonly rateLimit?: number | undefined;
    readonly index?: { readonly share: number; readonly maxAgeMs: number } | undefined;
  };
  readonly background: FhirClient;
  readonly catalogue: Catalogue;
  readonly capabilities: Pick<Capabilities, 'features'>;
  readonly held: {
    readonly index: SearchIndex;
    readonly writer: IndexWriter;
    /** Resolves when the rows of the index can be used. */
    readonly told: Promise<void>;
  };
  /** Learns the upstream's features. They determine how products are read. */
  readonly learning: { readonly proving: Pick<Proving, 'settle'>; learnt(): Promise<void> };
  readonly log: Log;
}

export interface Crawling {
  /** Resolves when the first crawl of this process has ended, when another process crawls, or when it is stopped. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds until a failed crawl is continued. */
const againMs = 60_000;

export function startCrawl(options: StartCrawlOptions): Crawling {
  const { config, background, catalogue, capabilities, held, learning, log } = options;
  const { share = 1, maxAgeMs = 0 } = config.index ?? {};
  const stopping = new AbortController();
  const freshMs = leftAloneMs(maxAgeMs);

  /**
   * Crawls once.
   * @returns whether the crawl was completed
   */
  async function once(signal: AbortSignal): Promise<boolean> {
    await Promise.all([learning.learnt(), held.told]);
    if (signal.aborted) return false;
    const began = performance.now();
    try {
      await settleWay(capabilities.features, learning.proving);
      const progress = await crawl({
        client: background,
        catalogue,
        capabilities,
        ...held,
        pace: createPace(config.rateLimit === undefined ? undefined : config.rateLimit * share),
        freshMs,
        signal,
      });
      if (signal.aborted) return false;
      const { listed, held: products, failed, requests } = progress;
      const durationMs = Math.round(performance.now() - began);
      log.info('index.crawled', { listed, held: products, failed, requests, durationMs });
      return true;
    } catch (error) {
      if (!signal.aborted) log.warn('index.uncrawled', { error });
      return false;
    }
  }

  let firstEnded = (): void => {};
  const done = new Promise<void>((resolve) => {
    firstEnded = resolve;
  });

  /** Crawls repeatedly. As long as crawls fail, the pauses between them grow. */
  async function goOn(signal: AbortSignal): Promise<void> {
    const longestMs = Math.max(againMs, freshMs);
    let isWhole = await once(signal);
    firstEnded();
    for (let waitMs = againMs; ; isWhole = await once(signal)) {
      const nextMs = isWhole ? longestMs : waitMs;
      waitMs = isWhole ? againMs : Math.min(longestMs, waitMs * 2);
      try {
        await setTimeout(nextMs, undefined, { signal, ref: false });
      } catch {
        return;
      }
    }
  }

  const all = whileHeld({ index: held.index, signal: stopping.signal, onWait: firstEnded }, goOn).finally(
    firstEnded,
  );
  return {
    done,
    async stop() {
      stopping.abort();
      await all;
    },
  };
}
