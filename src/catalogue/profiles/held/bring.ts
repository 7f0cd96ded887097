/** Copies products from the index into the `Known` of one operation. */
import { isPmsError } from '../../../errors.js';
import { resourceKey } from '../../../fhir/reference.js';
import { isSubsetted } from '../../../fhir/subsetted.js';
import type { HeldProduct, OwnRecord, SearchIndex } from '../../../search-index/search-index.js';
import { idOf, keyOf, type Key } from '../../graph/key.js';
import { complete } from '../../graph/relation.js';
import { isHeld, type Known, type Origin, type Searched } from '../../known/known.js';
import type { Whereabouts } from '../../upstream/whereabouts.js';
import { recordToken } from './tokens.js';

/**
 * Copies products with their details from the index. Returns the products that have a bundle in `Known` afterwards,
 * including those that had one before.
 * @param mostMs maximum age in milliseconds
 * @default `maxAgeMs`, the limit while the upstream is available
 */
export type BringProducts = (products: readonly Key[], mostMs?: number) => Promise<ReadonlySet<Key>>;

/**
 * Copies the product records that an index search has found, whatever their age. Their details are much larger, so
 * they are copied only when a later step reads them.
 */
export type BringRows = (products: readonly Key[]) => Promise<void>;

/** Returns the products that records of the index belong to. Records that are not in the index are left out. */
export type FindOwners = (records: readonly Key[]) => Promise<ReadonlyMap<Key, Key>>;

/** The access of one operation to the index. */
export interface Bringing {
  readonly bring: BringProducts;
  readonly bringRows: BringRows;
  readonly ownersOf: FindOwners;
}

/**
 * Returns which referenced records of an indexed product do not exist, if the product was read by searches; undefined
 * if it was read by `$everything`.
 */
export function searchedOf({ searched }: Pick<HeldProduct, 'searched'>): Searched | undefined {
  return searched && { absent: new Set(searched.absent) };
}

/** The access to an empty index. */
export const bringNothing: Bringing = {
  bring: async () => new Set(),
  bringRows: async () => {},
  ownersOf: async () => new Map(),
};

export interface BringOptions {
  readonly index: Pick<SearchIndex, 'products' | 'owns' | 'owners'>;
  readonly known: Known;
  readonly whereabouts: Whereabouts;
  /**
   * Milliseconds after an indexed product was read from the upstream, during which it counts as fresh (`freshMs`) and
   * is used while the upstream is available (`maxAgeMs`).
   */
  readonly freshMs: number;
  readonly maxAgeMs: number;
  /** Called for each product that the index supplied, with the time when the upstream sent it. */
  readonly onHit: (asOf: Date) => void;
  /** Called with products of the index that are no longer fresh. */
  readonly onStale?: ((products: readonly Key[]) => void) | undefined;
}

export function createBringing({
  index,
  known,
  whereabouts,
  freshMs,
  maxAgeMs,
  onHit,
  onStale,
}: BringOptions): Bringing {
  /** The products that an index search has found. */
  const rows = new Set<Key>();

  /** Treats an index that fails as an empty index. */
  async function orNothing<Found>(
    look: () => Promise<ReadonlyMap<string, Found>>,
  ): Promise<ReadonlyMap<string, Found>> {
    try {
      return await look();
    } catch (error) {
      if (isPmsError(error)) return new Map();
      throw error;
    }
  }

  function take(product: Key, held: HeldProduct, isFresh: boolean): void {
    const { url, asOf, records, unidentified } = held;
    const origin: Origin = { url, fetchedAt: asOf, stale: !isFresh, isIndexed: true };
    const keys = new Set(records.map((record) => known.hold(record, origin)));
    known.settleBundle(product, {
      keys,
      unidentified,
      state: complete,
      isIndexed: true,
      staleSince: isFresh ? undefined : asOf,
      searched: searchedOf(held),
    });
    whereabouts.note(product, keys);
    onHit(asOf);
  }

  const bring: BringProducts = async (products, mostMs = maxAgeMs) => {
    const wanted = products.filter((product) => !known.bundle(product));
    if (wanted.length > 0) {
      const found = await orNothing<HeldProduct>(() => index.products(wanted.map(idOf)));
      const now = Date.now();
      const stale: Key[] = [];
      for (const product of wanted) {
        const each = found.get(idOf(product));
        const ageMs = each ? now - each.asOf.getTime() : Number.POSITIVE_INFINITY;
        // A concurrent call may have copied the product already.
        if (!each || known.bundle(product)) continue;
        if (ageMs > mostMs && !rows.has(product)) continue;
        take(product, each, ageMs < freshMs);
        if (ageMs >= freshMs) stale.push(product);
      }
      if (stale.length > 0) onStale?.(stale);
    }
    return new Set(products.filter((product) => known.bundle(product)));
  };

  const bringRows: BringRows = async (products) => {
    for (const product of products) rows.add(product);
    const wanted = products.filter((product) => !isHeld(known.reading(product)));
    if (wanted.length === 0) return;
    const found = await orNothing<OwnRecord>(() => index.owns(wanted.map(idOf)));
    const now = Date.now();
    const stale: Key[] = [];
    for (const { record, asOf, isRead } of found.values()) {
      if (isSubsetted(record)) continue;
      const isFresh = isRead && now - asOf.getTime() < freshMs;
      const product = known.hold(record, {
        url: keyOf(record),
        fetchedAt: asOf,
        stale: !isFresh,
        isIndexed: true,
      });
      if (!isRead) continue;
      onHit(asOf);
      if (!isFresh) stale.push(product);
    }
    if (stale.length > 0) onStale?.(stale);
  };

  return {
    bring,
    bringRows,
    async ownersOf(records) {
      if (records.length === 0) return new Map();
      const owners = await orNothing<string>(() => index.owners(recordToken, records));
      return new Map([...owners].map(([key, id]) => [key, resourceKey('MedicinalProductDefinition', id)]));
    },
  };
}
