/**
 * Spaces requests by an exact sliding window. A counter per fixed window would allow twice the limit around the
 * border of two windows. Here no time span of this length contains more permits than the limit.
 */

/** Statistics of the permits given in the last window. */
export interface Usage {
  readonly used: number;
  /** Milliseconds since the first permit. 0 if there is no permit. */
  readonly oldestMs: number;
  /** Milliseconds since the last permit. */
  readonly newestMs: number;
}

export interface Rate {
  /** Maximum number of permits in any window. */
  readonly limit: number;
  readonly windowMs: number;
}

export interface Permits {
  readonly granted: number;
  /** Milliseconds to wait before the next request for permits, if fewer were granted than wanted. */
  readonly waitMs: number;
}

/**
 * The fraction of the limit that may be used at once. The remaining permits are spaced out, so that requests after a
 * burst need not wait for a whole window.
 */
const burst = 0.5;

/**
 * Returns how many permits may be given now. After the burst, permits are given at the rate of the limit or more
 * slowly: the remaining permits last until the oldest permit leaves the window. `redis-script.ts` has the same rule,
 * and one test suite checks both.
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
 * Returns the new limit after the upstream refused a request because of its rate. It is lower than the number of
 * permits used, to avoid the next refusal. It is at least half of the old limit, because the refusal may be due to
 * others who use the same credentials for a while.
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

export interface Grant {
  /** Counts from 1. Identifies the permit among all permits of this process. */
  readonly number: number;
  /** When the permit was given, in monotonic milliseconds. */
  readonly at: number;
}

/** The permits that this process got in the last window. */
export interface Grants {
  /** The number of the last permit. */
  readonly last: number;
  add(count: number, now: number): void;
  usage(now: number): Usage;
  recent(now: number): readonly Grant[];
  /** Returns the number of permits that were given after a moment. */
  after(moment: number): number;
}

export function createGrants(windowMs: number): Grants {
  let last = 0;
  let grants: Grant[] = [];
  let first = 0;

  function forget(now: number): void {
    for (let next = grants[first]; next && next.at <= now - windowMs; next = grants[first]) first += 1;
    // Removing permits one by one would move all later ones each time.
    if (first > 1_000 && first > grants.length / 2) {
      grants = grants.slice(first);
      first = 0;
    }
  }

  return {
    get last() {
      return last;
    },
    add(count, now) {
      for (let added = 0; added < count; added += 1) grants.push({ number: (last += 1), at: now });
    },
    usage(now) {
      forget(now);
      const [oldest, newest] = [grants[first], grants.at(-1)];
      const used = grants.length - first;
      if (!oldest || !newest || used === 0) return { used: 0, oldestMs: 0, newestMs: windowMs };
      return { used, oldestMs: now - oldest.at, newestMs: now - newest.at };
    },
    recent(now) {
      forget(now);
      return grants.slice(first);
    },
    after(moment) {
      let next = first;
      while ((grants[next]?.at ?? Infinity) <= moment) next += 1;
      return grants.length - next;
    },
  };
}
