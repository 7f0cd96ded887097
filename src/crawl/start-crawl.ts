/** Fills the index while the service runs: once at the start, and again whenever the products are old. */
import { setTimeout } from 'node:timers/promises';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Capabilities } from '../catalogue/plan/capabilities.js';
import type { Proving } from '../catalogue/upstream/proving.js';
import type { IndexWriter } from '../catalogue/profiles/held/writer.js';
import type { FhirClient } from '../fhir/client.js';
import type { Log } from '../log.js';
import type { SearchIndex } from '../search-index/search-index.js';
import { crawl, leftAloneMs } from './crawl.js';
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
  /** Resolves when the first crawl has ended. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds until a failed crawl is continued. */
const againMs = 60_000;

export function startCrawl(options: StartCrawlOptions): Crawling {
  const { config, background, catalogue, capabilities, held, learning, log } = options;
  const { share = 1, maxAgeMs = 0 } = config.index ?? {};
  const stopping = new AbortController();
  const { signal } = stopping;
  const freshMs = leftAloneMs(maxAgeMs);

  /**
   * Crawls once.
   * @returns whether the crawl was completed
   */
  async function once(): Promise<boolean> {
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

  /** Crawls repeatedly. As long as crawls fail, the pauses between them grow. */
  async function goOn(isFirstWhole: boolean): Promise<void> {
    const longestMs = Math.max(againMs, freshMs);
    for (let waitMs = againMs, isWhole = isFirstWhole; ; isWhole = await once()) {
      const nextMs = isWhole ? longestMs : waitMs;
      waitMs = isWhole ? againMs : Math.min(longestMs, waitMs * 2);
      try {
        await setTimeout(nextMs, undefined, { signal, ref: false });
      } catch {
        return;
      }
    }
  }

  const first = once();
  const all = first.then(goOn);
  return {
    done: first.then(() => undefined),
    async stop() {
      stopping.abort();
      await all;
    },
  };
}
