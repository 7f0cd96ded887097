/** Reads rows. A long list is read as one JSON text, which takes SQLite a fifth of the time for single rows. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type {
  FirstToken,
  HeldDetails,
  HeldOwn,
  HeldRow,
  ProductState,
  Shape,
  TokenCount,
  ContentShapes,
} from './index-store.js';
import { among, listOf, plain, rowsOf, tokenText } from './listed.js';
import type { Tables } from './tables.js';

type Db = Kysely<Tables>;

export async function readShapes(db: Db, part: string, after: number): Promise<readonly Shape[]> {
  const shapes = await db
    .selectFrom('shape')
    .select(['number', 'shape'])
    .where('part', '=', plain(part))
    .where('number', '>', after)
    .orderBy('number')
    .execute();
  return shapes.map(({ number, shape }) => ({ number, shape }));
}

export async function readPostings(db: Db, part: string, shapes: readonly number[]): Promise<Int32Array> {
  const { rows } = await sql<{ readonly products: string; readonly records: string }>`
    select ${listOf(db, sql`product`)} as products, ${listOf(db, sql`record`)} as records from told
    where shape in (select number from shape where number ${among(db, shapes)} and part = ${plain(part)})`.execute(
    db,
  );
  const [products = [], records = []] = columnsOf(rows[0]?.products, rows[0]?.records);
  return flatPairs(products, records);
}

export async function readShapeCounts(db: Db, part: string): Promise<Int32Array> {
  const { rows } = await sql<{ readonly numbers: string; readonly products: string }>`
    select ${listOf(db, sql`number`)} as numbers, ${listOf(db, sql`products`)} as products from (
      select number, (select count(distinct product) from told where told.shape = shape.number) as products
      from shape where part = ${plain(part)} order by number
    ) as counted where products > 0`.execute(db);
  const [numbers = [], products = []] = columnsOf(rows[0]?.numbers, rows[0]?.products);
  const pairs = new Int32Array(numbers.length * 2);
  for (const [index, number] of numbers.entries()) {
    pairs[index * 2] = number;
    pairs[index * 2 + 1] = products[index] ?? 0;
  }
  return pairs;
}

export async function readShapesOf(db: Db, numbers: readonly number[]): Promise<readonly Shape[]> {
  return db
    .selectFrom('shape')
    .select(['number', 'shape'])
    .where(sql<boolean>`number ${among(db, numbers)}`)
    .orderBy('number')
    .execute();
}

function columnsOf(...texts: readonly (string | undefined)[]): readonly (readonly number[])[] {
  return texts.map((text) => (text === undefined ? [] : (JSON.parse(text) as readonly number[])));
}

/** A number that is higher than the number of records of any product. */
const mostRecords = 2 ** 21;

/** Returns pairs of product and record, sorted. A record that has several of the shapes is returned once. */
function flatPairs(products: readonly number[], records: readonly number[]): Int32Array {
  const keys = Float64Array.from(
    products,
    (product, index) => product * mostRecords + (records[index] ?? 0),
  ).sort();
  const pairs = new Int32Array(keys.length * 2);
  let length = 0;
  let last = -1;
  for (const key of keys) {
    if (key === last) continue;
    last = key;
    pairs[length] = Math.floor(key / mostRecords);
    pairs[length + 1] = key % mostRecords;
    length += 2;
  }
  return length === pairs.length ? pairs : pairs.slice(0, length);
}

export async function readTokens(db: Db, kind: string, values: readonly string[]): Promise<Int32Array> {
  return triplesOf(
    db,
    sql`select token.product as a, token.record as b, each.key as c
      from ${rowsOf(
        db,
        values.map((value) => [tokenText(value)]),
      )}
      cross join token where token.kind = ${plain(kind)} and token.value = each.value ->> 0`,
  );
}

/** @param values the beginnings of the tokens to read */
export async function readTokensFrom(db: Db, kind: string, values: readonly string[]): Promise<Int32Array> {
  return triplesOf(
    db,
    sql`select token.product as a, token.record as b, each.key as c
      from ${rowsOf(
        db,
        values.map((value) => [plain(value), `${plain(value)}${lastCharacter}`]),
      )}
      cross join token where token.kind = ${plain(kind)}
        and token.value >= each.value ->> 0 and token.value < each.value ->> 1`,
  );
}

/**
 * Jumps from one value to the next in the database index. So a value that many products have takes no longer than
 * others.
 */
export async function readValuesFrom(
  db: Db,
  kind: string,
  beginning: string,
  most: number,
): Promise<readonly FirstToken[]> {
  const [from, to, of] = [plain(beginning), `${plain(beginning)}${lastCharacter}`, plain(kind)];
  const { rows } = await sql<Omit<FirstToken, 'isAlone'> & { readonly others: number }>`
    with recursive each(value, place) as (
      select min(value), 1 from token where kind = ${of} and value >= ${from} and value < ${to}
      union all
      select (select min(value) from token where kind = ${of} and value > each.value and value < ${to}), place + 1
      from each where each.value is not null and place < ${most}
    ), firsts as (
      select value, (select min(product) from token where kind = ${of} and value = each.value) as product
      from each where value is not null
    )
    select value, product,
      (select min(record) from token where kind = ${of} and value = firsts.value and product = firsts.product) as record,
      case when exists(
        select 1 from token where kind = ${of} and value = firsts.value and product > firsts.product
      ) then 1 else 0 end as others
    from firsts order by value`.execute(db);
  return rows.map(({ value, product, record, others }) => ({
    value,
    product,
    record,
    isAlone: others === 0,
  }));
}

export async function readValues(db: Db, kind: string): Promise<readonly TokenCount[]> {
  const rows = await db
    .selectFrom('token')
    .select(({ fn }) => ['value', 'record', fn.countAll<number>().as('products')])
    .where('kind', '=', plain(kind))
    .groupBy(['value', 'record'])
    .orderBy('value')
    .orderBy('record')
    .execute();
  return rows;
}

const lastCharacter = '\u{10FFFF}';

export async function readTold(
  db: Db,
  part: string,
  products: readonly number[],
  isKnown: (shape: number) => boolean = () => false,
): Promise<ContentShapes> {
  const told = await triplesOf(
    db,
    // The part is compared last. A join would let PostgreSQL begin with all shapes of the part.
    sql`select told.product as a, told.record as b, told.shape as c from told
      where told.product ${among(db, products)}
        and (select part from shape where shape.number = told.shape) = ${plain(part)}`,
  );
  const numbers = new Set<number>();
  for (let at = 2; at < told.length; at += 3) {
    const number = told[at] ?? 0;
    if (!isKnown(number)) numbers.add(number);
  }
  if (numbers.size === 0) return { told, shapes: [] };
  return { told, shapes: await readShapesOf(db, [...numbers]) };
}

/** @param triples a statement that selects `a`, `b` and `c` */
async function triplesOf(db: Db, triples: RawBuilder<unknown>): Promise<Int32Array> {
  const { rows } = await sql<{ readonly as: string; readonly bs: string; readonly cs: string }>`
    select ${listOf(db, sql`a`)} as "as", ${listOf(db, sql`b`)} as bs, ${listOf(db, sql`c`)} as cs
    from (${triples} order by 1, 2, 3) as triples`.execute(db);
  const [as = [], bs = [], cs = []] = columnsOf(rows[0]?.as, rows[0]?.bs, rows[0]?.cs);
  const all = new Int32Array(as.length * 3);
  for (const [index, a] of as.entries()) {
    all[index * 3] = a;
    all[index * 3 + 1] = bs[index] ?? 0;
    all[index * 3 + 2] = cs[index] ?? 0;
  }
  return all;
}

export async function readNumbers(db: Db, state: ProductState | undefined): Promise<Int32Array> {
  const { rows } = await sql<{ readonly numbers: string }>`
    select ${listOf(db, sql`number`)} as numbers from (
      select number from product ${state === undefined ? sql`` : sql`where state = ${state}`} order by number
    ) as numbered`.execute(db);
  const [numbers = []] = columnsOf(rows[0]?.numbers);
  return Int32Array.from(numbers);
}

const heldColumns = ['number', 'id', 'as_of', 'state', 'version_id', 'last_updated'] as const;

/**
 * Returns the rows of products in the order of `values`.
 * @param column the column that contains the values
 */
export async function readHeld<Column extends 'number' | 'id'>(
  db: Db,
  column: Column,
  values: readonly (Column extends 'id' ? string : number)[],
): Promise<readonly HeldRow[]> {
  const asked = values.map((value) => (typeof value === 'string' ? plain(value) : value));
  const rows = await db
    .selectFrom('product')
    .select(heldColumns)
    .where(sql<boolean>`${sql.ref(column)} ${among(db, asked)}`)
    .execute();
  const found = new Map<string | number, HeldRow>(
    rows.map(({ number, id, as_of, state, version_id, last_updated }) => [
      column === 'id' ? id : number,
      {
        number,
        id,
        asOf: as_of,
        state,
        versionId: version_id ?? undefined,
        lastUpdated: last_updated ?? undefined,
      },
    ]),
  );
  return [...new Set(asked)].flatMap((value) => found.get(value) ?? []);
}

export async function readOwns(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, HeldOwn>> {
  const rows = await db
    .selectFrom('product')
    .innerJoin('own', 'own.product', 'product.number')
    .select(['id', 'as_of', 'state', 'bytes'])
    .where(sql<boolean>`id ${among(db, ids.map(plain))}`)
    .execute();
  return new Map(rows.map(({ id, as_of, state, bytes }) => [id, { own: bytes, asOf: as_of, state }]));
}

export async function readDetails(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, HeldDetails>> {
  const rows = await db
    .selectFrom('product')
    .innerJoin('own', 'own.product', 'product.number')
    .leftJoin('rest', 'rest.product', 'product.number')
    .select(['id', 'as_of', 'own.bytes as own', 'rest.bytes as rest'])
    .where(sql<boolean>`id ${among(db, ids.map(plain))}`)
    .execute();
  return new Map(rows.map(({ id, as_of, own, rest }) => [id, { own, rest: rest ?? undefined, asOf: as_of }]));
}
