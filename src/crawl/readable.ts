/** Whether products can be read whole, judged by what reading them has shown: some upstreams tell late what they do not offer. */
import type { Features } from '../catalogue/upstream/features.js';
import { isPmsError } from '../errors.js';
import type { ReadOutcome } from './read-whole.js';
import { wayOf, whyUnread } from './way.js';

export interface Readable {
  readonly is: boolean;
  /** Why not, in words. */
  readonly why: string;
  /** What came of a product that was read by itself, or of one that was read. */
  tell(outcome: ReadOutcome): void;
}

/** So many products that are refused in a row show that others will be. */
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
      return isOffered() ? `What belongs to products is not held. ${message}` : whyUnread(features);
    },
    tell(outcome) {
      // A bundle that one product is refused says little of the others.
      const isRefusal = isPmsError(outcome) && outcome.code === 'UPSTREAM_UNSUPPORTED' && way === 'searches';
      if (isRefusal) message = outcome.message;
      refused = isRefusal ? refused + 1 : 0;
    },
  };
}
