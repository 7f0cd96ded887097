/** Stores in the index what its last crawls found and cost. */
import type { SearchIndex } from '../search-index/search-index.js';

/** One crawl that has ended. */
export interface PastCrawl {
  /** When its list of products began, as an instant in ISO 8601. */
  readonly at: string;
  readonly seconds: number;
  readonly listed: number;
  /** The number of products that the upstream stated; null if it stated none. */
  readonly total: number | null;
  /** The number of products in the index at its end, and of those with all their records. */
  readonly products: number;
  readonly withDetails: number;
  readonly failed: number;
  /** Requests to the upstream since its last interruption. */
  readonly requests: number;
  /** Whether the index was complete at its end. */
  readonly complete: boolean;
}

/** The number of crawls that are stored. */
const most = 50;
const note = 'crawls';

/** Returns the last crawls, the newest first. */
export async function pastCrawls(index: Pick<SearchIndex, 'noted'>): Promise<readonly PastCrawl[]> {
  return JSON.parse((await index.noted(note)) ?? '[]') as readonly PastCrawl[];
}

export async function keepCrawl(index: Pick<SearchIndex, 'note' | 'noted'>, crawl: PastCrawl): Promise<void> {
  await index.note(note, JSON.stringify([crawl, ...(await pastCrawls(index))].slice(0, most)));
}
