/**
 * Oddities of an upstream's lists that were seen twice in a row. They are believed for a while, and then looked for
 * anew. Clients choose which lists are read. So what one list shows is believed of that list alone; of all lists of its
 * kind once several have shown it and none the contrary.
 */
import { createHash } from 'node:crypto';

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
  /** Each list, and when it was seen with the trait; the newest at the end. */
  readonly lists: Map<string, number>;
  /** When one was last seen without it. */
  without: number;
}

/** @param now milliseconds. @default Date.now */
export function createPassingTraits(now: () => number = Date.now): PassingTraits {
  const seen = new Map<Trait, Seen>();
  return {
    has(trait, list) {
      const { lists, without } = seen.get(trait) ?? none;
      const isLasting = (at: number | undefined): boolean => at !== undefined && now() - at < lastsMs;
      if (isLasting(lists.get(markOf(list)))) return true;
      return [...lists.values()].filter((at) => isLasting(at) && at > without).length >= agreeing;
    },
    note(trait, list) {
      const { lists, without } = seen.get(trait) ?? none;
      const kept = new Map(lists);
      renew(kept, markOf(list), now(), mostLists);
      renew(seen, trait, { lists: kept, without }, mostTraits);
    },
    noteWithout(trait) {
      const known = seen.get(trait);
      if (known) known.without = now();
    },
  };
}

const none: Seen = { lists: new Map(), without: -Infinity };

/** Returns a hash in place of the list: lists of ids may be long. */
function markOf(list: string): string {
  return createHash('sha256').update(list).digest('base64url');
}

/** Puts an item at the end of the map, and drops the first one where there are too many. */
function renew<Name, Value>(all: Map<Name, Value>, name: Name, value: Value, most: number): void {
  all.delete(name);
  all.set(name, value);
  const [oldest] = all.size > most ? all.keys() : [];
  if (oldest !== undefined) all.delete(oldest);
}
