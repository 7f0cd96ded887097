/** Which of the listed products are to be read: those known by name alone first, then those that changed, then old ones. */
import type { SearchIndex } from '../search-index/search-index.js';
import type { HeldRow } from '../search-index/store/index-store.js';
import type { Listing } from './list.js';

export interface Sorted {
  /** Held with what belongs to them, some of them not as they are now. */
  readonly held: ReadonlySet<string>;
  /** In the order in which they are to be read. */
  readonly wanted: readonly string[];
  /** How many the upstream no longer had when they were read. */
  readonly gone: number;
}

/** Products that are looked at in one go. */
const atOnce = 500;

/** @param freshMs milliseconds since it was read that a product is left as it is */
export async function sortOut(
  { ids, changed, asOf }: Pick<Listing, 'ids' | 'changed' | 'asOf'>,
  { index, freshMs }: { readonly index: Pick<SearchIndex, 'rows'>; readonly freshMs: number },
): Promise<Sorted> {
  const held = new Set<string>();
  const [named, other]: [string[], string[]] = [[], []];
  const old: HeldRow[] = [];
  let gone = 0;
  const oldest = Date.now() - freshMs;
  for (const chunk of chunksOf([...ids], atOnce)) {
    const rows = await index.rows(chunk);
    for (const id of chunk) {
      const row = rows.get(id);
      // What came since the listing began is newer than what that says.
      const isNew = row !== undefined && row.asOf >= asOf;
      if (row?.state === 'held' || row?.state === 'suspected') {
        held.add(id);
        if (changed.has(id) && !isNew) other.push(id);
        else if (row.asOf < oldest) old.push(row);
      } else if (row?.state === 'gone' && isNew) gone += 1;
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
