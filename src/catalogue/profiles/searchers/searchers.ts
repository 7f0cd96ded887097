/** Several searchers as one: each search goes to the first that can be asked all of it. */
import { isPmsError } from '../../../errors.js';
import type { ProductSearch } from '../../question/selection.js';
import type { Asking } from '../asking.js';
import type { Measures } from '../foreseen.js';
import type { OpenSearcher, Searcher } from './searcher.js';

/** The first that supports a search. Where none does, the upstream's, which comes first, refuses it in its words. */
export function searcherFor(
  search: ProductSearch | undefined,
  [first, ...others]: readonly Searcher[],
  measures: Measures,
): Searcher {
  if (!first) throw new TypeError('There is nobody to ask for products.');
  if (!search || first.supports(search, measures)) return first;
  return others.find((searcher) => searcher.supports(search, measures)) ?? first;
}

export interface Opened extends Searcher {
  readonly opened: OpenSearcher;
}

/** @param upstream what is asked where no other searcher is taken */
export function withSearchers(upstream: Asking, others: readonly Opened[], measures: Measures): Asking {
  if (others.length === 0) return upstream;
  return {
    ...upstream,

    async products(search) {
      const able = others.filter((searcher) => searcher.supports(search, measures));
      let found = await upstream.products(search);
      for (const { opened } of able) {
        if (!isPmsError(found) || found.code !== 'UPSTREAM_UNSUPPORTED') break;
        found = await opened.products(search);
      }
      return found;
    },

    async asked(question) {
      const asked = others.find(({ name }) => name === question.searcher)?.opened.asked;
      return asked ? asked(question) : upstream.asked(question);
    },
  };
}
