/** SQLite as Node has it, else as a package brings it: the same API, so that one driver does for both. */
import { createRequire } from 'node:module';
import { IndexError } from './index-error.js';

/** What a value of SQLite is in JavaScript. */
export type SqliteValue = string | number | bigint | Uint8Array | null;

export interface Statement {
  all(...values: readonly SqliteValue[]): unknown[];
}

/** The part of `node:sqlite` that is used here. */
export interface Database {
  prepare(sql: string): Statement;
  exec(sql: string): void;
  close(): void;
}

export interface Sqlite {
  /** @throws an error with SQLite's code where the file cannot be opened */
  readonly open: (file: string, options?: { readonly readOnly?: boolean }) => Database;
}

interface Module {
  readonly DatabaseSync: new (file: string, options?: { readonly readOnly?: boolean }) => Database;
}

/**
 * Returns the SQLite of Node (22.13 and newer), else `@photostructure/sqlite`.
 * @throws IndexError where there is neither
 */
export function loadSqlite(): Sqlite {
  const { DatabaseSync } = builtIn() ?? packaged();
  return { open: (file, options = {}) => new DatabaseSync(file, options) };
}

/** Node warns of its being experimental, on stderr: that warning is dropped, and no other. */
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
      'No SQLite is found: Node 22.13 or newer has it, for older ones install @photostructure/sqlite.',
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

/** What SQLite has failed by; undefined where the error is none of SQLite's. */
export function faultOf(error: unknown): SqliteFault | undefined {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  if (code !== 'ERR_SQLITE_ERROR') return undefined;
  // The lower byte of an extended code is the code itself.
  const primary = typeof errcode === 'number' ? errcode & 0xff : 1;
  return primary in outcomes ? outcomes[primary as keyof typeof outcomes] : 'error';
}
