/**
 * Decides, from the results so far, whether products can be read with all their details. Some upstreams declare a
 * search but refuse it when it is sent.
 */
import type { Features } from '../catalogue/upstream/features.js';
import { isPmsError } from '../errors.js';
import type { ReadOutcome } from './read-whole.js';
import { wayOf, whyUnread } from './way.js';

export interface Readable {
  readonly is: boolean;
  /** Why products cannot be read, as a sentence. */
  readonly why: string;
  /** Records the result for a product that was read alone, or `read` for a product that was read in a group. */
  tell(outcome: ReadOutcome): void;
}

/** The number of consecutive refusals after which the crawl assumes that the upstream refuses all products. */
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
      // If the bundle of one product is refused, this says little about other products.
      const isRefusal = isPmsError(outcome) && outcome.code === 'UPSTREAM_UNSUPPORTED' && way === 'searches';
      if (isRefusal) message = outcome.message;
      refused = isRefusal ? refused + 1 : 0;
    },
  };
}
