/** Brings held products into what one operation knows. */
import { isPmsError } from '../../../errors.js';
import { resourceKey } from '../../../fhir/reference.js';
import type { HeldProduct, OwnRecord, SearchIndex } from '../../../search-index/search-index.js';
import { idOf, keyOf, type Key } from '../../graph/key.js';
import { complete } from '../../graph/relation.js';
import { isHeld, type Known, type Origin, type Searched } from '../../known/known.js';
import type { Whereabouts } from '../../upstream/whereabouts.js';
import { isSubsetted } from './tell-named.js';
import { recordToken } from './tokens.js';

/**
 * Holds products with all that belongs to them; returns those that are known so afterwards, from here or before.
 * @param mostMs milliseconds since they were read, at most. @default as long as they are used while the upstream answers
 */
export type BringProducts = (products: readonly Key[], mostMs?: number) => Promise<ReadonlySet<Key>>;

/**
 * Holds the own records of products that the index itself has found, however old, and takes what belongs to them from it
 * as well, once that is asked for: it is many times as long.
 */
export type BringRows = (products: readonly Key[]) => Promise<void>;

/** Finds the products that held records belong to; those that are not held are left out. */
export type FindOwners = (records: readonly Key[]) => Promise<ReadonlyMap<Key, Key>>;

/** What one operation has of the index. */
export interface Bringing {
  readonly bring: BringProducts;
  readonly bringRows: BringRows;
  readonly ownersOf: FindOwners;
}

/** What is held of a product that was found by searches; undefined for a `$everything`. */
export function searchedOf({ searched }: Pick<HeldProduct, 'searched'>): Searched | undefined {
  return searched && { absent: new Set(searched.absent) };
}

/** Where nothing is held. */
export const bringNothing: Bringing = {
  bring: async () => new Set(),
  bringRows: async () => {},
  ownersOf: async () => new Map(),
};

export interface BringOptions {
  readonly index: Pick<SearchIndex, 'products' | 'owns' | 'owners'>;
  readonly known: Known;
  readonly whereabouts: Whereabouts;
  /** Milliseconds since it was read that a product counts as fresh, and that it is used while the upstream answers. */
  readonly freshMs: number;
  readonly maxAgeMs: number;
  /** Told of each product that needs no request, and when it was read. */
  readonly onHit: (asOf: Date) => void;
  /** Told of products that are no longer fresh. */
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
  /** Found by the index itself. */
  const rows = new Set<Key>();

  /** An index that does not answer holds nothing. */
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
        // Several may bring it at once.
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
