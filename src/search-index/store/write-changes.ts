/** Records the changes of products, in the transaction that writes the products. */
import { randomBytes } from 'node:crypto';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { ChangeKind, ChangedPart } from '../changes/change.js';
import { partsThatDiffer, type PartHashes } from '../changes/parts.js';
import type { ProductRows, ProductState } from './index-store.js';
import { among, plain, rowsOf } from './listed.js';
import type { Tables } from './tables.js';

/** What the index had stored about a product before a write. */
interface Before {
  readonly id: string;
  readonly asOf: number;
  readonly state: ProductState;
  readonly parts: PartHashes;
}

/** Returns what is stored about products, by their ids. */
export async function readBefore(
  db: Kysely<Tables>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Before>> {
  const found = await db
    .selectFrom('product')
    .leftJoin('seen', 'seen.product', 'product.number')
    .select(['id', 'as_of', 'state', 'parts'])
    .where(sql<boolean>`id ${among(db, ids)}`)
    .execute();
  return new Map(
    found.map(({ id, as_of: asOf, state, parts }) => [
      id,
      { id, asOf, state, parts: parts === null ? {} : (JSON.parse(parts) as PartHashes) },
    ]),
  );
}

interface Difference {
  readonly kind: ChangeKind;
  readonly parts: readonly ChangedPart[];
}

/** Returns how a product has changed; undefined if the index cannot tell any change. */
function differenceOf(before: Before | undefined, product: ProductRows): Difference | undefined {
  const isGone = product.state === 'gone';
  if (!before || before.state === 'gone') return isGone ? undefined : { kind: 'NEW', parts: [] };
  if (isGone) return { kind: 'GONE', parts: [] };
  // The rows of a stored copy are computed again by another version of this program.
  if (before.asOf === product.asOf) return undefined;
  const parts = partsThatDiffer(before.parts, product.parts);
  return parts.length > 0 ? { kind: 'CHANGED', parts } : undefined;
}

/**
 * Records how products have changed.
 * @param written the products that were written, with their numbers
 * @param now milliseconds since 1970
 */
export async function recordChanges(
  db: Transaction<Tables>,
  written: readonly { readonly number: number; readonly product: ProductRows }[],
  before: ReadonlyMap<string, Before>,
  now: number,
): Promise<void> {
  const seen: (readonly (number | string | null)[])[] = [];
  const changes: (readonly (number | string)[])[] = [];
  for (const { number, product } of written) {
    const difference = differenceOf(before.get(plain(product.id)), product);
    seen.push([number, difference?.kind === 'NEW' ? now : null, JSON.stringify(product.parts)]);
    if (difference) changes.push([number, difference.kind, now, difference.parts.join()]);
  }
  await sql`
    insert into seen (product, first_seen, parts)
    select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), value ->> 2 from ${rowsOf(db, seen)} where true
    on conflict (product) do update
    set parts = excluded.parts, first_seen = coalesce(seen.first_seen, excluded.first_seen)`.execute(db);
  if (changes.length === 0) return;
  await sql`
    insert into change (product, kind, at, parts)
    select cast(value ->> 0 as bigint), value ->> 1, cast(value ->> 2 as bigint), value ->> 3
    from ${rowsOf(db, changes)} order by key`.execute(db);
}

/** Milliseconds for which changes are kept. */
export const keptMs = 90 * 86_400_000;

/** Of so many bytes of the index, one change is kept. A change takes about 64 bytes, so all take a sixteenth. */
const bytesForChange = 1_024;

/**
 * Deletes changes that are too old, and the oldest changes if there are too many. Notes which changes are deleted, so
 * that clients that have not read them are told.
 * @param now milliseconds since 1970
 * @param maxBytes maximum size of the index in bytes
 */
export async function forgetChanges(db: Transaction<Tables>, now: number, maxBytes: number): Promise<void> {
  const most = Math.floor(maxBytes / bytesForChange);
  // The plus signs make SQLite read the range of the condition. For a plain maximum it would read the whole table, from
  // its end on, until a row meets the condition.
  const { rows } = await sql<{ readonly last: number | null }>`
    select max(last) as last from (
      select max(+number) as last from change where at < ${now - keptMs}
      union all select max(number) - ${most} from change
    ) as lasts`.execute(db);
  const last = rows[0]?.last ?? 0;
  const deleted = await db
    .selectFrom('change')
    .select(sql<number | null>`max(+at)`.as('at'))
    .where('number', '<=', last)
    .executeTakeFirstOrThrow();
  if (deleted.at === null) return;
  await db.deleteFrom('change').where('number', '<=', last).execute();
  // A client that has read the list until this time may not have read the deleted changes.
  await setMeta(db, { changes_forgotten: last, changes_since: deleted.at + 1 });
}

/**
 * Begins the list of changes anew, under another handle. Numbers of changes are not reused.
 * @param now milliseconds since 1970
 */
export async function beginChanges(db: Transaction<Tables>, now: number): Promise<void> {
  const last = await db
    .selectFrom('change')
    .select(sql<number | null>`max(number)`.as('number'))
    .executeTakeFirstOrThrow();
  for (const table of ['change', 'seen'] as const) await db.deleteFrom(table).execute();
  const handle = randomBytes(9).toString('base64url');
  await setMeta(db, { changes_handle: handle, changes_since: now });
  if (last.number !== null) await setMeta(db, { changes_forgotten: last.number });
}

async function setMeta(
  db: Transaction<Tables>,
  values: Readonly<Record<string, string | number>>,
): Promise<void> {
  for (const [name, value] of Object.entries(values))
    await sql`
      insert into meta (name, value) values (${name}, ${String(value)})
      on conflict (name) do update set value = excluded.value`.execute(db);
}
