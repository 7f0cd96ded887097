/** One process writes a file; the lock dies with it, however it ends. */
import { faultOf, type Database, type Sqlite } from './sqlite.js';

export interface WriterLock {
  release(): void;
}

/**
 * Locks an empty database beside the file: the system takes the lock back when its holder ends. That of the file itself
 * would keep readers out. The empty file stays when it is released: whoever deleted it could delete another's.
 * @returns `taken` where another process has it, `unwritable` where no file can be made there
 * @throws what SQLite fails by otherwise
 */
export function takeWriterLock(sqlite: Sqlite, file: string): WriterLock | 'taken' | 'unwritable' {
  let database: Database | undefined;
  try {
    database = sqlite.open(`${file}.lock`);
    // In memory, since nothing that is written to it is ever kept.
    database.exec('pragma journal_mode = memory');
    database.exec('begin exclusive');
    // Where the file cannot be written, SQLite opens it to read, and locks nothing: a write tells.
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
