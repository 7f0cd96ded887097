/** Fills the index while the service answers: once at the start, and again when what is held gets old. */
import type { Catalogue } from '../catalogue/catalogue.js';
import type { IndexWriter } from '../catalogue/profiles/held/writer.js';
import type { FhirClient } from '../fhir/client.js';
import type { Log } from '../log.js';
import type { SearchIndex } from '../search-index/search-index.js';
import { crawl } from './crawl.js';
import { createPace } from './pace.js';

export interface StartCrawlOptions {
  readonly config: {
    readonly rateLimit?: number | undefined;
    readonly index?: { readonly share: number; readonly maxAgeMs: number } | undefined;
  };
  readonly background: FhirClient;
  readonly catalogue: Catalogue;
  readonly held: { readonly index: SearchIndex; readonly writer: IndexWriter };
  /** What is learnt decides how products are read. */
  readonly learning: { learnt(): Promise<void> };
  readonly log: Log;
}

export interface Crawling {
  /** Resolves when the first one is over. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

export function startCrawl(options: StartCrawlOptions): Crawling {
  const { config, background, catalogue, held, learning, log } = options;
  const { share = 1, maxAgeMs = 0 } = config.index ?? {};
  const stopping = new AbortController();
  const { signal } = stopping;

  async function once(): Promise<void> {
    await learning.learnt();
    if (signal.aborted) return;
    const began = performance.now();
    try {
      const {
        listed,
        held: products,
        failed,
        requests,
      } = await crawl({
        client: background,
        catalogue,
        ...held,
        pace: createPace(config.rateLimit === undefined ? undefined : config.rateLimit * share),
        // What would be too old before the next crawl is over is read again.
        freshMs: maxAgeMs / 2,
        signal,
      });
      if (signal.aborted) return;
      const durationMs = Math.round(performance.now() - began);
      log.info('index.crawled', { listed, held: products, failed, requests, durationMs });
    } catch (error) {
      if (!signal.aborted) log.warn('index.uncrawled', { error });
    }
  }

  const done = once();
  const timer = setInterval(() => void once(), Math.max(60_000, maxAgeMs / 2));
  timer.unref();
  return {
    done,
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await done;
    },
  };
}
