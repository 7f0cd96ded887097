/**
 * Unusual paging behaviour of the upstream's lists (traits), observed twice in a row. An observation expires after
 * some time, and the list is checked again. Clients choose which lists are read. So the trait of one list applies
 * only to this list. It applies to all lists of the same kind if several lists have shown it, and no list has lacked
 * it since.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

export interface PassingTraits {
  /** @param list identifies the list and its current content */
  has(trait: Trait, list: string): boolean;
  note(trait: Trait, list: string): void;
  /** Records that a list of this kind does not have the trait. */
  noteWithout(trait: Trait): void;
}

/**
 * `overstates Ingredient?for`: the total is higher than the number of rows. `repeats Ingredient`: later pages repeat
 * rows of earlier pages.
 */
export type Trait = `overstates ${string}` | `repeats ${string}`;

/**
 * Maximum number of kinds of lists stored. A kind is a resource type; for `overstates`, also the search parameters.
 */
const mostTraits = 500;
/** Maximum number of lists stored per kind. */
const mostLists = 100;
/** The number of lists that must show a trait before it applies to all lists of the kind. */
const agreeing = 3;
const lastsMs = 600_000;

interface Seen {
  /** The hash of each list, with the time when the list last showed the trait. */
  readonly lists: LRUCache<string, number>;
  /** When a list of this kind was last found without the trait. */
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

/** Returns a hash of the list, because the list may contain many ids. */
function markOf(list: string): string {
  return createHash('sha256').update(list).digest('base64url');
}
