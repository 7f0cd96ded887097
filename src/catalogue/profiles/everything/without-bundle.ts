/** What becomes of a product without a bundle: there is no such product, or the upstream has no bundles any more. */
import { PmsError } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import type { Key } from '../../graph/key.js';
import { complete, type State } from '../../graph/relation.js';
import { isHeld, type Missing } from '../../known/known.js';
import type { Operation } from '../profile.js';

export interface WithoutBundle {
  /** Told of the first page of each bundle, come or not. */
  ask(firstPage: Promise<Page | undefined>): void;
  /** How what belongs to a product stands that has no bundle; why it could not be read is told with it. */
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

  /** Where bundles were there before, one product shows for all whether they still are; any bundle shows it as well. */
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

  /** Whether what is not found in this way is not there; else nothing may be found so, whatever there is. */
  function isVouchedFor(feature: 'everything' | 'read'): boolean {
    return features.isProven(feature) || features.evidence(feature) === 'configured';
  }

  return {
    ask: (firstPage) => void asked.push(firstPage),
    async settle(product) {
      const wasRead = await readInstead(product);
      // A product that is there without a bundle: then it is the operation that is not.
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
    'The upstream does not offer what belongs to a product ($everything).',
  );
}
