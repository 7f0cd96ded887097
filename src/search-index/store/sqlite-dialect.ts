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
import type { Database, SqliteValue, Statement } from './sqlite.js';

/** Leaves closing the database to whoever has opened it. */
export function createSqliteDialect(database: Database): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(createConnection(database)),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

interface SqliteConnection extends DatabaseConnection {
  run(sql: string): void;
}

function createConnection(database: Database): SqliteConnection {
  // There are few texts, since lists go as one value: none has to be forgotten.
  const statements = new Map<string, Statement>();

  function prepared(sql: string): Statement {
    const known = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, known);
    return known;
  }

  return {
    run: (sql) => database.exec(sql),
    // Async, so that what SQLite throws is a rejection.
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      return { rows: prepared(sql).all(...(parameters as readonly SqliteValue[])) as Row[] };
    },
    // eslint-disable-next-line require-yield
    async *streamQuery() {
      throw new Error('Rows are read at once.');
    },
  };
}

/** One connection: whoever comes while it is taken waits, so that nothing gets into somebody else's transaction. */
function createDriver(connection: SqliteConnection): Driver {
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
      connection.run('begin immediate');
    },
    async commitTransaction() {
      connection.run('commit');
    },
    async rollbackTransaction() {
      try {
        connection.run('rollback');
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
