/**
 * A lock for the single process that writes to the index file. The lock ends with that process, even after a crash.
 */
import { faultOf, type Database, type Sqlite } from './sqlite.js';

export interface WriterLock {
  release(): void;
}

/**
 * Locks an empty database next to the index file. A lock on the index file itself would prevent other processes from
 * reading it. The operating system releases the lock when the process ends. The empty file is not deleted, because
 * deleting it could remove the lock of another process.
 * @returns `taken` if another process has the lock, `unwritable` if the file cannot be created
 * @throws other errors of SQLite
 */
export function takeWriterLock(sqlite: Sqlite, file: string): WriterLock | 'taken' | 'unwritable' {
  let database: Database | undefined;
  try {
    database = sqlite.open(`${file}.lock`);
    // The journal is in memory, because nothing is ever committed to this file.
    database.exec('pragma journal_mode = memory');
    database.exec('begin exclusive');
    // If SQLite cannot write to the file, it opens the file for reading without an error, and the lock has no effect.
    // This write detects that.
    database.exec('pragma user_version = 1');
    return { release: () => database?.close() };
  } catch (error) {
    database?.close();
    const fault = faultOf(error);
    if (fault === 'busy') return 'taken';
    if (fault === 'unopened' || fault === 'readonly') return 'unwritable';
    throw error;
  }
}
