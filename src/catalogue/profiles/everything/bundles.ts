/** The bundles of products: each fetched once in an operation. */
import { isPmsError, PmsError } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import type { FhirResource } from '../../../fhir/resources.js';
import { idOf, type Key } from '../../graph/key.js';
import { complete, type State } from '../../graph/relation.js';
import { earlier, staleSince } from '../../graph/stale.js';
import type { Bundle, Missing } from '../../known/known.js';
import { Spent } from '../ledger.js';
import { cut, isCutAs, readToEnd, unread } from '../pages.js';
import type { Operation } from '../profile.js';
import { createWithoutBundle } from './without-bundle.js';

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
  const without = createWithoutBundle({ known, features, unreadable, readProduct });

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
    let hasUnreadable = false;
    let oldest: Date | undefined;
    const finish = (state: State): void => {
      known.settleBundle(product, { keys, unidentified, state, staleSince: oldest });
      whereabouts.note(product, keys);
    };
    try {
      let pages = 0;
      let last = 0;
      const begin = async (): Promise<Page> => {
        const asking = client.everything(idOf(product));
        without.ask(asking);
        const first = await asking;
        if (!first) throw new NoBundle();
        return first;
      };
      const read = await readToEnd(
        begin,
        at,
        (page, reading) => {
          if (reading !== last) {
            // What is there now is what the last reading finds.
            keys.clear();
            unidentified.length = 0;
            [hasUnreadable, pages, last] = [false, 0, reading];
          }
          hold(page, keys);
          for (const { resource } of page.unidentified) {
            if (resource) unidentified.push(resource);
            else hasUnreadable = true;
          }
          oldest = earlier(oldest, staleSince([page]));
          pages += 1;
        },
        true,
      );
      // A record without an id is missing from the lists of its own kind alone.
      const state = isCutAs(read, 'UNREADABLE_ENTRIES') && !hasUnreadable ? complete : read;
      if (!keys.has(product)) await readBeside(product, state);
      if (state.kind === 'cut' && state.reason === 'BUDGET') figures.forgetBundles();
      else if (state.kind === 'complete') figures.sawBundle(pages);
      features.note('everything', 'seen');
      finish(state);
    } catch (error) {
      if (error instanceof NoBundle) return finish(await without.settle(product));
      if (!isPmsError(error)) throw error;
      // That one product is refused says nothing of the others.
      if (error.code === 'UPSTREAM_UNSUPPORTED' && error.status !== undefined) features.doubt('everything');
      unreadable.set(product, unread(error));
      finish(error instanceof Spent ? cut(error.reason) : { kind: 'failed', error });
    }
  }

  /** A bundle without its own product says nothing of whether there is one. */
  async function readBeside(product: Key, state: State): Promise<void> {
    if (state.kind === 'complete' || isCutAs(state, 'UNREADABLE_ENTRIES')) return readProduct(product);
    const message =
      'What belongs to the product could not be read to its end, and the product was not in it.';
    unreadable.set(product, new PmsError('UPSTREAM_INCOMPLETE', message));
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
