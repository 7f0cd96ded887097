/** A Kysely dialect for a synchronous database. */
import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { Database, SqliteValue } from './sqlite.js';

/** Creates the dialect. It does not close the database, because the code that opened the database closes it. */
export function createSqliteDialect(database: Database): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function createConnection(database: Database): DatabaseConnection {
  return {
    // The function is async, so that an error of SQLite becomes a rejection.
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      return { rows: [...database.all(sql, parameters as readonly SqliteValue[])] as Row[] };
    },
    // eslint-disable-next-line require-yield
    async *streamQuery() {
      throw new Error('Rows cannot be streamed: the driver reads all at once.');
    },
  };
}

/**
 * Creates a driver with one connection. A second user waits for the connection, so that no statement becomes part of
 * another user's transaction.
 */
function createDriver(database: Database): Driver {
  const connection = createConnection(database);
  let last = Promise.resolve();
  let release = (): void => {};

  return {
    async init() {},
    async acquireConnection() {
      const before = last;
      let free = (): void => {};
      last = new Promise((resolve) => {
        free = resolve;
      });
      await before;
      release = free;
      return connection;
    },
    async beginTransaction() {
      database.exec('begin immediate');
    },
    async commitTransaction() {
      database.exec('commit');
    },
    async rollbackTransaction() {
      try {
        database.exec('rollback');
      } catch {
        // If the disk is full, SQLite has already rolled back. The first error is reported.
      }
    },
    async releaseConnection() {
      release();
    },
    async destroy() {},
  };
}
