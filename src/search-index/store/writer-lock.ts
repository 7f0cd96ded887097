/** A lock for the one process that writes the index file. The lock ends with that process, even after a crash. */
import { faultOf, type Database, type Sqlite } from './sqlite.js';

export interface WriterLock {
  release(): void;
}

/**
 * Locks an empty database beside the index file. A lock on the index file itself would keep out readers. The operating
 * system releases the lock when its process ends. The empty file stays, because deleting it could remove another
 * process's lock.
 * @returns `taken` if another process has the lock, `unwritable` if the file cannot be created
 * @throws other errors of SQLite
 */
export function takeWriterLock(sqlite: Sqlite, file: string): WriterLock | 'taken' | 'unwritable' {
  let database: Database | undefined;
  try {
    database = sqlite.open(`${file}.lock`);
    // The journal is in memory, because no write to this file is committed.
    database.exec('pragma journal_mode = memory');
    database.exec('begin exclusive');
    // If SQLite cannot write, it opens the file for reading without an error, and locks nothing. This write shows that.
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
