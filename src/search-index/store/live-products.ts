/** The products that the upstream still has. */
import type { IndexStore } from './index-store.js';

/** Numbers of all products but those that are gone, ascending. */
export async function liveProducts(store: Pick<IndexStore, 'all'>): Promise<Int32Array> {
  const [all, gone] = await Promise.all([store.all(), store.all('gone')]);
  const without = new Set(gone);
  return all.filter((product) => !without.has(product));
}
