/** Several searchers as one: each search goes to the first that can be asked all of it. */
import { isPmsError } from '../../../errors.js';
import type { ProductSearch } from '../../question/selection.js';
import type { Asking } from '../asking.js';
import type { Measures } from '../foreseen.js';
import type { OpenSearcher, Searcher } from './searcher.js';
import { upstreamSearcher } from './upstream.js';

/** At the service of one operation. */
export interface Opened extends Searcher {
  readonly opened: OpenSearcher;
}

/** Those that support a search. Where none does, the first, which is the upstream's: it refuses in its words. */
export function ableFor<Each extends Searcher>(
  search: ProductSearch,
  [first, ...others]: readonly [Each, ...Each[]],
  measures: Measures,
): readonly [Each, ...Each[]] {
  const [able, ...next] = [first, ...others].filter((searcher) => searcher.supports(search, measures));
  return able ? [able, ...next] : [first];
}

/** @param upstream what answers all but what another searcher is asked */
export function withSearchers(upstream: Asking, others: readonly Opened[], measures: Measures): Asking {
  if (others.length === 0) return upstream;
  const all: readonly [Opened, ...Opened[]] = [{ ...upstreamSearcher, opened: upstream }, ...others];
  return {
    ...upstream,

    async products(search) {
      const [first, ...next] = ableFor(search, all, measures);
      let found = await first.opened.products(search);
      for (const { opened } of next) {
        // What the upstream refuses after all is asked of the next.
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
