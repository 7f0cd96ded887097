/** Counts the progress of a crawl. */

export interface CrawlProgress {
  /** Whether products are still being listed. */
  readonly isListing: boolean;
  readonly listed: number;
  /** The number of products that the upstream says it has. */
  readonly total: number | undefined;
  /** The number of listed products that are in the index with their details. */
  readonly held: number;
  /** The number of products that must be read, including those already read. */
  readonly wanted: number;
  /** The number of products that were read or have failed. */
  readonly done: number;
  readonly failed: number;
  readonly requests: number;
}

type Counts = Omit<CrawlProgress, 'isListing' | 'total'>;

export interface Tally {
  readonly progress: CrawlProgress;
  set(progress: Partial<CrawlProgress>): void;
  add(counts: Partial<Counts>): void;
}

export function createTally(onProgress?: (progress: CrawlProgress) => void): Tally {
  let progress: CrawlProgress = {
    isListing: true,
    listed: 0,
    total: undefined,
    held: 0,
    wanted: 0,
    done: 0,
    failed: 0,
    requests: 0,
  };
  const set = (more: Partial<CrawlProgress>): void => {
    progress = { ...progress, ...more };
    onProgress?.(progress);
  };
  return {
    get progress() {
      return progress;
    },
    set,
    add(counts) {
      const sums = Object.entries(counts).map(([name, count]) => [
        name,
        progress[name as keyof Counts] + count,
      ]);
      set(Object.fromEntries(sums) as Partial<CrawlProgress>);
    },
  };
}
