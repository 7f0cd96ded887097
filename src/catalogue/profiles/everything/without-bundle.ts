/** Settles products without a bundle: there is no such product, or the upstream no longer offers bundles. */
import { PmsError } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import type { Key } from '../../graph/key.js';
import { complete, type State } from '../../graph/relation.js';
import { isHeld, type Missing } from '../../known/known.js';
import type { Operation } from '../profile.js';

export interface WithoutBundle {
  /** Takes the request for the first page of each bundle, even if none comes. */
  ask(firstPage: Promise<Page | undefined>): void;
  /** Returns the state of the details of a product without a bundle, and notes why the product could not be read. */
  settle(product: Key): Promise<State>;
}

export interface WithoutBundleOptions extends Pick<Operation, 'known' | 'features'> {
  /** Reasons why products could not be read. */
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
   * Reads the product itself. Returns whether it has done so. If the upstream offered bundles before, one product shows
   * for all whether it still does, and so does any bundle that comes.
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
   * Whether a record that is not found in this way does not exist. Otherwise the upstream may find nothing in this way,
   * even existing records.
   */
  function isVouchedFor(feature: 'everything' | 'read'): boolean {
    return features.isProven(feature) || features.evidence(feature) === 'configured';
  }

  return {
    ask: (firstPage) => void asked.push(firstPage),
    async settle(product) {
      const wasRead = await readInstead(product);
      // The product exists without a bundle, so the upstream does not offer `$everything`.
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
    'The upstream does not offer the records of a product together ($everything).',
  );
}
