/** Caches the `$everything` bundles of products. A bundle contains all lists of a product's details. */
import { typeOf, type Key } from '../graph/key.js';
import type { Age } from './shelf.js';
import { isKeys, recall, type Remembering } from './recall.js';

export interface RememberedBundles {
  /**
   * Copies a product's bundle from this process's cache into `known`. Returns whether `known` now contains the
   * complete bundle.
   */
  recall(product: Key, age: Age): boolean;
  /** Copies bundles and records from the shared cache to this process; undefined without a shared cache. */
  readonly bring:
    | ((products: readonly Key[], records: readonly Key[], age: Age) => Promise<void>)
    | undefined;
  /** Stores the complete bundles of `known`, each once per operation. */
  keep(products: Iterable<Key>): void;
}

export function createRememberedBundles(at: Remembering): RememberedBundles {
  const { memory, known, elementsOf, asOf, onHit } = at;
  const { bring } = memory;
  const kept = new Set<Key>();

  return {
    recall(product, age) {
      const before = known.bundle(product);
      if (before?.state.kind === 'complete') return true;
      const bundle = memory.list<readonly Key[]>(bundleName(product), age);
      const oldest = bundle && recall(at, bundle.list, age, bundle.asOf);
      if (!bundle || !oldest) return false;
      const { list, staleSince } = bundle;
      onHit(oldest);
      kept.add(product);
      known.settleBundle(product, { keys: new Set(list), state: { kind: 'complete' }, staleSince });
      return true;
    },

    bring:
      bring &&
      ((products, records, age) =>
        bring({ lists: products.map(bundleName), isList: isKeys, records, elementsOf, age })),

    keep(products) {
      for (const product of products) {
        const bundle = known.bundle(product);
        if (bundle?.state.kind !== 'complete' || bundle.unidentified?.length || kept.has(product)) continue;
        // The index already stores the bundle, with the time when the upstream sent it.
        if (bundle.isIndexed) continue;
        // A bundle without its product means that the product does not exist. Such an absence is cached for a shorter
        // time.
        if (!bundle.keys.has(product)) continue;
        kept.add(product);
        const keys = [...bundle.keys];
        memory.keepList(bundleName(product), keys, keys, asOf());
      }
    },
  };
}

function bundleName(product: Key): string {
  return `all of ${product}`;
}

const productType = 'MedicinalProductDefinition';

export function isProduct(key: Key): boolean {
  return typeOf(key) === productType;
}
