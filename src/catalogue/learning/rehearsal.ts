/** The operation that is run at the start, so that clients' first ones find a proven way. */
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
