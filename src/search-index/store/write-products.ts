/** Writes whole products, inside a transaction. */
import { hash } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import type { ProductRows } from './index-store.js';
import { among, listOf, plain, rowsOf, tokenText } from './listed.js';
import { packShape } from './packed-shapes.js';
import type { Tables } from './tables.js';
import { bytesOf, countBytes } from './size.js';
import { readBefore, recordChanges } from './write-changes.js';

interface Numbered {
  readonly number: number;
  readonly product: ProductRows;
}

/**
 * Writes products, except those of which the index has a newer copy, and records their changes.
 * @param now milliseconds since 1970; a stored copy with a later time was written by a wrong clock, and any copy
 * replaces it
 * @returns the number of products that were written
 */
export async function writeProducts(
  db: Transaction<Tables>,
  products: readonly ProductRows[],
  now: number,
): Promise<number> {
  const newest = newestOfEach(products);
  const before = await readBefore(
    db,
    newest.map(({ id }) => plain(id)),
  );
  const isKnown = ({ id }: ProductRows): boolean => before.has(plain(id));
  const numbered = [
    ...(await replaceProducts(db, newest.filter(isKnown), now)),
    ...(await addProducts(
      db,
      newest.filter((product) => !isKnown(product)),
    )),
  ];
  if (numbered.length === 0) return 0;
  const numbers = numbered.map(({ number }) => number);
  const bytesBefore = await bytesOf(db, numbers);
  for (const table of ['told', 'token', 'own', 'rest'] as const)
    await db
      .deleteFrom(table)
      .where(sql<boolean>`product ${among(db, numbers)}`)
      .execute();
  for (const { number, product } of numbered) await writeBytes(db, number, product);
  await countBytes(db, (await bytesOf(db, numbers)) - bytesBefore);
  await writeTold(db, numbered);
  await writeTokens(db, numbered);
  await recordChanges(db, numbered, before, now);
  return numbered.length;
}

function newestOfEach(products: readonly ProductRows[]): readonly ProductRows[] {
  const newest = new Map<string, ProductRows>();
  for (const product of products) {
    const id = plain(product.id);
    const other = newest.get(id);
    if (other === undefined || product.asOf >= other.asOf) newest.set(id, product);
  }
  return [...newest.values()];
}

/** The columns of products that are written, in the order of the table's columns. */
function columnsOf(products: readonly ProductRows[]): readonly (readonly (number | string | null)[])[] {
  return products.map(({ id, asOf, versionId, lastUpdated, state, rest }) => [
    plain(id),
    asOf,
    versionId === undefined ? null : plain(versionId),
    lastUpdated === undefined ? null : plain(lastUpdated),
    state,
    rest === undefined ? 0 : 1,
  ]);
}

interface WrittenRow {
  readonly number: number;
  readonly id: string;
}

function numberedBy(written: readonly WrittenRow[], products: readonly ProductRows[]): readonly Numbered[] {
  const numbers = new Map(written.map(({ number, id }) => [id, number]));
  return products.flatMap((product) => {
    const number = numbers.get(plain(product.id));
    return number === undefined ? [] : [{ number, product }];
  });
}

/**
 * Replaces rows of the table `product`. Returns the written products; those with a newer copy are left out. An insert
 * with `on conflict do update` would consume a number for each product.
 */
async function replaceProducts(
  db: Transaction<Tables>,
  products: readonly ProductRows[],
  now: number,
): Promise<readonly Numbered[]> {
  if (products.length === 0) return [];
  const { rows } = await sql<WrittenRow>`
    update product set as_of = cast(each.value ->> 1 as bigint), version_id = each.value ->> 2,
      last_updated = each.value ->> 3, state = each.value ->> 4, detailed = cast(each.value ->> 5 as integer)
    from ${rowsOf(db, columnsOf(products))}
    where product.id = each.value ->> 0
      and (cast(each.value ->> 1 as bigint) >= product.as_of or product.as_of > ${now})
    returning number, id`.execute(db);
  return numberedBy(rows, products);
}

async function addProducts(
  db: Transaction<Tables>,
  products: readonly ProductRows[],
): Promise<readonly Numbered[]> {
  if (products.length === 0) return [];
  const { rows } = await sql<WrittenRow>`
    insert into product (id, as_of, version_id, last_updated, state, detailed)
    select value ->> 0, cast(value ->> 1 as bigint), value ->> 2, value ->> 3, value ->> 4,
      cast(value ->> 5 as integer)
    from ${rowsOf(db, columnsOf(products))} order by key
    returning number, id`.execute(db);
  return numberedBy(rows, products);
}

async function writeBytes(
  db: Transaction<Tables>,
  number: number,
  { own, rest }: ProductRows,
): Promise<void> {
  await db.insertInto('own').values({ product: number, bytes: own }).execute();
  if (rest !== undefined) await db.insertInto('rest').values({ product: number, bytes: rest }).execute();
}

async function writeTold(db: Transaction<Tables>, numbered: readonly Numbered[]): Promise<void> {
  const textOf = createTexts();
  const told = numbered.flatMap(({ number, product }) =>
    product.rows.map(({ part, shape, record }) => ({ text: textOf(part, shape), number, record })),
  );
  const numbers = await numberShapes(db, new Map(told.map(({ text }) => [text.key, text])));
  const rows = told.flatMap(({ text, number, record }) => {
    const shape = numbers.get(text.key);
    return shape === undefined ? [] : [[shape, number, record]];
  });
  await sql`
    insert into told (shape, product, record)
    select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint)
    from ${rowsOf(db, rows)} where true on conflict do nothing`.execute(db);
}

interface ShapeText {
  readonly key: string;
  readonly part: string;
  readonly hash: string;
  readonly shape: string;
}

/** Returns a function that hashes texts. It caches the hashes, because records often have the same content. */
function createTexts(): (part: string, shape: string) => ShapeText {
  const texts = new Map<string, ShapeText>();
  return (part, given) => {
    const before = texts.get(keyOf(part, given));
    if (before) return before;
    const shape = plain(given);
    const told = { part: plain(part), hash: hashOf(shape), shape };
    const text = { ...told, key: keyOf(told.part, told.hash) };
    texts.set(keyOf(part, given), text);
    return text;
  };
}

/** Returns 128 bits of a hash. Two different shapes practically never have the same hash. */
function hashOf(shape: string): string {
  return hash('sha256', shape, 'base64url').slice(0, 22);
}

/** Joins the part and the hash with NUL, which no text contains. */
function keyOf(part: string, hash: string): string {
  return `${part}\0${hash}`;
}

/**
 * Returns the numbers of shapes, and adds new shapes. Existing shapes are looked up first, because `on conflict do
 * nothing` would consume a number for each of them.
 */
async function numberShapes(
  db: Transaction<Tables>,
  shapes: ReadonlyMap<string, ShapeText>,
): Promise<ReadonlyMap<string, number>> {
  const named = [...shapes.values()].map(({ part, hash: own }) => [part, own]);
  const { rows } = await sql<{ readonly numbers: string }>`
    select ${listOf(db, sql`number`)} as numbers from (
      select shape.number from ${rowsOf(db, named)}
      left join shape on shape.part = each.value ->> 0 and shape.hash = each.value ->> 1
      order by each.key
    ) as found`.execute(db);
  const known = JSON.parse(rows[0]?.numbers ?? '[]') as readonly (number | null)[];
  const numbers = new Map<string, number>();
  const missing: ShapeText[] = [];
  for (const [index, [key, text]] of [...shapes].entries()) {
    const number = known[index] ?? undefined;
    if (number === undefined) missing.push(text);
    else numbers.set(key, number);
  }
  for (const { number, part, hash: own } of await addShapes(db, missing))
    numbers.set(keyOf(part, own), number);
  return numbers;
}

async function addShapes(
  db: Transaction<Tables>,
  shapes: readonly ShapeText[],
): Promise<readonly { readonly number: number; readonly part: string; readonly hash: string }[]> {
  if (shapes.length === 0) return [];
  // Most shapes already exist. Only new shapes are compressed.
  const packed = shapes.map(({ part, hash: own, shape }) => [part, own, packShape(shape)]);
  const { rows } = await sql<{ readonly number: number; readonly part: string; readonly hash: string }>`
    insert into shape (part, hash, shape) select value ->> 0, value ->> 1, value ->> 2 from ${rowsOf(db, packed)}
    returning number, part, hash`.execute(db);
  return rows;
}

async function writeTokens(db: Transaction<Tables>, numbered: readonly Numbered[]): Promise<void> {
  const rows = numbered.flatMap(({ number, product }) =>
    product.tokens.map(({ kind, value, record }) => [plain(kind), tokenText(value), number, record]),
  );
  await sql`
    insert into token (kind, value, product, record)
    select value ->> 0, value ->> 1, cast(value ->> 2 as bigint), cast(value ->> 3 as bigint)
    from ${rowsOf(db, rows)} where true on conflict do nothing`.execute(db);
}
