/** How old data from cached copies are. */

/** Data, with the time when the upstream sent them. */
export interface Dated {
  readonly fetchedAt: Date;
  /** Whether the data come from a cached copy that is no longer fresh. */
  readonly stale: boolean;
}

/** Returns when the upstream sent the oldest of the stale data; undefined if all data are fresh. */
export function staleSince(all: Iterable<Dated | null | undefined>): Date | undefined {
  let oldest: Date | undefined;
  for (const dated of all) if (dated?.stale) oldest = earlier(oldest, dated.fetchedAt);
  return oldest;
}

/** Returns the earlier of two times. If only one is defined, returns that one. */
export function earlier(a: Date | undefined, b: Date | undefined): Date | undefined {
  return a && b ? (a < b ? a : b) : (a ?? b);
}
