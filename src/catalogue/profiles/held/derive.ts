/**
 * Rewrites the index rows of stored products if another version of this program wrote them. The rows are computed
 * from the stored records, without upstream requests.
 */
import { createHash } from 'node:crypto';
import { columns } from '../../../search-index/columns.js';
import type { HeldProduct, SearchIndex } from '../../../search-index/search-index.js';
import type { DerivedRows } from '../../../search-index/derive-rows.js';
import { eachInTurn } from '../../../search-index/turns.js';
import { substancesPart } from '../../../search-index/substance-shapes.js';
import { resourceKey } from '../../../fhir/reference.js';
import { rowsOfProduct } from './rows-of-product.js';

/** Must be increased whenever rows, tokens or the hashes of parts are computed differently. */
const version = 12;

/** Identifies the form of the rows that `deriveRows` computes. It changes with the table of facts. */
export const form = createHash('sha256')
  .update(JSON.stringify([version, columns.map(({ name }) => name), substancesPart]))
  .digest('hex')
  .slice(0, 16);

/** The number of products that one batch rewrites. */
const atOnce = 20;

/**
 * Rewrites all rows. Returns whether all rows have the form of this program afterwards. They do not if this process
 * may only read the index, or if it is stopped.
 * @throws INDEX_UNAVAILABLE
 */
export async function deriveAnew(
  index: Pick<SearchIndex, 'note' | 'noted' | 'status' | 'ids' | 'products' | 'put'>,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await index.noted(formNote)) === form) return true;
  const { access } = await index.status();
  if (access === 'reads') return false;
  const ids = await index.ids();
  for (let at = 0; at < ids.length; at += atOnce) {
    if (signal.aborted) return false;
    const held = await index.products(ids.slice(at, at + atOnce));
    const products: (HeldProduct & { readonly derived: DerivedRows })[] = [];
    await eachInTurn(held.values(), (product) => {
      const derived = rowsOfProduct({
        ...product,
        product: resourceKey('MedicinalProductDefinition', product.id),
      });
      if (derived) products.push({ ...product, derived });
    });
    if (products.length > 0) await index.put(products);
  }
  await index.note(formNote, form);
  return true;
}

const formNote = 'form';
