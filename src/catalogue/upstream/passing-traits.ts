/**
 * Oddities of an upstream's lists that were seen twice in a row. They are believed for a while, and then looked for
 * anew. Clients choose which lists are read. So what one list shows is believed of that list alone; of all lists of its
 * kind once several have shown it and none the contrary.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

export interface PassingTraits {
  /** @param list identifies the list, together with its state */
  has(trait: Trait, list: string): boolean;
  note(trait: Trait, list: string): void;
  /** A list of the kind was seen without it. */
  noteWithout(trait: Trait): void;
}

/** `overstates Ingredient?for`: its totals count more than there is; `repeats Ingredient`: rows come again on later pages. */
export type Trait = `overstates ${string}` | `repeats ${string}`;

/** Kinds that are remembered: types, and the parameters by which these are searched. */
const mostTraits = 500;
/** Lists of each kind that are remembered. */
const mostLists = 100;
/** Number of lists that have to show a trait before it is believed of others. */
const agreeing = 3;
const lastsMs = 600_000;

interface Seen {
  /** Each list, and when it was last seen with the trait. */
  readonly lists: LRUCache<string, number>;
  /** When one was last seen without it. */
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

/** Returns a hash in place of the list: lists of ids may be long. */
function markOf(list: string): string {
  return createHash('sha256').update(list).digest('base64url');
}
