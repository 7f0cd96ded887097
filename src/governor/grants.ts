/** Records the permits that this process got in the last window. */
import type { Usage } from './pace.js';

export interface Grant {
  /** The number of the permit, counted from 1. It identifies the permit among all permits of this process. */
  readonly number: number;
  /** When the permit was given, in monotonic milliseconds. */
  readonly at: number;
}

export interface Grants {
  /** The number of the last permit. */
  readonly last: number;
  add(count: number, now: number): void;
  usage(now: number): Usage;
  recent(now: number): readonly Grant[];
  /** Returns the number of permits that were given after a point in time. */
  after(moment: number): number;
}

export function createGrants(windowMs: number): Grants {
  let last = 0;
  let grants: Grant[] = [];
  let first = 0;

  function forget(now: number): void {
    for (let next = grants[first]; next && next.at <= now - windowMs; next = grants[first]) first += 1;
    // Old permits are removed in bulk, because removing one would move all later ones.
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
