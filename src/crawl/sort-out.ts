/**
 * Selects those listed products that must be read. The order is: products without details in the index, then changed
 * products, then old ones.
 */
import type { SearchIndex } from '../search-index/search-index.js';
import type { HeldRow } from '../search-index/store/index-store.js';
import type { Listing } from './standing.js';

export interface Sorted {
  /** Products that are in the index with their details, perhaps in an older version. */
  readonly held: ReadonlySet<string>;
  /** Products to read, in the order of reading. */
  readonly wanted: readonly string[];
  /** Listed products that do not exist any more, according to a read after the listing began. */
  readonly gone: readonly string[];
}

/** The number of products that are looked up in the index at the same time. */
const atOnce = 500;

/** @param freshMs milliseconds after a product was read, during which it is not read again */
export async function sortOut(
  { ids, changed, asOf }: Pick<Listing, 'ids' | 'changed' | 'asOf'>,
  { index, freshMs }: { readonly index: Pick<SearchIndex, 'rows'>; readonly freshMs: number },
): Promise<Sorted> {
  const held = new Set<string>();
  const [named, other]: [string[], string[]] = [[], []];
  const old: HeldRow[] = [];
  const gone: string[] = [];
  const oldest = Date.now() - freshMs;
  for (const chunk of chunksOf([...ids], atOnce)) {
    const rows = await index.rows(chunk);
    for (const id of chunk) {
      const row = rows.get(id);
      // An index row that was written after the start of the listing is newer than the listing.
      const isNew = row !== undefined && row.asOf >= asOf;
      if (row?.state === 'held' || row?.state === 'suspected') {
        held.add(id);
        if (changed.has(id) && !isNew) other.push(id);
        else if (row.asOf < oldest) old.push(row);
      } else if (row?.state === 'gone' && isNew) gone.push(id);
      else named.push(id);
    }
  }
  old.sort((a, b) => a.asOf - b.asOf);
  return { held, wanted: [...named, ...other, ...old.map(({ id }) => id)], gone };
}

export function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}
