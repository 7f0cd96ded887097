/** Merges texts that differ only in case and accents. The result is the spelling that most products have. */
import { foldText } from '../../terms/fold.js';
import { compareTexts } from '../words/form-table.js';

export interface Spellings<Item> {
  /** Returns the item for a text, and creates it if needed. Counts the products with this spelling. */
  take(text: string, products: number): Item;
  /** All items, each with its text. */
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
    // Blanks at the beginning are kept, because the ending of a name begins with a blank.
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
        // Equally frequent texts are ordered alphabetically, so that the order of reading does not matter.
        if (products > most || (products === most && compareTexts(text, other) < 0))
          best.set(item, [text, products]);
      }
      return [...best].map(([item, [text]]) => [text, item]);
    },
  };
}
