/**
 * Suggestions of product names. `Norvasc 5 mg tablets` is folded into `Norvasc 5 mg`, and that into `Norvasc`. So
 * neither the strengths of one brand nor a product's names in many languages fill the list. The endings after the
 * strength are stored once for all names: `tablets`, `Filmtabletten`.
 */
import { compareTexts } from '../words/form-table.js';
import type { Entry } from './entry.js';
import { createNameParts } from './name-parts.js';
import { createSpellings } from './spellings.js';
import { isAskable } from './suggestion.js';

export interface ProductNames {
  readonly entries: readonly Entry[];
  /** The endings of names after the texts of entries, in alphabetical order. */
  readonly tails: readonly string[];
}

export interface NameCollector {
  /**
   * Adds names. Each of some products has all of them.
   * @param brand the brand of these products, folded
   * @param products the number of these products
   */
  take(names: readonly string[], brand: string | undefined, products: number): void;
  made(): ProductNames;
}

/** A common beginning of names, or a whole name. */
interface Group {
  readonly key: string;
  products: number;
  /** The number of the last `take` that counted this group. So a product with several names counts once. */
  taking: number;
  parent: Group | undefined;
  readonly tails: Tail[];
}

interface Tail {
  number: number;
}

export function createNameCollector(): NameCollector {
  const partsOf = createNameParts();
  const groups = createSpellings((key): Group => ({
    key,
    products: 0,
    taking: 0,
    parent: undefined,
    tails: [],
  }));
  const tails = createSpellings((): Tail => ({ number: 0 }));
  let taking = 0;

  function counted(text: string, products: number): Group {
    const group = groups.take(text, products);
    if (group.taking !== taking) group.products += products;
    group.taking = taking;
    return group;
  }

  return {
    take(names, brand, products) {
      taking += 1;
      for (const each of names) {
        const name = each.trim();
        if (!isAskable(name)) continue;
        const parts = partsOf(name, brand);
        const group = counted(parts.stem, products);
        const tail = tails.take(parts.tail, products);
        if (!group.tails.includes(tail)) group.tails.push(tail);
        const parent = parts.brand === undefined ? group : counted(parts.brand, products);
        // A parent is shorter than its group, so that no group is folded into itself. Of several parents, the first in
        // alphabetical order is chosen, so that the order of reading does not matter.
        const isFirst = group.parent === undefined || parent.key < group.parent.key;
        if (parent !== group && isFirst) group.parent = parent;
      }
    },
    made() {
      const texts = tails.all().toSorted(([one], [other]) => compareTexts(one, other));
      for (const [number, [, tail]] of texts.entries()) tail.number = number;
      const all = texts.map(([text]) => text);
      return { entries: entriesOf(groups.all(), all), tails: all };
    },
  };
}

function entriesOf(
  groups: readonly (readonly [text: string, group: Group])[],
  tails: readonly string[],
): readonly Entry[] {
  const names = namesIn(groups.map(([, group]) => group));
  const texts = new Map(groups.map(([text, group]) => [group, text]));
  const entries = new Map<Group, Entry | undefined>();

  function entryOf(group: Group): Entry | undefined {
    if (entries.has(group)) return entries.get(group);
    const brand = group.parent && entryOf(group.parent);
    const text = texts.get(group) ?? '';
    const numbers = group.tails.map(({ number }) => number).sort((one, other) => one - other);
    const [only = 0] = numbers;
    const isAlone = names.get(group) === 1;
    const made: Entry = {
      kind: 'PRODUCT',
      // If only one name begins with the text, the whole name is suggested.
      text: isAlone ? text + (tails[only] ?? '') : text,
      products: group.products,
      thing: undefined,
      brand,
      isOther: false,
      tails: isAlone ? [] : numbers.filter((number) => tails[number] !== ''),
    };
    const entry = isAlone && numbers.length === 0 ? brand : made;
    entries.set(group, entry);
    return entry;
  }

  for (const [, group] of groups) entryOf(group);
  return [...new Set([...entries.values()].flatMap((entry) => entry ?? []))];
}

/** Returns the number of names that begin with each group. */
function namesIn(groups: readonly Group[]): ReadonlyMap<Group, number> {
  const names = new Map<Group, number>();
  for (const group of groups)
    for (let each: Group | undefined = group; each; each = each.parent)
      names.set(each, (names.get(each) ?? 0) + group.tails.length);
  return names;
}
