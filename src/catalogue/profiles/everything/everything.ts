/**
 * The profile for upstreams that support only a product search by name and `$everything`. It fetches the bundle of
 * each product once.
 */
import { PmsError } from '../../../errors.js';
import type { FhirResource } from '../../../fhir/resources.js';
import { typeOf, type Key } from '../../graph/key.js';
import type { Bundle, Missing } from '../../known/known.js';
import { createBundleLists } from './bundle-lists.js';
import { createBundles } from './bundles.js';
import { priceEverything } from './price.js';
import { Spent } from '../ledger.js';
import { isCutAs, unread } from '../pages.js';
import type { OpenProfile, Operation, Profile } from '../profile.js';

const productType = 'MedicinalProductDefinition';

export const everything: Profile = {
  name: 'everything',
  hasBundles: true,
  asksByKey: false,
  price: (_selections, measures, foreseen) => priceEverything(measures, foreseen),
  open: openEverything,
};

function openEverything(at: Operation): OpenProfile {
  const { known, given, whereabouts } = at;
  const { fetchOnce, fetchSome, fetched, readProduct, settled, unreadable } = createBundles(at);
  const lists = createBundleLists(known, fetched);

  return {
    readsMany: () => false,

    async children(question, parents) {
      await Promise.all(parents.filter(isProduct).map(fetchOnce));
      if (!parents.every(isProduct)) await fetchSome();
      return new Map(parents.map((parent) => [parent, lists.childrenOf(question, parent)]));
    },

    async read(reads) {
      const products = [...reads].filter(([key]) => isProduct(key));
      const others = [...reads].filter(([key]) => !isProduct(key));
      // If a product refers to the record, the record is in that product's bundle or in none.
      const referring = others.flatMap(([, { from }]) => [...from].filter(isProduct));
      // No record refers to this record, so the client requested it by its id. It is read from the bundle that
      // contained it earlier.
      const nameless = others.flatMap(([key, { from }]) => (from.size === 0 ? [key] : []));
      const seen = nameless.length > 0 ? await whereabouts.find(nameless) : new Map<Key, Key>();
      await Promise.all([
        ...products.map(([key, { deep }]) => (deep ? fetchOnce(key) : readProduct(key))),
        ...[...referring, ...seen.values()].map(fetchOnce),
      ]);
      if (others.some(([, { from }]) => from.size > 0)) await fetchSome();
      await settled();
      // The upstream can read only products by id. All other records are in a bundle, or not available.
      for (const [key, { from }] of others) {
        const product = seen.get(key);
        unreadable.set(key, missing(key, product === undefined ? from : new Set([product])));
        if (product !== undefined && unreadable.get(key) === 'unseen') whereabouts.forget(product, key);
      }
      return unreadable;
    },
  };

  /**
   * Returns why a record is missing.
   * @param from the records that refer to it; their bundles should contain it
   */
  function missing(key: Key, from: ReadonlySet<Key>): Missing {
    // Bundles of other products are ignored. Otherwise a failure of such a bundle would wrongly make this record
    // undecided.
    const own = [...from].flatMap((each) => known.bundle(each) ?? known.bundlesWith(each));
    const bundles = own.length > 0 ? own : fetched();
    if (bundles.length === 0 || from.size === 0) {
      const instead = 'give its product as the argument "product", or select the record below its product';
      return new PmsError(
        'UPSTREAM_UNSUPPORTED',
        `The upstream can read only products by id, and this service does not know which product this record belongs to: ${instead}.`,
      );
    }
    // The part of an incomplete bundle that was not read may contain the record.
    const isOfKind = ({ resourceType }: FhirResource): boolean => resourceType === typeOf(key);
    const isWhole = ({ state, unidentified }: Bundle): boolean =>
      state.kind === 'complete' && !unidentified?.some(isOfKind);
    const cutBy = bundles.find(({ state }) => isCutAs(state, 'BUDGET', 'TIME'))?.state;
    if (cutBy?.kind === 'cut') return unread(new Spent(cutBy.reason === 'TIME' ? 'TIME' : 'BUDGET'));
    if (!bundles.every(isWhole))
      return new PmsError(
        'UPSTREAM_INCOMPLETE',
        'The records that belong to the product could not be read completely.',
      );
    if (given.isInBundles(typeOf(key))) return 'unseen';
    return new PmsError(
      'UPSTREAM_UNSUPPORTED',
      'An upstream record refers to this record, but the upstream does not return it.',
    );
  }
}

function isProduct(key: Key): boolean {
  return typeOf(key) === productType;
}
