/**
 * Maps each record to a product whose `$everything` bundle contained it. Some upstreams can read only products by id.
 * There, a record is found again through its product. An entry needs only a few bytes, so it is stored much longer
 * than the record.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isFhirId } from '../../fhir/reference.js';
import { entryKey as placeIn, type Store } from '../../store/store.js';
import { idOf, isOfType, type Key } from '../graph/key.js';

export interface Whereabouts {
  /** Returns the product of a record, if this process has stored it. */
  of(key: Key): Key | undefined;
  /**
   * Returns the products of records, if any replica has stored them. Records without a stored product are left out.
   */
  find(keys: readonly Key[]): Promise<ReadonlyMap<Key, Key>>;
  /** Stores the product of the records in its `$everything` bundle. */
  note(product: Key, keys: Iterable<Key>): void;
  /** Removes a record that is no longer in the product's `$everything` bundle. */
  forget(product: Key, key: Key): void;
  /** Resolves when all entries have been written to the shared store. */
  settled(): Promise<void>;
}

export interface WhereaboutsOptions {
  /** The store that all replicas share; undefined if there is only one process. */
  readonly store?: Store | undefined;
  /** Base URL of the upstream. */
  readonly base: string;
  /** Maximum number of records mapped in this process. @default 100000 */
  readonly most?: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

interface Seen {
  readonly product: Key;
  /** When the entry was last written to the store. */
  readonly toldAt: number;
}

const day = 24 * 3_600_000;
/** How long the store keeps an entry, in milliseconds. */
const keepMs = 180 * day;
/**
 * Milliseconds after which an entry is written again when its record is read. A store that failed may have lost the
 * entry.
 */
const renewMs = day;
/** The number of entries written at the same time. With more, a busy store would look like one that is down. */
const atOnce = 50;
const productType = 'MedicinalProductDefinition';

export function createWhereabouts({
  store,
  base,
  most = 100_000,
  now = () => Date.now(),
}: WhereaboutsOptions): Whereabouts {
  // `maxSize` limits the cache. With `max`, the cache would allocate memory for all entries at once.
  const seen = new LRUCache<Key, Seen>({ maxSize: most, sizeCalculation: () => 1 });
  const area = `whereabouts-${createHash('sha256').update(base).digest('hex').slice(0, 8)}`;
  const placeOf = (key: Key): string => placeIn(area, [key], 'product');
  let waiting = new Map<Key, Key>();
  let writing: Promise<unknown> = Promise.resolve();

  async function look(key: Key): Promise<Key | undefined> {
    const entry = await store?.get(placeOf(key));
    const product = entry?.value.toString('utf8');
    // The value is checked, because another program may have written it.
    if (product === undefined || !isOfType(product, productType) || !isFhirId(idOf(product)))
      return undefined;
    seen.set(key, { product, toldAt: now() });
    return product;
  }

  async function write(): Promise<void> {
    const all = [...waiting];
    waiting = new Map();
    for (let at = 0; at < all.length; at += atOnce)
      await Promise.all(
        all.slice(at, at + atOnce).map(([key, product]) => store?.set(placeOf(key), product, keepMs)),
      );
  }

  return {
    of: (key) => seen.get(key)?.product,
    async find(keys) {
      const found = await Promise.all(
        keys.map(async (key) => [key, seen.get(key)?.product ?? (await look(key))] as const),
      );
      return new Map(found.flatMap(([key, product]) => (product === undefined ? [] : [[key, product]])));
    },
    note(product, keys) {
      const isFirst = waiting.size === 0;
      for (const key of keys) {
        if (isOfType(key, productType)) continue;
        // If a record belongs to several products, it is mapped to one of them.
        const before = seen.get(key);
        if (before && (!store || now() - before.toldAt < renewMs)) continue;
        seen.set(key, { product: before?.product ?? product, toldAt: now() });
        if (store) waiting.set(key, before?.product ?? product);
      }
      if (!isFirst || waiting.size === 0) return;
      // Entries are written after the response of the operation that read the records.
      writing = Promise.all([writing, new Promise(setImmediate).then(write)]);
    },
    forget(product, key) {
      seen.delete(key);
      waiting.delete(key);
      void store?.deleteIf(placeOf(key), product);
    },
    async settled() {
      await writing;
    },
  };
}
