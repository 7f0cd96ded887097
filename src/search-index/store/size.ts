/** Measures the size of the index, and deletes details if the index is too large. */
import { statSync } from 'node:fs';
import { sql, type Kysely, type Transaction } from 'kysely';
import { anyOf } from './listed.js';
import type { Tables } from './tables.js';

/**
 * Returns the bytes of all pages in use. Free pages are not counted, because they are reused before the file grows.
 */
export async function usedBytes(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ readonly bytes: number }>`
    select (page_count - freelist_count) * page_size as bytes
    from pragma_page_count, pragma_freelist_count, pragma_page_size`.execute(db);
  return rows[0]?.bytes ?? 0;
}

/**
 * Maximum size of the journal in bytes. With a large journal, pages that change repeatedly are written to the file
 * only once, which halves the time.
 */
const mostJournalBytes = 32_000_000;

/**
 * Returns which part of a limit for file and journal together is for the journal, in bytes. The rest is for the file.
 */
export function journalBytesOf(maxBytes: number): number {
  return Math.min(mostJournalBytes, Math.floor(maxBytes / 16));
}

/**
 * Returns the current size of the journal in bytes.
 * @param place the path of a file, or `memory`
 */
export function journalBytesAt(place: string): number {
  if (place === 'memory') return 0;
  return statSync(`${place}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

/** The number of products whose details are selected in one step. */
const batch = 200;

/** Deletes the oldest details until at most `maxBytes` are used, or until there are no details left. */
export async function makeRoom(db: Transaction<Tables>, maxBytes: number): Promise<void> {
  for (;;) {
    const excess = (await usedBytes(db)) - maxBytes;
    if (excess <= 0) return;
    const oldest = await db
      .selectFrom('product')
      .innerJoin('rest', 'rest.product', 'product.number')
      .select(['number', sql<number>`length(bytes)`.as('size')])
      .where('detailed', '=', 1)
      .orderBy('as_of')
      .orderBy('number')
      .limit(batch)
      .execute();
    const dropped = firstWithin(oldest, excess);
    if (dropped.length === 0) return;
    await db
      .deleteFrom('rest')
      .where(sql<boolean>`product in ${anyOf(dropped)}`)
      .execute();
    await db
      .updateTable('product')
      .set({ detailed: 0 })
      .where(sql<boolean>`number in ${anyOf(dropped)}`)
      .execute();
  }
}

/** Returns the numbers of the oldest products whose details together have the bytes to free; at least one product. */
function firstWithin(
  oldest: readonly { readonly number: number; readonly size: number }[],
  excess: number,
): readonly number[] {
  let freed = 0;
  let count = 0;
  for (const { size } of oldest) {
    count += 1;
    freed += size;
    if (freed >= excess) break;
  }
  return oldest.slice(0, count).map(({ number }) => number);
}
