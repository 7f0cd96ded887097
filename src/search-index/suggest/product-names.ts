/**
 * The names of products as suggestions. `Norvasc 5 mg tablets` is folded into `Norvasc 5 mg`, and that into `Norvasc`:
 * the strengths of one brand, and a product's names in many languages, do not fill the list. What follows the strength is
 * kept once for all names: `tablets`, `Filmtabletten`.
 */
import { compareTexts } from '../words/form-table.js';
import type { Entry } from './entry.js';
import { createNameParts } from './name-parts.js';
import { createSpellings } from './spellings.js';
import { isAskable } from './suggestion.js';

export interface ProductNames {
  readonly entries: readonly Entry[];
  /** What follows the texts of entries in names, in alphabetical order. */
  readonly tails: readonly string[];
}

export interface NameCollector {
  /** Takes the names that some products have, all of them. @param brand folded */
  take(names: readonly string[], brand: string | undefined, products: number): void;
  made(): ProductNames;
}

/** What several names begin with, or a name. */
interface Group {
  readonly key: string;
  products: number;
  /** The last taking that counted here: a product with several names counts once. */
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
        // A part of it is shorter, so that nothing is folded into itself; of several the same one, whatever is read first.
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
      // What one name alone begins with is no group: the name says more.
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

/** How many names begin with each. */
function namesIn(groups: readonly Group[]): ReadonlyMap<Group, number> {
  const names = new Map<Group, number>();
  for (const group of groups)
    for (let each: Group | undefined = group; each; each = each.parent)
      names.set(each, (names.get(each) ?? 0) + group.tails.length);
  return names;
}
