/** The searcher that uses the upstream's own searches, with the includes of the profile. Every upstream has it. */
import { isPmsError, PmsError } from '../../../errors.js';
import { directSearch, driversOf } from '../../search/ways.js';
import { findTerms } from './lookups.js';
import { bringing, findProducts } from './products.js';
import type { OperationAnswers } from '../operation-answers.js';
import type { OpenProfile, Operation } from '../profile.js';
import type { Searcher } from './searcher.js';
import { priceProducts, priceTerms } from './upstream-price.js';

export const upstreamSearcher: Searcher = {
  name: 'upstream',
  supports: (search, { features, figures }) =>
    search.called === undefined &&
    (directSearch(search, features) !== undefined || driversOf(search, features, figures).length > 0),
  priceProducts,
  priceTerms,
  open: openUpstream,
};

export function openUpstream(
  at: Operation,
  profile: OpenProfile,
): Pick<OperationAnswers, 'products' | 'brings' | 'terms' | 'value'> {
  return {
    async products(search) {
      if (search.called) return takesIndex();
      const along = profile.along?.(search);
      if (!along) return findProducts(search, at);
      const found = await findProducts(search, at, along);
      if (!isPmsError(found) || found.code !== 'UPSTREAM_UNSUPPORTED') return found;
      const alone = await findProducts(search, at);
      // The upstream refused the whole search. The includes were the cause only if the search works without them.
      if (found.status !== undefined && !isPmsError(alone)) along.giveUp();
      return alone;
    },

    brings: (search) => bringing(at, profile.along?.(search)),

    terms: (terms) => findTerms(terms, at, profile.readsMany()),

    value: async () => takesIndex(),
  };
}

function takesIndex(): PmsError {
  return new PmsError(
    'UPSTREAM_UNSUPPORTED',
    'The upstream does not support this. The index of this service does, but it is switched off (setting INDEX).',
  );
}
