/** The operation that runs at the start, so that the first ones of clients find a proven way. */
import { belowProducts } from '../question/product-page.js';
import type { Selection } from '../question/selection.js';

/** Every link that leads down from products. */
export function rehearsal(first: number): Selection {
  return {
    link: 'products',
    args: { search: { filter: {}, first, withTotal: false } },
    path: ['products'],
    below: belowProducts,
  };
}
