/**
 * Decides by earlier outcomes whether products can be read with all their details. Some upstreams refuse a search only when it is
 * sent, although they declare it.
 */
import type { Features } from '../catalogue/upstream/features.js';
import { isPmsError } from '../errors.js';
import type { ReadOutcome } from './read-whole.js';
import { wayOf, whyUnread } from './way.js';

export interface Readable {
  readonly is: boolean;
  /** Why products cannot be read, as a sentence. */
  readonly why: string;
  /** Takes the outcome of a product that was read alone, or `read` for a product read in a group. */
  tell(outcome: ReadOutcome): void;
}

/** Number of refusals in a row after which the crawl expects the upstream to refuse all products. */
const mostRefused = 5;

export function createReadable(features: Features): Readable {
  const way = wayOf(features);
  let refused = 0;
  let message = '';
  const isOffered = (): boolean => way !== undefined && (way === 'bundles' || wayOf(features) === way);
  return {
    get is() {
      return isOffered() && refused < mostRefused;
    },
    get why() {
      return isOffered()
        ? `The index does not contain the records that belong to products. ${message}`
        : whyUnread(features);
    },
    tell(outcome) {
      // A refusal of one product's bundle says little about other products.
      const isRefusal = isPmsError(outcome) && outcome.code === 'UPSTREAM_UNSUPPORTED' && way === 'searches';
      if (isRefusal) message = outcome.message;
      refused = isRefusal ? refused + 1 : 0;
    },
  };
}
