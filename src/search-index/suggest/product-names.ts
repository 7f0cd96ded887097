/**
 * Suggests product names. `Norvasc 5 mg tablets` is grouped under `Norvasc 5 mg`, and that under `Norvasc`. Otherwise
 * the strengths of one brand, or the names of a product in many languages, would fill the list. Endings after the
 * strength, such as `tablets` or `Filmtabletten`, are stored once for all names.
 */
import { compareTexts } from '../words/form-table.js';
import type { Entry } from './entry.js';
import { createNameParts } from './name-parts.js';
import { createSpellings } from './spellings.js';
import { isAskable } from './suggestion.js';

export interface ProductNames {
  readonly entries: readonly Entry[];
  /** The endings that follow the texts of entries in names, in alphabetical order. */
  readonly tails: readonly string[];
}

export interface NameCollector {
  /**
   * Adds names. All of them belong to each of the given products.
   * @param brand the brand of these products, in folded spelling
   * @param products the number of these products
   */
  take(names: readonly string[], brand: string | undefined, products: number): void;
  made(): ProductNames;
}

/** A common beginning of several names, or a complete name. */
interface Group {
  readonly key: string;
  products: number;
  /** The number of the last `take` call that counted this group. So a product with several names is counted once. */
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
        // A parent group has a shorter text than its group, so that no group is its own ancestor. If there are several
        // parents, the first in alphabetical order is used, so that the order of reading does not matter.
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
