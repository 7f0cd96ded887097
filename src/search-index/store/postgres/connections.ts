/** The connections to a PostgreSQL database. A lost connection is replaced by the next call. */
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { Tables } from '../tables.js';
import { isLost } from './faults.js';

export interface ConnectionOptions {
  /** A URL such as `postgres://user:password@host/database`. Its parameters set TLS, as for other programs. */
  readonly url: string;
  /** The schema that has the tables. */
  readonly schema: string;
  /** Milliseconds after which the database stops a statement. */
  readonly statementMs: number;
  /** Maximum number of connections. */
  readonly most: number;
  /** Milliseconds to wait for a connection. @default 5000 */
  readonly connectMs?: number;
}

export function connectTo({
  url,
  schema,
  statementMs,
  most,
  connectMs = 5_000,
}: ConnectionOptions): Kysely<Tables> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'pms-graphql',
    max: most,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // If the host is gone, the database cannot stop the statement, so the call ends here.
    query_timeout: statementMs + graceMs,
    types: { getTypeParser },
    onConnect: async (client) => {
      // A connection may be lost between two statements. The next statement then fails.
      client.on('error', () => {});
      const settings = {
        ...planning,
        search_path: schema,
        statement_timeout: statementMs,
        idle_in_transaction_session_timeout: idleMs,
        client_min_messages: 'warning',
      };
      const statements = Object.entries(settings).map(([name, value]) => `set ${name} = ${value}`);
      await client.query(statements.join('; '));
    },
  });
  // The pool removes an idle connection that was lost. Without a listener, the process would end.
  pool.on('error', () => {});
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: withoutLost(pool) }) });
}

const graceMs = 1_000;
/**
 * Every statement finds its rows by a database index. While a crawl fills the tables, their statistics are too old for
 * PostgreSQL to know that, and it would read whole tables.
 */
const planning = {
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  random_page_cost: 1.1,
};

/**
 * Milliseconds after which the database ends a transaction of a process that does nothing, for example because it is
 * paused. Other processes that write wait until then.
 */
const idleMs = 30_000;

/** Wraps a pool, so that a connection that was lost or does not respond is not used again. */
function withoutLost(pool: pg.Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect();
      let isUnusable = false;
      const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
        try {
          return await client.query(text, [...values]);
        } catch (error) {
          isUnusable ||= isLost(error);
          throw error;
        }
      };
      const release = (): void => client.release(isUnusable);
      return { query, release } as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
}

/** Numbers and bytes in the form that SQLite returns. All numbers of the index are below 2^53. */
function getTypeParser(type: number, format?: string): (text: string) => unknown {
  if (format !== 'binary') {
    if (type === pg.types.builtins.INT8 || type === pg.types.builtins.NUMERIC) return Number;
    if (type === pg.types.builtins.BYTEA) return bytesIn;
  }
  return pg.types.getTypeParser(type, 'text');
}

/** Parses bytes, such as `\x1f8b`. They have memory of their own, which can be sent to another thread. */
function bytesIn(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'));
}
