/** Kysely over a database that answers at once. */
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

/** Leaves closing the database to whoever has opened it. */
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
    // Async, so that what SQLite throws is a rejection.
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      return { rows: [...database.all(sql, parameters as readonly SqliteValue[])] as Row[] };
    },
    // eslint-disable-next-line require-yield
    async *streamQuery() {
      throw new Error('Rows are read at once.');
    },
  };
}

/** One connection: whoever comes while it is taken waits, so that nothing gets into somebody else's transaction. */
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
        // Where the disk is full, SQLite has done it already: what matters is the error that came first.
      }
    },
    async releaseConnection() {
      release();
    },
    async destroy() {},
  };
}
