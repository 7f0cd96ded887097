/** A lock for the one process that writes a file. It ends with the process, however that ends. */
import { faultOf, type Database, type Sqlite } from './sqlite.js';

export interface WriterLock {
  release(): void;
}

/**
 * Locks an empty database beside the file. The system releases the lock when its holder ends. A lock on the file itself
 * would keep out readers. The empty file stays: deleting it could remove another process's lock.
 * @returns `taken` where another process has the lock, `unwritable` where the file cannot be created
 * @throws other errors of SQLite
 */
export function takeWriterLock(sqlite: Sqlite, file: string): WriterLock | 'taken' | 'unwritable' {
  let database: Database | undefined;
  try {
    database = sqlite.open(`${file}.lock`);
    // The journal is in memory, since nothing written here is kept.
    database.exec('pragma journal_mode = memory');
    database.exec('begin exclusive');
    // Where it cannot write, SQLite silently opens the file for reading, and locks nothing. A write shows it.
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
