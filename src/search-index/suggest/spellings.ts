/** Texts that differ in case and accents alone, as one: written as most products write it. */
import { foldText } from '../../terms/fold.js';
import { compareTexts } from '../words/form-table.js';

export interface Spellings<Item> {
  /** The item of a text, made where there is none; and counts how many products write it so. */
  take(text: string, products: number): Item;
  /** Each item with its text. */
  all(): readonly (readonly [text: string, item: Item])[];
}

interface Spelling<Item> {
  readonly item: Item;
  products: number;
}

export function createSpellings<Item>(make: (key: string) => Item): Spellings<Item> {
  const items = new Map<string, Item>();
  const spellings = new Map<string, Spelling<Item>>();

  function spellingOf(text: string): Spelling<Item> {
    const known = spellings.get(text);
    if (known) return known;
    // Blanks at the beginning count: what follows a name begins with one.
    const key = foldText(`x${text}`).slice(1);
    const item = items.get(key) ?? make(key);
    items.set(key, item);
    const spelling = { item, products: 0 };
    spellings.set(text, spelling);
    return spelling;
  }

  return {
    take(text, products) {
      const spelling = spellingOf(text);
      spelling.products += products;
      return spelling.item;
    },
    all() {
      const best = new Map<Item, readonly [text: string, products: number]>();
      for (const [text, { item, products }] of spellings) {
        const [other, most] = best.get(item) ?? ['', -1];
        // Of equals the one that comes first, whatever was read first.
        if (products > most || (products === most && compareTexts(text, other) < 0))
          best.set(item, [text, products]);
      }
      return [...best].map(([item, [text]]) => [text, item]);
    },
  };
}
