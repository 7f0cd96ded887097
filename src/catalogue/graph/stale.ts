/** The age of data that came from copies. */

/** Says when something was fetched from the upstream. */
export interface Dated {
  readonly fetchedAt: Date;
  /** Whether it is a copy that is no longer fresh. */
  readonly stale: boolean;
}

/** When the oldest stale one among them was fetched; undefined where none is stale. */
export function staleSince(all: Iterable<Dated | null | undefined>): Date | undefined {
  let oldest: Date | undefined;
  for (const dated of all) if (dated?.stale) oldest = earlier(oldest, dated.fetchedAt);
  return oldest;
}

/** The earlier of two moments, or the one that there is. */
export function earlier(a: Date | undefined, b: Date | undefined): Date | undefined {
  return a && b ? (a < b ? a : b) : (a ?? b);
}
