/** The bundles of products: each fetched once in an operation, and what becomes of a product without one. */
import { isPmsError, PmsError } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import type { FhirResource } from '../../../fhir/resources.js';
import { idOf, type Key } from '../../graph/key.js';
import { complete, type State } from '../../graph/relation.js';
import { earlier, staleSince } from '../../graph/stale.js';
import { isHeld, type Bundle, type Missing } from '../../known/known.js';
import { Spent } from '../ledger.js';
import { cut, isCutAs, readToEnd, unread } from '../pages.js';
import type { Operation } from '../profile.js';

const productType = 'MedicinalProductDefinition';

export interface Bundles {
  /** Resolves when the product's bundle is settled in `Known`. */
  fetchOnce(product: Key): Promise<void>;
  /**
   * What belongs to parts of products is in the bundles of these. Where other profiles have got as far as the parts, and
   * no further, no bundle was asked for yet: then those of all products are.
   */
  fetchSome(): Promise<void>;
  /** Those that were asked for, and have been settled. */
  fetched(): readonly Bundle[];
  /** The product alone, without what belongs to it. */
  readProduct(product: Key): Promise<void>;
  /** Resolves when all that were asked for are settled. */
  settled(): Promise<unknown>;
  /** Why products, and others that come with them, could not be read. */
  readonly unreadable: Map<Key, Missing>;
}

export function createBundles(at: Operation): Bundles {
  const { client, known, features, figures, whereabouts } = at;
  const fetching = new Map<Key, Promise<void>>();
  const unreadable = new Map<Key, Missing>();
  /** The first pages of bundles, come or not. */
  const asked: Promise<Page | undefined>[] = [];
  let doubt: Promise<void> | undefined;

  return {
    fetchOnce,
    async fetchSome() {
      if (fetching.size === 0) await Promise.all(known.products.map(fetchOnce));
    },
    fetched,
    readProduct,
    settled: () => Promise.all(fetching.values()),
    unreadable,
  };

  /** However many ask, and in whatever wave: a product's bundle is fetched once in an operation. */
  function fetchOnce(product: Key): Promise<void> {
    // It may be remembered from an earlier operation.
    const running =
      fetching.get(product) ?? (known.bundle(product) ? Promise.resolve() : fetchBundle(product));
    fetching.set(product, running);
    return running;
  }

  function fetched(): readonly Bundle[] {
    return [...fetching.keys()].flatMap((product) => known.bundle(product) ?? []);
  }

  async function fetchBundle(product: Key): Promise<void> {
    const keys = new Set<Key>();
    const unidentified: FhirResource[] = [];
    let oldest: Date | undefined;
    const finish = (state: State): void => {
      known.settleBundle(product, { keys, unidentified, state, staleSince: oldest });
      whereabouts.note(product, keys);
    };
    try {
      let pages = 0;
      const begin = async (): Promise<Page> => {
        const asking = client.everything(idOf(product));
        asked.push(asking);
        const first = await asking;
        if (!first) throw new NoBundle();
        return first;
      };
      const read = await readToEnd(
        begin,
        at,
        (page) => {
          hold(page, keys);
          for (const { resource } of page.unidentified) unidentified.push(resource);
          oldest = earlier(oldest, staleSince([page]));
          pages += 1;
        },
        true,
      );
      // A record without an id is missing from the lists of its own kind alone.
      const state = isCutAs(read, 'UNREADABLE_ENTRIES') ? complete : read;
      if (!keys.has(product)) await readBeside(product, state);
      if (state.kind === 'cut' && state.reason === 'BUDGET') figures.forgetBundles();
      else if (state.kind === 'complete') figures.sawBundle(pages);
      features.note('everything', 'seen');
      finish(state);
    } catch (error) {
      if (error instanceof NoBundle) return finish(await withoutBundle(product));
      if (!isPmsError(error)) throw error;
      if (error.status === 400 || error.status === 405 || error.status === 501)
        features.note('everything', 'refuted');
      unreadable.set(product, unread(error));
      finish(error instanceof Spent ? cut(error.reason) : { kind: 'failed', error });
    }
  }

  /** A bundle without its own product says nothing of whether there is one. */
  async function readBeside(product: Key, state: State): Promise<void> {
    if (state.kind === 'complete') return readProduct(product);
    const message =
      'What belongs to the product could not be read to its end, and the product was not in it.';
    unreadable.set(product, new PmsError('UPSTREAM_INCOMPLETE', message));
  }

  /** A product that is there without a bundle: then it is the operation that is not. */
  async function withoutBundle(product: Key): Promise<State> {
    const wasRead = await readInstead(product);
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
  }

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

  function hold(page: Page, keys: Set<Key>): void {
    for (const resource of [...page.resources, ...page.included]) {
      keys.add(known.hold(resource, page));
      figures.sawInBundle(resource.resourceType);
    }
  }

  async function readProduct(key: Key): Promise<void> {
    if (!features.has('read')) return fetchOnce(key);
    try {
      const found = await client.read(productType, idOf(key));
      if (found) features.note('read', 'seen');
      if (found) known.hold(found.resource, found);
      // That nothing is read by its id says nothing of one.
      else if (!features.isProven('read') && !fetching.has(key)) await fetchOnce(key);
      else unreadable.set(key, 'absent');
    } catch (error) {
      if (!isPmsError(error)) throw error;
      unreadable.set(key, unread(error));
    }
  }
}

class NoBundle extends Error {}

function notOffered(): PmsError {
  return new PmsError(
    'UPSTREAM_UNSUPPORTED',
    'The upstream does not offer what belongs to a product ($everything).',
  );
}
