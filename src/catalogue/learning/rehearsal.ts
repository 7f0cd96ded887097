/** The operation that tests includes before clients' operations need them. */
import { belowProducts } from '../question/product-page.js';
import type { Selection } from '../question/selection.js';

/** Returns a selection with every link that leads down from products. */
export function rehearsal(first: number): Selection {
  return {
    link: 'products',
    args: { search: { filter: {}, first, withTotal: false } },
    path: ['products'],
    below: belowProducts,
  };
}
