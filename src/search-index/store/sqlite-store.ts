/** The store of the index in one SQLite database. */
import { sql, type Kysely, type Transaction } from 'kysely';
import { PmsError } from '../../errors.js';
import type { IndexStatus, IndexStore } from './index-store.js';
import { plain } from './listed.js';
import { unpackShapes } from './packed-shapes.js';
import { readChanges } from './read-changes.js';
import {
  readDetails,
  readHeld,
  readNumbers,
  readOwns,
  readPostings,
  readShapeCounts,
  readShapes,
  readShapesOf,
  readTold,
  readTokens,
  readTokensFrom,
  readValues,
  readValuesFrom,
} from './read-rows.js';
import { journalBytesAt, makeRoom, usedBytes } from './size.js';
import { faultOf, type SqliteFault } from './sqlite.js';
import type { Tables } from './tables.js';
import { checkTime } from '../time-limit.js';
import { beginChanges, forgetChanges } from './write-changes.js';
import { writeProducts } from './write-products.js';

export interface SqliteStoreOptions {
  readonly db: Kysely<Tables>;
  readonly access: IndexStatus['access'];
  readonly place: string;
  readonly because: string | undefined;
  readonly maxBytes: number;
  readonly now: () => number;
  /** Whether the file at the path is still the file that was opened. */
  readonly isThere: () => boolean;
  readonly close: () => void;
}

/** Creates a store over a database whose tables are up to date. */
export function createSqliteStore(options: SqliteStoreOptions): IndexStore {
  const { db, access, maxBytes, now, isThere } = options;
  let isClosed = false;

  async function reading<Result>(read: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    if (isClosed) throw unavailable('The index is closed.');
    checkTime();
    try {
      return await read(db);
    } catch (cause) {
      throw told(cause);
    }
  }

  /**
   * Checks first whether the file still exists. Only rare calls do this. All other calls use the open file without a
   * check.
   */
  async function looking<Result>(read: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    if (!isClosed && !isThere())
      throw unavailable('The file of the index was removed or replaced. Restart the service.');
    return reading(read);
  }

  async function writing(write: (db: Transaction<Tables>) => Promise<void>): Promise<void> {
    if (access === 'reads') throw unavailable('This process only reads the index.');
    await looking(() => db.transaction().execute(write));
  }

  return {
    async write(products) {
      await writing(async (trx) => {
        if ((await writeProducts(trx, products, now())) === 0) return;
        await forgetChanges(trx, now(), maxBytes);
        await makeRoom(trx, maxBytes);
        await raiseGeneration(trx);
      });
    },
    shapes: async (part, after) => unpackShapes(await reading(() => readShapes(db, part, after))),
    shapeCounts: (part) => reading(() => readShapeCounts(db, part)),
    shapesOf: async (numbers) => unpackShapes(await reading(() => readShapesOf(db, numbers))),
    postings: (part, shapes) => reading(() => readPostings(db, part, shapes)),
    tokens: (kind, values) => reading(() => readTokens(db, kind, values)),
    values: (kind) => reading(() => readValues(db, kind)),
    tokensFrom: (kind, values) => reading(() => readTokensFrom(db, kind, values)),
    valuesFrom: (kind, beginning, most) => reading(() => readValuesFrom(db, kind, beginning, most)),
    async told(part, products, isKnown) {
      const { told, shapes } = await reading(() => readTold(db, part, products, isKnown));
      return { told, shapes: await unpackShapes(shapes) };
    },
    all: (state) => reading(() => readNumbers(db, state)),
    rows: (numbers) => reading(() => readHeld(db, 'number', numbers)),
    byId: (ids) => reading(() => readHeld(db, 'id', ids)),
    owns: (ids) => reading(() => readOwns(db, ids)),
    details: (ids) => reading(() => readDetails(db, ids)),
    changes: (query) => looking((each) => readChanges(each, query)),
    generation: () => looking(readGeneration),
    note: (name, value) => writing((trx) => writeNote(trx, name, value)),
    noted: (name) => reading(() => readNote(db, name)),
    status: () => looking(() => readStatus(options)),
    isSound: () => reading(isSound),
    async purge() {
      await writing((trx) => deleteAll(trx, now()));
      await reading(async () => {
        await sql`vacuum`.execute(db);
        await sql`pragma wal_checkpoint(truncate)`.execute(db);
      });
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      options.close();
    },
  };
}

function unavailable(message: string, cause?: unknown): PmsError {
  return new PmsError('INDEX_UNAVAILABLE', message, { cause });
}

const sentences: Readonly<Record<SqliteFault, string>> = {
  busy: 'Another process has locked the index for too long.',
  damaged: 'The index is damaged. Delete its file, and the service fills a new one.',
  error: 'The index has failed.',
  full: 'There is no space left for the index. Nothing was written.',
  io: 'The index cannot be read or written.',
  memory: 'There is not enough memory for the index.',
  readonly: 'The index can no longer be written.',
  unopened: 'The index can no longer be opened.',
};

/**
 * Converts an error of SQLite to INDEX_UNAVAILABLE. Any other error is a fault of this program, and is returned
 * unchanged.
 */
function told(error: unknown): unknown {
  const fault = faultOf(error);
  return fault === undefined ? error : unavailable(sentences[fault], error);
}

async function raiseGeneration(db: Transaction<Tables>): Promise<void> {
  await db
    .updateTable('meta')
    .set({ value: sql`cast(cast(value as integer) + 1 as text)` })
    .where('name', '=', 'generation')
    .execute();
}

async function readGeneration(db: Kysely<Tables>): Promise<number> {
  const row = await db
    .selectFrom('meta')
    .select('value')
    .where('name', '=', 'generation')
    .executeTakeFirstOrThrow();
  return Number(row.value);
}

async function writeNote(db: Transaction<Tables>, name: string, value: string | undefined): Promise<void> {
  await db.deleteFrom('note').where('name', '=', plain(name)).execute();
  if (value !== undefined)
    await db
      .insertInto('note')
      .values({ name: plain(name), value: plain(value) })
      .execute();
}

async function readNote(db: Kysely<Tables>, name: string): Promise<string | undefined> {
  const row = await db.selectFrom('note').select('value').where('name', '=', plain(name)).executeTakeFirst();
  return row?.value;
}

/**
 * Reads the status. This is done after each write, so it must be fast: each value comes from a database index,
 * `oldest` and `newest` from its two ends.
 */
async function readStatus({ db, access, place, because }: SqliteStoreOptions): Promise<IndexStatus> {
  const { rows } = await sql<Counted>`
    select (select count(*) from product) as products,
      (select count(*) from product where detailed = 1) as "withDetails",
      (select count(*) from product where state = 'gone') as gone,
      (select min(as_of) from product where detailed = 1 and state <> 'gone') as "oldestDetailed",
      (select min(as_of) from product where detailed = 0 and state <> 'gone') as "oldestOther",
      (select max(as_of) from product where detailed = 1) as "newestDetailed",
      (select max(as_of) from product where detailed = 0) as "newestOther"`.execute(db);
  const [counted] = rows;
  if (!counted) throw new TypeError('A count must return a row.');
  const { products, withDetails, gone, oldestDetailed, oldestOther, newestDetailed, newestOther } = counted;
  return {
    products,
    withDetails,
    gone,
    bytes: (await usedBytes(db)) + journalBytesAt(place),
    // For a product that no longer exists, the time is that of its deletion. It says nothing about the age of the other
    // products.
    oldest: extreme(Math.min, oldestDetailed, oldestOther),
    newest: extreme(Math.max, newestDetailed, newestOther),
    access,
    place,
    because,
  };
}

function extreme(of: typeof Math.min, ...times: readonly (number | null)[]): number | undefined {
  const told = times.filter((time) => time !== null);
  return told.length > 0 ? of(...told) : undefined;
}

interface Counted {
  readonly products: number;
  readonly withDetails: number;
  readonly gone: number;
  readonly oldestDetailed: number | null;
  readonly oldestOther: number | null;
  readonly newestDetailed: number | null;
  readonly newestOther: number | null;
}

/**
 * Checks the file. It does not check whether database indexes match their tables, which would take many times longer.
 */
async function isSound(db: Kysely<Tables>): Promise<boolean> {
  try {
    const { rows } = await sql<{ readonly quick_check: string }>`pragma quick_check(1)`.execute(db);
    return rows[0]?.quick_check === 'ok';
  } catch (error) {
    if (faultOf(error) === 'damaged') return false;
    throw error;
  }
}

/**
 * Deletes everything except the identity of the index. SQLite itself stores the last numbers, so that no number is
 * reused.
 */
async function deleteAll(db: Transaction<Tables>, now: number): Promise<void> {
  for (const table of ['told', 'token', 'own', 'rest', 'product', 'shape', 'note'] as const)
    await db.deleteFrom(table).execute();
  await beginChanges(db, now);
  await raiseGeneration(db);
}
