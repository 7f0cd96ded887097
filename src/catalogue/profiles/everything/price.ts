/**
 * Computes how many requests the profile `everything` needs: one bundle per product, and searches for records outside
 * the bundles.
 */
import { typeOf, type Key } from '../../graph/key.js';
import { single, type Foreseen, type Measures, type Population } from '../foreseen.js';
import { priceOf } from '../price.js';
import type { Pricing } from '../profile.js';

/**
 * The number of pages that is allowed for a bundle before the first bundle was read, or after a bundle was longer
 * than forecast.
 */
const unknownBundlePages = 100;
const productType = 'MedicinalProductDefinition';

export function priceEverything(measures: Measures, foreseen: Foreseen): Pricing {
  const { figures, productOf } = measures;

  return {
    readsMany: false,

    records({ keys = [], within }, isDeep) {
      const all = within === undefined ? keys : [within, ...keys];
      return all.map((key) => {
        const type = typeOf(key);
        const one = foreseen.population({ name: key, type, usual: 1, most: 1, wave: 1, inHand: true });
        if (type !== productType) {
          if (within === undefined) askWhereabouts(one);
        } else if (isDeep || key === within) askBundles(one);
        else readProduct(key, 0);
        return one;
      });
    },

    found(products, keys, isDeep) {
      const { name, wave, usual, most } = products;
      if (isDeep) askBundles(products);
      // The keys of all parents are known, so each product is read by its key.
      else if (keys.length === most) for (const key of keys) readProduct(key, wave);
      else foreseen.demand(`${productType}?_id`, 'read', wave, name, { ...single, usual, most });
    },

    lookInto: askBundles,

    children(question, parents, share) {
      const isElsewhere = parents.isElsewhere === true && parents.type !== productType;
      if (isElsewhere && question.kind === 'reverse')
        foreseen.demand(question.asks, 'search', parents.wave, parents.name, share);
      else if (!isElsewhere) askBundles(parents);
      return { isElsewhere };
    },

    references(link, type, from) {
      askBundles(from);
      // A product is not in the bundle of another product. So products that records refer to are read one by one.
      return { isElsewhere: from.isElsewhere === true || (link.leadsOut && type === productType) };
    },

    read(found) {
      if (found.isElsewhere) foreseen.read(found);
    },

    price: (demand) => priceOf(demand, measures, { readsOneByOne: true }),
  };

  function readProduct(key: Key, wave: number): void {
    foreseen.demand(key, 'read', wave, key, single);
  }

  function askBundles({ type, usual, most, name }: Population): void {
    if (type !== productType) return;
    const pages = figures.bundlePages;
    // The number of pages differs a lot between bundles.
    const granted = pages === undefined ? unknownBundlePages : pages <= 1 ? 1 : 4 * pages;
    const share = { parents: usual, mostParents: most, usual: usual * (pages ?? 1), most: most * granted };
    foreseen.demand(`${productType}/{id}/$everything`, 'bundle', 0, name, share);
  }

  /**
   * Forecasts the read of a record by its id. The record is read from the bundle of its product, if this process
   * knows the product. If not, the bundle counts as possible, not as needed.
   */
  function askWhereabouts(record: Population): void {
    const product = productOf(record.name);
    const ask = (): void => askBundles({ ...record, type: productType, name: product ?? record.name });
    if (product === undefined) foreseen.spare(ask);
    else ask();
  }
}
