/** Calls a function for each content row of some products in one part of the index. */
import type { IndexStore } from './index-store.js';

/** @param act called with product number, record number and shape of each row, in ascending order of the numbers */
export async function eachRow(
  store: Pick<IndexStore, 'told'>,
  part: string,
  products: readonly number[],
  act: (product: number, record: number, shape: string) => void,
): Promise<void> {
  if (products.length === 0) return;
  const { told, shapes } = await store.told(part, products);
  const texts = new Map(shapes.map(({ number, shape }) => [number, shape]));
  for (let at = 0; at < told.length; at += 3) {
    const shape = texts.get(told[at + 2] ?? 0);
    if (shape !== undefined) act(told[at] ?? 0, told[at + 1] ?? 0, shape);
  }
}
