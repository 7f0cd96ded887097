/** Tells held products anew where their rows are of another form: what is held is read, and nothing is asked upstream. */
import { createHash } from 'node:crypto';
import { columns } from '../../../search-index/columns.js';
import type { HeldProduct, SearchIndex } from '../../../search-index/search-index.js';
import type { Told } from '../../../search-index/telling.js';
import { eachInTurn } from '../../../search-index/turns.js';
import { substancesPart } from '../../../search-index/substance-shapes.js';
import { resourceKey } from '../../../fhir/reference.js';
import { tell } from './tell.js';

/** Goes up when shapes or tokens are made in another way. */
const version = 9;

/** Of the rows that `tell` makes: another table of facts makes others. */
export const form = createHash('sha256')
  .update(JSON.stringify([version, columns.map(({ name }) => name), substancesPart]))
  .digest('hex')
  .slice(0, 16);

/** So many are told at once. */
const atOnce = 20;

/**
 * Returns whether the rows are of this program's form afterwards: not where this process only reads them, or is stopped.
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
    const told: (HeldProduct & { readonly tells: Told })[] = [];
    await eachInTurn(held.values(), (product) => {
      const tells = tell({ ...product, product: resourceKey('MedicinalProductDefinition', product.id) });
      if (tells) told.push({ ...product, tells });
    });
    if (told.length > 0) await index.put(told);
  }
  await index.note(formNote, form);
  return true;
}

const formNote = 'form';
