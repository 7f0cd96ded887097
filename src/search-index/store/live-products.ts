/** The products of the index that still exist upstream. */
import type { IndexStore } from './index-store.js';

/** Returns the numbers of all products that still exist upstream, in ascending order. */
export async function liveProducts(store: Pick<IndexStore, 'all'>): Promise<Int32Array> {
  const [all, gone] = await Promise.all([store.all(), store.all('gone')]);
  const without = new Set(gone);
  return all.filter((product) => !without.has(product));
}
