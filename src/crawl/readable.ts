/**
 * Judges by earlier outcomes whether products can be read whole: some upstreams refuse only late what they do not
 * offer.
 */
import type { Features } from '../catalogue/upstream/features.js';
import { isPmsError } from '../errors.js';
import type { ReadOutcome } from './read-whole.js';
import { wayOf, whyUnread } from './way.js';

export interface Readable {
  readonly is: boolean;
  /** The reason in words, where they cannot. */
  readonly why: string;
  /** Takes the outcome of a product that was read alone, or `read` for one of a group. */
  tell(outcome: ReadOutcome): void;
}

/** Refusals in a row which show that other products will be refused too. */
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
        ? `The index does not hold the records that belong to products. ${message}`
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
