/** Stands in for an index that could not be opened. Only fields that need the index fail. */
import { PmsError } from '../../../errors.js';
import { indexName } from '../../question/to-index.js';
import type { Searcher } from '../searchers/searcher.js';

/** Returns the error for clients. The cause is only in the log. */
export function unopened(): PmsError {
  return new PmsError(
    'INDEX_UNAVAILABLE',
    'This service could not open its index of products. The log of the service gives the reason.',
  );
}

export const brokenIndex: Searcher = {
  name: indexName,
  supports: () => false,
  priceProducts: () => [],
  open: () => ({ products: async () => unopened(), value: async () => unopened() }),
};
