/** Measures the size of the index, and deletes details if the index is too large. */
import { statSync } from 'node:fs';
import { sql, type Kysely, type Transaction } from 'kysely';
import { among, isPostgres } from './listed.js';
import type { Tables } from './tables.js';

/**
 * Returns the bytes that the index uses. In SQLite these are all pages in use. Free pages are not counted, because they
 * are reused before the file grows. PostgreSQL does not tell which pages are free, so the bytes of records are counted
 * when they are written and deleted, and added to the size of the other tables.
 */
export async function usedBytes(db: Kysely<Tables>): Promise<number> {
  if (isPostgres(db)) {
    const { rows } = await sql<{ readonly bytes: number }>`
      select cast((select value from meta where name = 'bytes') as bigint)
        + (select sum(pg_total_relation_size(oid)) from pg_class
          where relnamespace = to_regnamespace(current_schema()) and relkind = 'r'
            and relname not in ('own', 'rest')) as bytes`.execute(db);
    return Number(rows[0]?.bytes);
  }
  const { rows } = await sql<{ readonly bytes: number }>`
    select (page_count - freelist_count) * page_size as bytes
    from pragma_page_count, pragma_freelist_count, pragma_page_size`.execute(db);
  return rows[0]?.bytes ?? 0;
}

/** Returns the bytes of the records of some products. SQLite counts its pages instead, so there it is always 0. */
export async function bytesOf(db: Transaction<Tables>, products: readonly number[]): Promise<number> {
  if (!isPostgres(db)) return 0;
  const { rows } = await sql<{ readonly bytes: string }>`
    select coalesce((select sum(length(bytes)) from own where product ${among(db, products)}), 0)
      + coalesce((select sum(length(bytes)) from rest where product ${among(db, products)}), 0) as bytes`.execute(
    db,
  );
  return Number(rows[0]?.bytes);
}

/** Adds a number to the counted bytes of all records. */
export async function countBytes(db: Transaction<Tables>, added: number): Promise<void> {
  if (added === 0) return;
  await sql`
    update meta set value = cast(cast(value as bigint) + ${added} as text) where name = 'bytes'`.execute(db);
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
    const before = await bytesOf(db, dropped);
    await db
      .deleteFrom('rest')
      .where(sql<boolean>`product ${among(db, dropped)}`)
      .execute();
    await countBytes(db, (await bytesOf(db, dropped)) - before);
    await db
      .updateTable('product')
      .set({ detailed: 0 })
      .where(sql<boolean>`number ${among(db, dropped)}`)
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
