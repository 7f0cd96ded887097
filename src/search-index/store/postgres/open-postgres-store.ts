/** Opens the index in a PostgreSQL database, which several processes can write to. */
import { createHash } from 'node:crypto';
import { sql, type Kysely, type Transaction } from 'kysely';
import { isHurried, tooLong } from '../../time-limit.js';
import { IndexError } from '../index-error.js';
import type { IndexStore } from '../index-store.js';
import { createSqlStore, type SqlDatabase } from '../sql-store.js';
import type { Tables } from '../tables.js';
import { connectTo } from './connections.js';
import { faultSentences, postgresFaultOf } from './faults.js';
import { migratePostgres } from './migrate-postgres.js';
import { placeIn } from './place.js';

export interface PostgresOptions {
  /** A URL such as `postgres://user:password@host/database`. */
  readonly url: string;
  /** Identifies the upstream. Each upstream has its own schema. */
  readonly identity: string;
  /** Maximum number of bytes. Above this limit, the oldest details of products are deleted. @default 2 GiB */
  readonly maxBytes?: number;
  /** @default Date.now */
  readonly now?: () => number;
  /** Milliseconds after which the database stops a query of a client. @default 1000 */
  readonly queryMs?: number;
  /** Milliseconds to wait for a connection. @default 5000 */
  readonly connectMs?: number;
}

/**
 * Milliseconds after which the database stops any other statement, such as reading all words of a large index, or
 * waiting for the write of another process.
 */
const workMs = 300_000;
/** Maximum numbers of connections. A database has 100 by default, for all replicas together. */
const [mostForQueries, mostForWork] = [4, 4];

/**
 * Opens the index. If the database cannot be used, it is opened by a later call. Until then, calls reject with
 * INDEX_UNAVAILABLE.
 * @throws IndexError if the database has tables of another upstream, of another program or of a newer version
 */
export async function openPostgresStore(options: PostgresOptions): Promise<IndexStore> {
  const { url, identity, maxBytes = 2 ** 31, now = Date.now } = options;
  const schema = schemaOf(identity);
  const place = `${placeIn(url)}, schema ${schema}`;
  const database = createPostgres(options, { schema, place });
  try {
    await database.reading();
  } catch (error) {
    // The database may be started, or put right, later than this process is started.
    if (postgresFaultOf(error) === undefined) {
      await database.close();
      throw error;
    }
  }
  return createSqlStore({ access: 'writes', place, because: undefined, maxBytes, now, database });
}

/** The name of the schema of an upstream. */
export function schemaOf(identity: string): string {
  return `pms_${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`;
}

function createPostgres(
  { url, identity, queryMs = 1_000, connectMs = 5_000 }: PostgresOptions,
  { schema, place }: { readonly schema: string; readonly place: string },
): SqlDatabase {
  const connect = (statementMs: number, most: number): Kysely<Tables> =>
    connectTo({ url, schema, statementMs, most, connectMs });
  const queries = connect(queryMs, mostForQueries);
  const work = connect(workMs, mostForWork);
  let opening: Promise<void> | undefined;

  /** Waits until the tables are up to date. After an error, the next call tries again. */
  function opened(): Promise<void> {
    opening ??= migratePostgres(work, { schema, identity, place }).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }

  return {
    async reading() {
      await opened();
      return isHurried() ? queries : work;
    },
    async writing() {
      await opened();
      return work;
    },
    // Writes of all processes run one after the other. So two of them never lock the same rows in another order, and
    // numbers of changes appear in ascending order.
    async begin(trx) {
      await sql`select 1 from meta where name = 'generation' for update`.execute(trx);
    },
    sentenceOf(error) {
      // A fault that was found when the database was reached at last.
      if (error instanceof IndexError) return error.message;
      const fault = postgresFaultOf(error);
      if (fault === 'slow' && isHurried()) throw tooLong();
      // Somebody has deleted the schema, or has restored a copy of the database without it.
      if (fault === 'tables') opening = undefined;
      return fault && faultSentences[fault];
    },
    check() {},
    journalBytes: () => 0,
    isSound: async (db) => (await sql`select 1 from meta`.execute(db)).rows.length > 0,
    clear,
    // Truncated tables take no place.
    async shrink() {},
    async claim(name, holder, ms) {
      await opened();
      // Long writes must not delay a renewal, so it uses the connections for queries.
      return claim(queries, name, holder, ms);
    },
    async release(name, holder) {
      await opened();
      await queries.deleteFrom('lease').where('name', '=', name).where('holder', '=', holder).execute();
    },
    async close() {
      await Promise.all([queries.destroy(), work.destroy()]);
    },
  };
}

async function clear(db: Transaction<Tables>, tables: readonly (keyof Tables)[]): Promise<void> {
  await sql`truncate ${sql.join(tables.map((table) => sql.table(table)))}`.execute(db);
  await db.updateTable('meta').set({ value: '0' }).where('name', '=', 'bytes').execute();
}

/** Times are those of the database, so the clocks of the processes may differ. */
async function claim(db: Kysely<Tables>, name: string, holder: string, ms: number): Promise<boolean> {
  const { rows } = await sql`
    insert into lease (name, holder, expires)
    values (${name}, ${holder}, clock_timestamp() + ${ms} * interval '1 millisecond')
    on conflict (name) do update set holder = excluded.holder, expires = excluded.expires
    where lease.holder = excluded.holder or lease.expires < clock_timestamp()
    returning name`.execute(db);
  return rows.length > 0;
}
