/**
 * Paces requests by a sliding window that is counted exactly. A counter per fixed window would let twice the limit pass
 * around a window's edge. Here no window of that length, wherever it begins, holds more permits than the limit.
 */

/** The permits given in the last window. */
export interface Usage {
  readonly used: number;
  /** Milliseconds since the first of them; 0 where there is none. */
  readonly oldestMs: number;
  /** Milliseconds since the last of them. */
  readonly newestMs: number;
}

export interface Rate {
  /** Most permits in any window. */
  readonly limit: number;
  readonly windowMs: number;
}

export interface Permits {
  readonly granted: number;
  /** Milliseconds after which to ask for more, where fewer were granted than wanted. */
  readonly waitMs: number;
}

/**
 * The share of the limit that may be used at once. The rest is paced, so that requests after a burst are served as
 * well.
 */
const burst = 0.5;

/**
 * Returns how many permits may be given now. Past the burst, the pace is that of the limit, or slower: the rest of the
 * window's permits lasts until the oldest permit leaves it, so that there is no gap without permits. The same rule is
 * in `redis-script.ts`; one test suite checks both.
 */
export function pace(wanted: number, { limit, windowMs }: Rate, usage: Usage): Permits {
  const left = limit - usage.used;
  const untilOldestLeaves = windowMs - usage.oldestMs;
  if (left <= 0) return { granted: 0, waitMs: untilOldestLeaves };
  const spacing = (rest: number): number => Math.max(windowMs / limit, untilOldestLeaves / (rest + 1));
  const free = Math.max(1, Math.floor(limit * burst)) - usage.used;
  const due = Math.floor(usage.newestMs / spacing(left));
  const granted = Math.min(wanted, left, free > 0 ? free : due);
  if (granted === left) return { granted, waitMs: untilOldestLeaves };
  return { granted, waitMs: spacing(left - granted) - (granted > 0 ? 0 : usage.newestMs) };
}

/**
 * Returns the limit to use after the upstream refused a request as one too many: below the number that was used, so
 * that it does not happen again. It is never less than half of the old limit, because others may use the same
 * credentials for a while.
 */
export function learnDownwards({
  limit,
  used,
  configured,
}: {
  readonly limit: number;
  readonly used: number;
  readonly configured: number;
}): number {
  const learnt = Math.floor(Math.max(limit / 2, 0.9 * Math.min(limit, used)));
  return Math.max(1, Math.ceil(configured / 10), learnt);
}
