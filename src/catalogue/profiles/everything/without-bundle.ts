/**
 * Handles products for which the upstream returned no bundle: either the product does not exist, or the upstream no
 * longer supports `$everything`.
 */
import { PmsError } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import type { Key } from '../../graph/key.js';
import { complete, type State } from '../../graph/relation.js';
import { isHeld, type Missing } from '../../known/known.js';
import type { Operation } from '../profile.js';

export interface WithoutBundle {
  /** Registers the request for the first page of a bundle, whatever its result. */
  ask(firstPage: Promise<Page | undefined>): void;
  /**
   * Returns the state of the details of a product without a bundle, and records why the product could not be read.
   */
  settle(product: Key): Promise<State>;
}

export interface WithoutBundleOptions extends Pick<Operation, 'known' | 'features'> {
  /** Why products could not be read. */
  readonly unreadable: Map<Key, Missing>;
  readonly readProduct: (product: Key) => Promise<void>;
}

export function createWithoutBundle({
  known,
  features,
  unreadable,
  readProduct,
}: WithoutBundleOptions): WithoutBundle {
  const asked: Promise<Page | undefined>[] = [];
  let doubt: Promise<void> | undefined;

  /**
   * Reads the product by id, and returns whether this succeeded. If `$everything` has worked before, one such read
   * shows for all products whether it still works. A bundle that arrives shows this too.
   */
  async function readInstead(product: Key): Promise<boolean> {
    if (!features.has('read')) return false;
    const wasThere = features.isProven('everything');
    if (wasThere && (await isAnyThere())) return false;
    const isDoubted = wasThere && doubt !== undefined;
    if (!isDoubted) doubt = readProduct(product);
    await doubt;
    return !isDoubted;
  }

  async function isAnyThere(): Promise<boolean> {
    const outcomes = await Promise.allSettled(asked);
    return outcomes.some((outcome) => outcome.status === 'fulfilled' && outcome.value !== undefined);
  }

  /**
   * Whether a 404 proves that a record does not exist. Until a request of this kind has succeeded, the upstream may
   * answer 404 for existing records too.
   */
  function isVouchedFor(feature: 'everything' | 'read'): boolean {
    return features.isProven(feature) || features.evidence(feature) === 'configured';
  }

  return {
    ask: (firstPage) => void asked.push(firstPage),
    async settle(product) {
      const wasRead = await readInstead(product);
      // The product exists but has no bundle, so the upstream does not support `$everything`.
      if (isHeld(known.reading(product))) features.note('everything', 'refuted');
      const isAbsent =
        (wasRead && isVouchedFor('read')) ||
        (features.evidence('everything') !== 'refuted' && isVouchedFor('everything'));
      if (isAbsent && !isHeld(known.reading(product))) {
        unreadable.set(product, 'absent');
        return complete;
      }
      unreadable.set(product, notOffered());
      return { kind: 'failed', error: notOffered() };
    },
  };
}

function notOffered(): PmsError {
  return new PmsError(
    'UPSTREAM_UNSUPPORTED',
    'The upstream does not support $everything, which returns a product with all its records.',
  );
}
