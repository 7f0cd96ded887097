/** The operation that tests includes, before operations of clients need them. */
import { belowProducts } from '../question/product-page.js';
import type { Selection } from '../question/selection.js';

/** Returns a selection that follows every link from products down to their records. */
export function rehearsal(first: number): Selection {
  return {
    link: 'products',
    args: { search: { filter: {}, first, withTotal: false } },
    path: ['products'],
    below: belowProducts,
  };
}
