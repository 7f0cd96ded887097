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

/** Does not close the database: that is up to its opener. */
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
    // Async, so that an error of SQLite becomes a rejection.
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      return { rows: [...database.all(sql, parameters as readonly SqliteValue[])] as Row[] };
    },
    // eslint-disable-next-line require-yield
    async *streamQuery() {
      throw new Error('Rows are read at once.');
    },
  };
}

/** One connection. A second user waits for it, so that no statement ends up in another one's transaction. */
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
        // With a full disk, SQLite has rolled back already. The first error is the one that matters.
      }
    },
    async releaseConnection() {
      release();
    },
    async destroy() {},
  };
}
