/** Fetches the `$everything` bundles of products, each once per operation. */
import { isPmsError, PmsError } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import type { FhirResource } from '../../../fhir/resources.js';
import { idOf, type Key } from '../../graph/key.js';
import { complete, type State, earlier, staleSince } from '../../graph/relation.js';
import type { Bundle, Missing } from '../../known/known.js';
import { Spent } from '../ledger.js';
import { cut, isCutAs, readToEnd, unread } from '../pages.js';
import type { Operation } from '../profile.js';
import { createWithoutBundle } from './without-bundle.js';

const productType = 'MedicinalProductDefinition';

export interface Bundles {
  /** Resolves when the result of the product's bundle is in `Known`. */
  fetchOnce(product: Key): Promise<void>;
  /**
   * Fetches the bundles of all products in `Known`, unless a bundle was requested already. Other profiles may have
   * found records whose children are only in these bundles.
   */
  fetchSome(): Promise<void>;
  /** Returns the bundles whose requests have ended. */
  fetched(): readonly Bundle[];
  /** Reads only the product, without its details. */
  readProduct(product: Key): Promise<void>;
  /** Resolves when all requested bundles have arrived or failed. */
  settled(): Promise<unknown>;
  /** Why products, or records of their bundles, could not be read. */
  readonly unreadable: Map<Key, Missing>;
}

export function createBundles(at: Operation): Bundles {
  const { client, known, features, figures, given, whereabouts } = at;
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

  /** Fetches a product's bundle once per operation, however many callers need it. */
  function fetchOnce(product: Key): Promise<void> {
    // The bundle may already have come from the record cache or the index.
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
            // Only the records of the last attempt are current.
            keys.clear();
            unidentified.length = 0;
            [hasUnreadable, pages, last] = [false, 0, reading];
          }
          hold(page, keys, product);
          for (const { resource } of page.unidentified) {
            if (resource) unidentified.push(resource);
            else hasUnreadable = true;
          }
          oldest = earlier(oldest, staleSince([page]));
          pages += 1;
        },
        true,
      );
      // A record without an id makes only the lists of its own type incomplete.
      const state = isCutAs(read, 'UNREADABLE_ENTRIES') && !hasUnreadable ? complete : read;
      if (!keys.has(product)) await readBeside(product, state);
      if (state.kind === 'cut' && state.reason === 'BUDGET') figures.forgetBundles();
      else if (state.kind === 'complete') figures.sawBundle(pages);
      features.note('everything', 'seen');
      finish(state);
    } catch (error) {
      if (error instanceof NoBundle) return finish(await without.settle(product));
      if (!isPmsError(error)) throw error;
      // A refusal for one product proves nothing about other products.
      if (error.code === 'UPSTREAM_UNSUPPORTED' && error.status !== undefined) features.doubt('everything');
      unreadable.set(product, unread(error));
      finish(error instanceof Spent ? cut(error.reason) : { kind: 'failed', error });
    }
  }

  /**
   * Reads the product by its id if its own bundle does not contain it. Such a bundle does not prove that the product
   * exists.
   */
  async function readBeside(product: Key, state: State): Promise<void> {
    if (state.kind === 'complete' || isCutAs(state, 'UNREADABLE_ENTRIES')) return readProduct(product);
    const message =
      'The records that belong to the product could not be read completely, and the product itself is missing.';
    unreadable.set(product, new PmsError('UPSTREAM_INCOMPLETE', message));
  }

  function hold(page: Page, keys: Set<Key>, product: Key): void {
    for (const resource of [...page.resources, ...page.included]) {
      keys.add(known.hold(resource, page));
      given.sawInBundle(resource.resourceType, product);
    }
  }

  async function readProduct(key: Key): Promise<void> {
    if (!features.has('read')) return fetchOnce(key);
    try {
      const found = await client.read(productType, idOf(key));
      if (found) features.note('read', 'seen');
      if (found) known.hold(found.resource, found);
      // Until a read by id has succeeded once, a 404 proves nothing.
      else if (!features.isProven('read') && !fetching.has(key)) await fetchOnce(key);
      else unreadable.set(key, 'absent');
    } catch (error) {
      if (!isPmsError(error)) throw error;
      unreadable.set(key, unread(error));
    }
  }
}

class NoBundle extends Error {}
