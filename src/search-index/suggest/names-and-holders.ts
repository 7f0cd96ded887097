/** Reads the names of all products and of their holders, each once, with the number of products. */
import { readTexts, textPart } from '../text/product-texts.js';
import type { IndexStore } from '../store/index-store.js';
import { eachInTurn } from '../turns.js';
import { createNameCollector, type ProductNames } from './product-names.js';

export interface NamesAndHolders {
  readonly names: ProductNames;
  readonly holders: ReadonlyMap<string, number>;
}

/** Number of shapes in one batch. Other calls run between batches. */
const slice = 2_000;

export async function readNamesAndHolders(store: IndexStore): Promise<NamesAndHolders> {
  const collector = createNameCollector();
  const holders = new Map<string, number>();
  await eachShape(store, textPart, (shape, products) => {
    const { NAME, HOLDER, brand } = readTexts(shape);
    collector.take(NAME, brand, products);
    for (const holder of new Set(HOLDER)) holders.set(holder, (holders.get(holder) ?? 0) + products);
  });
  return { names: collector.made(), holders };
}

/** Calls `act` once for each different content of a part of the products, with the number of products with this content. */
export async function eachShape(
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
