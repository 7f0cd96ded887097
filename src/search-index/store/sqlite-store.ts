/** The store of the index in one SQLite database. */
import { sql, type Kysely } from 'kysely';
import type { IndexStore } from './index-store.js';
import { journalBytesAt } from './size.js';
import { createSqlStore, unavailable, type SqlStoreOptions } from './sql-store.js';
import { faultOf, type SqliteFault } from './sqlite.js';
import type { Tables } from './tables.js';

export interface SqliteStoreOptions extends Omit<SqlStoreOptions, 'database'> {
  readonly db: Kysely<Tables>;
  /** Whether the file at the path is still the file that was opened. */
  readonly isThere: () => boolean;
  readonly close: () => void;
}

/** Creates a store over a database whose tables are up to date. */
export function createSqliteStore({ db, isThere, close, ...options }: SqliteStoreOptions): IndexStore {
  return createSqlStore({
    ...options,
    database: {
      reading: async () => db,
      writing: async () => db,
      // SQLite itself has locked the file, and this process is the only one that writes.
      async begin() {},
      sentenceOf(error) {
        const fault = faultOf(error);
        return fault && sentences[fault];
      },
      check() {
        if (!isThere())
          throw unavailable('The file of the index was removed or replaced. Restart the service.');
      },
      journalBytes: () => journalBytesAt(options.place),
      isSound,
      // SQLite itself stores the last numbers.
      async clear(trx, tables) {
        for (const table of tables) await trx.deleteFrom(table).execute();
      },
      async shrink() {
        await sql`vacuum`.execute(db);
        await sql`pragma wal_checkpoint(truncate)`.execute(db);
      },
      // The only process that writes to the file is the only one that claims anything.
      claim: async () => true,
      async release() {},
      close: async () => close(),
    },
  });
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
