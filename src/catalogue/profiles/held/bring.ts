/** Brings held products into what one operation knows. */
import { isPmsError } from '../../../errors.js';
import { resourceKey } from '../../../fhir/reference.js';
import type { HeldProduct, SearchIndex } from '../../../search-index/search-index.js';
import { idOf, type Key } from '../../graph/key.js';
import { complete } from '../../graph/relation.js';
import type { Known, Origin, Searched } from '../../known/known.js';
import type { Whereabouts } from '../../upstream/whereabouts.js';
import { recordToken } from './tokens.js';

/**
 * Holds products with all that belongs to them; returns those that are known so afterwards, from here or before.
 * @param mostMs milliseconds since they were read, at most. @default as long as they are used while the upstream answers
 */
export type BringProducts = (products: readonly Key[], mostMs?: number) => Promise<ReadonlySet<Key>>;

/** Finds the products that held records belong to; those that are not held are left out. */
export type FindOwners = (records: readonly Key[]) => Promise<ReadonlyMap<Key, Key>>;

/** What one operation has of the index. */
export interface Bringing {
  readonly bring: BringProducts;
  readonly ownersOf: FindOwners;
}

/** What is held of a product that was found by searches; undefined for a `$everything`. */
export function searchedOf({ searched }: Pick<HeldProduct, 'searched'>): Searched | undefined {
  return searched && { absent: new Set(searched.absent) };
}

/** Where nothing is held. */
export const bringNothing: Bringing = { bring: async () => new Set(), ownersOf: async () => new Map() };

export interface BringOptions {
  readonly index: Pick<SearchIndex, 'products' | 'owners'>;
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
        if (!each || ageMs > mostMs || known.bundle(product)) continue;
        take(product, each, ageMs < freshMs);
        if (ageMs >= freshMs) stale.push(product);
      }
      if (stale.length > 0) onStale?.(stale);
    }
    return new Set(products.filter((product) => known.bundle(product)));
  };

  return {
    bring,
    async ownersOf(records) {
      if (records.length === 0) return new Map();
      const owners = await orNothing<string>(() => index.owners(recordToken, records));
      return new Map([...owners].map(([key, id]) => [key, resourceKey('MedicinalProductDefinition', id)]));
    },
  };
}
