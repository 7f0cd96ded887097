/**
 * The names of products as suggestions. `Norvasc 5 mg tablets` is folded into `Norvasc 5 mg`, and that into `Norvasc`:
 * the strengths of one brand, and a product's names in several languages, do not fill the list.
 */
import { foldText } from '../../terms/fold.js';
import { compareTexts } from '../words/form-table.js';
import type { Entry } from './entry.js';
import { mostFrequent } from './most-frequent.js';
import type { SaidName, SaidTexts } from './said-texts.js';
import { isAskable } from './suggestion.js';

/** Names that differ in case and accents alone. */
interface Named {
  /** As most products write it. */
  readonly text: string;
  readonly products: number;
  /** What stands for it, the shortest first: the brand, the brand with its strength, and the name itself. */
  readonly beginnings: readonly string[];
}

/** What several names begin with. */
interface Group {
  /** As the names have it, with the number of their products. */
  readonly spellings: { readonly text: string; readonly products: number }[];
  /** Folded names. */
  readonly names: Set<string>;
}

export function productEntries({ names, brands }: Pick<SaidTexts, 'names' | 'brands'>): readonly Entry[] {
  const all = namedIn(names);
  const groups = groupsOf(all);
  const entries = new Map<string, Entry>();

  for (const { text, beginnings } of all) {
    let parent: Entry | undefined;
    for (const beginning of beginnings) {
      const key = foldText(beginning);
      const { names: within, spellings } = groups.get(key) ?? noGroup;
      // A beginning of one name alone is no group: the name says more.
      if (within.size < 2 && beginning !== text) continue;
      // A product may have several of the names, in several languages: no group has more than its brand.
      const products =
        brands.get(key) ?? Math.min(sumOf(spellings), parent?.products ?? Number.POSITIVE_INFINITY);
      parent = entries.get(key) ?? entryOf(mostFrequent(spellings), products, parent);
      entries.set(key, parent);
    }
  }
  return [...entries.values()];
}

const noGroup: Group = { spellings: [], names: new Set() };

function namedIn(names: ReadonlyMap<string, SaidName>): readonly Named[] {
  const folded = new Map<string, (readonly [string, SaidName])[]>();
  for (const [text, said] of names) {
    if (!isAskable(text)) continue;
    const key = foldText(text);
    const others = folded.get(key);
    if (others) others.push([text, said]);
    else folded.set(key, [[text, said]]);
  }
  // Whatever was read first, groups are the same.
  return [...folded.keys()].sort(compareTexts).map((key) => {
    const spellings = folded.get(key) ?? [];
    const counts = spellings.map(([text, { products }]) => ({ text, products }));
    const text = mostFrequent(counts);
    const told = new Set(spellings.flatMap(([, said]) => [...said.brands]));
    return { text, products: sumOf(counts), beginnings: beginningsOf(text, [...told].sort(compareTexts)) };
  });
}

function groupsOf(all: readonly Named[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const { text, products, beginnings } of all)
    for (const beginning of beginnings) {
      const key = foldText(beginning);
      const group = groups.get(key) ?? { spellings: [], names: new Set() };
      group.spellings.push({ text: beginning, products });
      group.names.add(foldText(text));
      groups.set(key, group);
    }
  return groups;
}

function entryOf(text: string, products: number, brand: Entry | undefined): Entry {
  return { kind: 'PRODUCT', text, products, thing: undefined, brand, isOther: false };
}

const number = String.raw`\d[\d.,]*`;
const unit = String.raw`(?:%|\p{L}{1,5}(?![\p{L}-]))`;
/** A number with its unit, and others that a sign joins to it: `160 mg/10 mg`, `5 mg/ml`, `5 %`. */
const strength = new RegExp(
  `^[\\s,(]*${number}(?:\\s?${unit})?(?:\\s?[/+]\\s?(?:${number}\\s?)?${unit})*`,
  'u',
);

function beginningsOf(name: string, brands: readonly string[]): readonly string[] {
  const brand = brandIn(name, brands);
  if (brand === undefined) return [name];
  const [start, end] = [name.indexOf(brand), name.indexOf(brand) + brand.length];
  const [after = ''] = strength.exec(name.slice(end)) ?? [];
  const all = [brand, name.slice(start, end + after.length).trim(), name];
  // The name itself where it is one of these.
  return [...new Map(all.map((each) => [foldText(each), each])).values()];
}

/** The brand as a name has it, so that the name is found by it; else what stands before the first number. */
function brandIn(name: string, told: readonly string[]): string | undefined {
  const [brand] = told.flatMap((each) => wordsLike(name, each) ?? []);
  return brand ?? /^(.*?\p{L}.*?)[\s,(]+\d/u.exec(name)?.[1]?.trim();
}

/** Where whole words of a name are a folded text, as they are written. */
function wordsLike(name: string, folded: string): string | undefined {
  const whole = foldText(name);
  if (folded === '') return undefined;
  for (let at = whole.indexOf(folded); at >= 0; at = whole.indexOf(folded, at + 1)) {
    // Letters that fold to two shift what follows: then it is not found, and the first number ends the brand.
    const words = name.slice(at, at + folded.length);
    const [before = '', after = ''] = [name[at - 1], name[at + folded.length]];
    const isWhole = !/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after);
    if (isWhole && foldText(words) === folded) return words;
  }
  return undefined;
}

function sumOf(all: readonly { readonly products: number }[]): number {
  return all.reduce((sum, { products }) => sum + products, 0);
}
