/** Loads SQLite from Node; if Node lacks it, from a package with the same API. So one driver works with both. */
import { createRequire } from 'node:module';
import { IndexError } from './index-error.js';

/** The JavaScript types of SQLite's values. */
export type SqliteValue = string | number | bigint | Uint8Array | null;

export interface Database {
  /**
   * Runs a statement, and returns its rows. The prepared statement is cached by its text, so the text should not
   * contain values.
   */
  all(sql: string, values?: readonly SqliteValue[]): readonly unknown[];
  /** Runs statements that return no rows. */
  exec(sql: string): void;
  /**
   * Closes the database. With `@photostructure/sqlite`, the file is released only when its statements are garbage
   * collected.
   */
  close(): void;
}

export interface Sqlite {
  /** @throws an error with SQLite's code if the file cannot be opened */
  readonly open: (file: string, options?: OpenOptions) => Database;
}

interface OpenOptions {
  readonly readOnly?: boolean;
}

/** Those members of `node:sqlite` that are used here. */
interface Module {
  readonly DatabaseSync: new (file: string, options: OpenOptions) => DatabaseSync;
}

interface DatabaseSync {
  prepare(sql: string): StatementSync;
  exec(sql: string): void;
  close(): void;
}

interface StatementSync {
  all(...values: readonly SqliteValue[]): unknown[];
}

/**
 * Returns the SQLite of Node (22.13 and newer); without it, `@photostructure/sqlite`.
 * @throws IndexError if both are missing
 */
export function loadSqlite(): Sqlite {
  const { DatabaseSync } = builtIn() ?? packaged();
  return { open: (file, options = {}) => createDatabase(new DatabaseSync(file, options)) };
}

function createDatabase(database: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();
  return {
    all(sql, values = []) {
      const statement = statements.get(sql) ?? database.prepare(sql);
      statements.set(sql, statement);
      return statement.all(...values);
    },
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
  };
}

/** Loads `node:sqlite`. Suppresses the warning that it is experimental, but no other warning. */
function builtIn(): Module | undefined {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (rest[0] === 'ExperimentalWarning' && /\bSQLite\b/.test(String(warning))) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return process.getBuiltinModule('node:sqlite') as Module | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function packaged(): Module {
  try {
    return createRequire(import.meta.url)('@photostructure/sqlite') as Module;
  } catch (cause) {
    throw new IndexError(
      'engine',
      'SQLite was not found. Use Node 22.13 or newer, which has it, or install @photostructure/sqlite.',
      { cause },
    );
  }
}

const outcomes = {
  1: 'error',
  5: 'busy',
  6: 'busy',
  7: 'memory',
  8: 'readonly',
  10: 'io',
  11: 'damaged',
  13: 'full',
  14: 'unopened',
  26: 'damaged',
} as const;

export type SqliteFault = (typeof outcomes)[keyof typeof outcomes];

/**
 * Messages of SQLite. With `@photostructure/sqlite`, an error in preparing a statement has only a message, no code.
 */
const sentences: Readonly<Record<string, SqliteFault>> = {
  'database is locked': 'busy',
  'attempt to write a readonly database': 'readonly',
  'disk I/O error': 'io',
  'database disk image is malformed': 'damaged',
  'database or disk is full': 'full',
  'unable to open database file': 'unopened',
  'file is not a database': 'damaged',
};

/** Returns the kind of an SQLite error; undefined for other errors. */
export function faultOf(error: unknown): SqliteFault | undefined {
  const { code, errcode, message } = error as {
    readonly code?: unknown;
    readonly errcode?: unknown;
    readonly message?: unknown;
  };
  if (code !== 'ERR_SQLITE_ERROR') return undefined;
  if (typeof errcode !== 'number') return sentences[String(message)] ?? 'error';
  // The lower byte of an extended result code is the primary result code.
  const primary = errcode & 0xff;
  return primary in outcomes ? outcomes[primary as keyof typeof outcomes] : 'error';
}
