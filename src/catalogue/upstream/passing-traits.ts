/**
 * Oddities of an upstream's lists that were seen twice in a row, kind by kind: believed for a while, and then seen anew. Clients
 * choose which lists are read. So what one list shows is believed of that list, as it was; of all of its kind once several
 * have shown it, and none the contrary.
 */
import { createHash } from 'node:crypto';

export interface PassingTraits {
  /** @param list which one it is, and what it is like */
  has(trait: Trait, list: string): boolean;
  note(trait: Trait, list: string): void;
  /** A list of the kind was seen without it. */
  noteWithout(trait: Trait): void;
}

/** `overstates Ingredient?for`: its totals count more than there is; `repeats Ingredient`: rows come again on later pages. */
export type Trait = `overstates ${string}` | `repeats ${string}`;

/** Questions are of so many kinds at most: types, and parameters by which these are searched. */
const mostTraits = 500;
/** Of each kind, that are told apart. */
const mostLists = 100;
/** Lists that have to agree before it is believed of others. */
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

/** Lists of ids may be long. */
function markOf(list: string): string {
  return createHash('sha256').update(list).digest('base64url');
}

/** Puts it at the end, and drops what is at the beginning where there are too many. */
function renew<Name, Value>(all: Map<Name, Value>, name: Name, value: Value, most: number): void {
  all.delete(name);
  all.set(name, value);
  const [oldest] = all.size > most ? all.keys() : [];
  if (oldest !== undefined) all.delete(oldest);
}
