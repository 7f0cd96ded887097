/** The store of the index in an SQL database. What differs between the databases is in its options. */
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
import { makeRoom, usedBytes } from './size.js';
import type { Tables } from './tables.js';
import { beginChanges, forgetChanges } from './write-changes.js';
import { checkTime } from '../time-limit.js';
import { writeProducts } from './write-products.js';

export interface SqlStoreOptions {
  readonly access: IndexStatus['access'];
  readonly place: string;
  readonly because: string | undefined;
  readonly maxBytes: number;
  readonly now: () => number;
  readonly database: SqlDatabase;
}

/** What differs between SQLite and PostgreSQL. */
export interface SqlDatabase {
  /** Returns the connection for a read. */
  reading(): Promise<Kysely<Tables>>;
  /** Returns the connection for a write. */
  writing(): Promise<Kysely<Tables>>;
  /** Called at the beginning of each transaction that writes. Other processes that write wait for its end. */
  begin(db: Transaction<Tables>): Promise<void>;
  /**
   * Returns the sentence that tells clients about an error of the database. Any other error is a fault of this
   * program. For it, returns undefined.
   */
  sentenceOf(error: unknown): string | undefined;
  /** Throws INDEX_UNAVAILABLE if the database was removed. Only rare calls check this. */
  check(): void;
  /** Returns the bytes that the database uses in addition to its tables. */
  journalBytes(): number;
  isSound(db: Kysely<Tables>): Promise<boolean>;
  /** Deletes all rows of some tables. Numbers are not reused. */
  clear(db: Transaction<Tables>, tables: readonly (keyof Tables)[]): Promise<void>;
  /** Returns the place of deleted rows to the system. */
  shrink(db: Kysely<Tables>): Promise<void>;
  claim(name: string, holder: string, ms: number): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;
  close(): Promise<void>;
}

/** Creates a store over a database whose tables are up to date. */
export function createSqlStore(options: SqlStoreOptions): IndexStore {
  const { database, access, maxBytes, now } = options;
  let isClosed = false;

  async function guarded<Result>(act: () => Promise<Result>): Promise<Result> {
    if (isClosed) throw unavailable('The index is closed.');
    checkTime();
    try {
      return await act();
    } catch (cause) {
      const sentence = database.sentenceOf(cause);
      throw sentence === undefined ? cause : unavailable(sentence, cause);
    }
  }

  function reading<Result>(read: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return guarded(async () => read(await database.reading()));
  }

  /**
   * Checks first whether the database still exists. Only rare calls do this. All other calls use the open file without
   * a check.
   */
  async function looking<Result>(read: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    if (!isClosed) database.check();
    return reading(read);
  }

  async function writing(write: (db: Transaction<Tables>) => Promise<void>): Promise<void> {
    if (access === 'reads') throw unavailable('This process only reads the index.');
    if (!isClosed) database.check();
    await guarded(async () => {
      const db = await database.writing();
      await db.transaction().execute(async (trx) => {
        await database.begin(trx);
        await write(trx);
      });
    });
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
    shapes: async (part, after) => unpackShapes(await reading((db) => readShapes(db, part, after))),
    shapeCounts: (part) => reading((db) => readShapeCounts(db, part)),
    shapesOf: async (numbers) => unpackShapes(await reading((db) => readShapesOf(db, numbers))),
    postings: (part, shapes) => reading((db) => readPostings(db, part, shapes)),
    tokens: (kind, values) => reading((db) => readTokens(db, kind, values)),
    values: (kind) => reading((db) => readValues(db, kind)),
    tokensFrom: (kind, values) => reading((db) => readTokensFrom(db, kind, values)),
    valuesFrom: (kind, beginning, most) => reading((db) => readValuesFrom(db, kind, beginning, most)),
    async told(part, products, isKnown) {
      const { told, shapes } = await reading((db) => readTold(db, part, products, isKnown));
      return { told, shapes: await unpackShapes(shapes) };
    },
    all: (state) => reading((db) => readNumbers(db, state)),
    rows: (numbers) => reading((db) => readHeld(db, 'number', numbers)),
    byId: (ids) => reading((db) => readHeld(db, 'id', ids)),
    owns: (ids) => reading((db) => readOwns(db, ids)),
    details: (ids) => reading((db) => readDetails(db, ids)),
    changes: (query) => looking((db) => readChanges(db, query)),
    generation: () => looking(readGeneration),
    note: (name, value) => writing((trx) => writeNote(trx, name, value)),
    noted: (name) => reading((db) => readNote(db, name)),
    status: () => looking((db) => readStatus(db, options)),
    isSound: () => reading((db) => database.isSound(db)),
    claim: (name, holder, ms) =>
      access === 'reads' ? Promise.resolve(false) : guarded(() => database.claim(name, holder, ms)),
    release: (name, holder) => guarded(() => database.release(name, holder)),
    async purge() {
      await writing(async (trx) => {
        await beginChanges(trx, now());
        await database.clear(trx, [
          'told',
          'token',
          'own',
          'rest',
          'product',
          'shape',
          'note',
          'change',
          'seen',
        ]);
        await raiseGeneration(trx);
      });
      await reading((db) => database.shrink(db));
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await database.close();
    },
  };
}

export function unavailable(message: string, cause?: unknown): PmsError {
  return new PmsError('INDEX_UNAVAILABLE', message, { cause });
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
async function readStatus(
  db: Kysely<Tables>,
  { access, place, because, database }: SqlStoreOptions,
): Promise<IndexStatus> {
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
    bytes: (await usedBytes(db)) + database.journalBytes(),
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
