/** Oddities of an upstream's lists that were seen twice in a row, kind by kind: believed for a while, and then seen anew. */

export interface PassingTraits {
  has(trait: Trait): boolean;
  note(trait: Trait): void;
}

/** `overstates Ingredient?for`: its totals count more than there is; `repeats Ingredient`: rows come again on later pages. */
export type Trait = `overstates ${string}` | `repeats ${string}`;

/** Questions are of so many kinds at most: types, and parameters by which these are searched. */
const mostTraits = 500;
const lastsMs = 600_000;

/** @param now milliseconds. @default Date.now */
export function createPassingTraits(now: () => number = Date.now): PassingTraits {
  const seenAt = new Map<Trait, number>();
  return {
    has(trait) {
      const at = seenAt.get(trait);
      return at !== undefined && now() - at < lastsMs;
    },
    note(trait) {
      seenAt.delete(trait);
      seenAt.set(trait, now());
      const [oldest] = seenAt.size > mostTraits ? seenAt.keys() : [];
      if (oldest !== undefined) seenAt.delete(oldest);
    },
  };
}
