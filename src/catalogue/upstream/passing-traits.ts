/**
 * Oddities of the upstream's lists that were seen twice in a row. An observation expires after a while, and the list is
 * checked anew. Clients choose which lists are read. So one list's oddity counts for that list alone. It counts for all
 * lists of its kind once several lists have shown it, and none since has lacked it.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

export interface PassingTraits {
  /** @param list identifies the list and its current content */
  has(trait: Trait, list: string): boolean;
  note(trait: Trait, list: string): void;
  /** Notes that a list of this kind lacked the oddity. */
  noteWithout(trait: Trait): void;
}

/**
 * `overstates Ingredient?for`: the total is higher than the number of rows; `repeats Ingredient`: later pages repeat
 * rows.
 */
export type Trait = `overstates ${string}` | `repeats ${string}`;

/** Most kinds of lists stored. A kind is a resource type, with the search parameters for `overstates`. */
const mostTraits = 500;
/** Most lists stored per kind. */
const mostLists = 100;
/** Number of lists that must show an oddity before it counts for all lists of the kind. */
const agreeing = 3;
const lastsMs = 600_000;

interface Seen {
  /** The hash of each list, with the time at which it last showed the oddity. */
  readonly lists: LRUCache<string, number>;
  /** When a list of the kind last lacked the oddity. */
  without: number;
}

/** @param now milliseconds. @default Date.now */
export function createPassingTraits(now: () => number = Date.now): PassingTraits {
  const seen = new LRUCache<Trait, Seen>({ max: mostTraits });
  return {
    has(trait, list) {
      const known = seen.peek(trait);
      if (!known) return false;
      const isLasting = (at: number | undefined): boolean => at !== undefined && now() - at < lastsMs;
      if (isLasting(known.lists.peek(markOf(list)))) return true;
      return [...known.lists.values()].filter((at) => isLasting(at) && at > known.without).length >= agreeing;
    },
    note(trait, list) {
      const known = seen.peek(trait) ?? { lists: new LRUCache({ max: mostLists }), without: -Infinity };
      known.lists.set(markOf(list), now());
      seen.set(trait, known);
    },
    noteWithout(trait) {
      const known = seen.peek(trait);
      if (known) known.without = now();
    },
  };
}

/** Returns a hash of the list, whose ids may be many. */
function markOf(list: string): string {
  return createHash('sha256').update(list).digest('base64url');
}
