/** The names of products as suggestions: the strengths and forms of one brand are folded into its name. */
import { foldText } from '../../terms/fold.js';
import { compareTexts } from '../words/form-table.js';
import type { Entry } from './entry.js';
import type { SaidName } from './said-texts.js';
import { isAskable } from './suggestion.js';

/** Names that differ in case and accents alone. */
interface Named {
  /** As most products write it. */
  readonly text: string;
  readonly products: number;
  /** What it is folded into, as the name has it. */
  readonly brand: string | undefined;
}

export function productEntries(names: ReadonlyMap<string, SaidName>): readonly Entry[] {
  const brands = new Map<string, readonly Named[]>();
  const alone: Named[] = [];
  for (const named of namedIn(names)) {
    if (named.brand === undefined) alone.push(named);
    else {
      const key = foldText(named.brand);
      const others = brands.get(key);
      if (others) (others as Named[]).push(named);
      else brands.set(key, [named]);
    }
  }
  return [...alone.map((named) => entryOf(named)), ...[...brands.values()].flatMap(entriesOfBrand)];
}

function namedIn(names: ReadonlyMap<string, SaidName>): readonly Named[] {
  const folded = new Map<string, (readonly [string, SaidName])[]>();
  for (const [text, said] of names) {
    if (!isAskable(text)) continue;
    const key = foldText(text);
    const others = folded.get(key);
    if (others) others.push([text, said]);
    else folded.set(key, [[text, said]]);
  }
  return [...folded.values()].map((spellings) => {
    const counts = spellings.map(([text, { products }]) => ({ text, products }));
    const text = mostFrequent(counts);
    const told = new Set(spellings.flatMap(([, said]) => [...said.brands]));
    return { text, products: sumOf(counts), brand: brandIn(text, [...told].sort(compareTexts)) };
  });
}

/** A brand of one name is no group: the name says more. */
function entriesOfBrand(all: readonly Named[]): readonly Entry[] {
  const [only, ...others] = all;
  if (only && others.length === 0) return [entryOf(only)];
  const text = mostFrequent(all.map(({ brand = '', products }) => ({ text: brand, products })));
  const brand = entryOf({ text, products: sumOf(all) });
  const isBrand = foldText(text);
  return [
    brand,
    ...all.filter((named) => foldText(named.text) !== isBrand).map((named) => entryOf(named, brand)),
  ];
}

function entryOf({ text, products }: Pick<Named, 'text' | 'products'>, brand?: Entry): Entry {
  return { kind: 'PRODUCT', text, products, thing: undefined, brand, isOther: false };
}

/** The brand as a name has it, so that the name is found by it; else what stands before the first number. */
function brandIn(name: string, told: readonly string[]): string | undefined {
  const [brand] = told.flatMap((each) => wordsLike(name, each) ?? []);
  return brand ?? /^(.*?\p{L}.*?)[\s,(]+\d/u.exec(name)?.[1]?.trim();
}

/** Where whole words of a name are a folded text, as they are written. */
function wordsLike(name: string, folded: string): string | undefined {
  const whole = foldText(name);
  const given = name.trim();
  for (let at = whole.indexOf(folded); at >= 0; at = whole.indexOf(folded, at + 1)) {
    // Letters that fold to two shift what follows: then it is not found, and folded by its beginning.
    const words = given.slice(at, at + folded.length);
    const [before = '', after = ''] = [given[at - 1], given[at + folded.length]];
    const isWhole = !/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after);
    if (folded !== '' && isWhole && foldText(words) === folded) return words;
  }
  return undefined;
}

/** Of equals the one that comes first, whatever was read first. */
export function mostFrequent(
  spellings: readonly { readonly text: string; readonly products: number }[],
): string {
  const counts = new Map<string, number>();
  for (const { text, products } of spellings) counts.set(text, (counts.get(text) ?? 0) + products);
  const [best] = [...counts].sort(([one, a], [other, b]) => b - a || compareTexts(one, other));
  return best?.[0] ?? '';
}

function sumOf(all: readonly { readonly products: number }[]): number {
  return all.reduce((sum, { products }) => sum + products, 0);
}
