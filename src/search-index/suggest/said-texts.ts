/** The names of all products and of their holders, each once, with how many products have it. */
import { readSaid, saidPart } from '../said.js';
import type { IndexStore } from '../store/index-store.js';
import { eachInTurn } from '../turns.js';

/** A name as records write it. */
export interface SaidName {
  products: number;
  /** The brands that products of this name have, folded. */
  readonly brands: Set<string>;
}

export interface SaidTexts {
  readonly names: ReadonlyMap<string, SaidName>;
  /** Folded. */
  readonly brands: ReadonlyMap<string, number>;
  readonly holders: ReadonlyMap<string, number>;
}

/** So many are read at once: others are to have their turn. */
const slice = 2_000;

export async function readSaidTexts(store: IndexStore): Promise<SaidTexts> {
  const names = new Map<string, SaidName>();
  const brands = new Map<string, number>();
  const holders = new Map<string, number>();
  await eachTold(store, saidPart, (shape, products) => {
    const { texts, brand } = readSaid(shape);
    if (brand !== undefined) brands.set(brand, (brands.get(brand) ?? 0) + products);
    for (const text of new Set(texts.NAME.map((name) => name.trim()))) {
      const name = names.get(text) ?? { products: 0, brands: new Set() };
      name.products += products;
      if (brand !== undefined) name.brands.add(brand);
      names.set(text, name);
    }
    for (const holder of new Set(texts.HOLDER)) holders.set(holder, (holders.get(holder) ?? 0) + products);
  });
  return { names, brands, holders };
}

/** Acts on each shape that is told in a part, with the number of products that tell it. */
export async function eachTold(
  store: IndexStore,
  part: string,
  act: (shape: string, products: number) => void,
): Promise<void> {
  const counts = await store.shapeCounts(part);
  for (let from = 0; from < counts.length; from += 2 * slice) {
    const some = counts.subarray(from, from + 2 * slice);
    const products = new Map<number, number>();
    for (let at = 0; at < some.length; at += 2) products.set(some[at] ?? 0, some[at + 1] ?? 0);
    const shapes = await store.shapesOf([...products.keys()]);
    await eachInTurn(shapes, ({ number, shape }) => act(shape, products.get(number) ?? 0));
  }
}
