/** The age of data that came from cached copies. */

/** Data with the time at which they were fetched from the upstream. */
export interface Dated {
  readonly fetchedAt: Date;
  /** Whether the data are a cached copy that is no longer fresh. */
  readonly stale: boolean;
}

/** Returns when the oldest of the stale data was fetched; undefined if all data are fresh. */
export function staleSince(all: Iterable<Dated | null | undefined>): Date | undefined {
  let oldest: Date | undefined;
  for (const dated of all) if (dated?.stale) oldest = earlier(oldest, dated.fetchedAt);
  return oldest;
}

/** Returns the earlier of two moments, or the one that is defined. */
export function earlier(a: Date | undefined, b: Date | undefined): Date | undefined {
  return a && b ? (a < b ? a : b) : (a ?? b);
}
