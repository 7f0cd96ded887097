/**
 * Opens the index file for writing, if this is possible and no other process writes to it. Otherwise opens it for
 * reading only, or opens an index in memory.
 */
import { existsSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Kysely } from 'kysely';
import { makeFolder } from '../../terms/imported/make-folder.js';
import { IndexError } from './index-error.js';
import type { IndexStore } from './index-store.js';
import { lookInto, migrate, type Looked } from './migrate.js';
import { migrations } from './migrations.js';
import { networkVolumeOf } from './network-volume.js';
import { createSqliteDialect } from './sqlite-dialect.js';
import { journalBytesOf } from './size.js';
import { createSqliteStore } from './sqlite-store.js';
import { faultOf, loadSqlite, type Database, type Sqlite } from './sqlite.js';
import type { Tables } from './tables.js';
import { takeWriterLock, type WriterLock } from './writer-lock.js';

export interface SqliteOptions {
  /** The path of the index file; undefined for an index in memory. */
  readonly file: string | undefined;
  /** Identifies the upstream. An index file of another upstream is refused. */
  readonly identity: string;
  /**
   * Maximum size of the file and its journal together, in bytes. Above this limit, the oldest details of products are
   * deleted.
   * @default 2 GiB
   */
  readonly maxBytes?: number;
  /** @default Date.now */
  readonly now?: () => number;
  /** The mounts that Linux reports. @default /proc/self/mountinfo */
  readonly mounts?: string;
  /** Milliseconds to wait for another process. @default 5000 */
  readonly patienceMs?: number;
  /** Maximum number of pages of the database. Above this limit, writes fail as on a full disk. @default no limit */
  readonly mostPages?: number;
}

/**
 * Opens the index. After a crash, it contains every write that was confirmed. Only one process writes. All other
 * processes only read until they are restarted, even if the writing process has ended.
 * @throws IndexError with a message that says what to do
 */
export async function openSqliteStore(options: SqliteOptions): Promise<IndexStore> {
  const sqlite = loadSqlite();
  const { file } = options;
  if (file === undefined) return openInMemory(sqlite, options, undefined);
  const volume = networkVolumeOf(file, options.mounts);
  if (volume !== undefined)
    return openInMemory(
      sqlite,
      options,
      `The file of the index would be on a network volume (${volume}), where SQLite cannot lock it.`,
    );
  try {
    return await openFile(sqlite, file, options);
  } catch (error) {
    throw refusal(file, error);
  }
}

async function openInMemory(
  sqlite: Sqlite,
  options: SqliteOptions,
  because: string | undefined,
): Promise<IndexStore> {
  const database = sqlite.open(':memory:');
  const place = { place: 'memory', because, isThere: () => true, close: () => database.close() };
  return openToWrite(database, { version: 0 }, options, place);
}

interface Place {
  readonly place: string;
  readonly because: string | undefined;
  readonly isThere: () => boolean;
  readonly close: () => void;
}

async function openFile(sqlite: Sqlite, file: string, options: SqliteOptions): Promise<IndexStore> {
  // This is checked before the lock file is created next to the file.
  refuseNoFile(file);
  const lock = lockFor(sqlite, file);
  if (lock === 'taken') return openToRead(sqlite, file, options, 'Another process is writing to the index.');
  if (lock === 'unwritable') return openToRead(sqlite, file, options, unwritten);
  try {
    // The file may belong to another program. It is inspected before it is opened for writing, because opening may
    // change it.
    const looked = existsSync(file) ? lookReading(sqlite, file, options) : { version: 0 };
    const database = sqlite.open(file);
    if (isWritable(database, looked)) {
      const isThere = watchOf(file);
      const close = (): void => {
        if (isThere()) tidyUp(database);
        database.close();
        lock.release();
      };
      const place = { place: file, because: undefined, isThere, close };
      return await openToWrite(database, looked, options, place);
    }
    database.close();
    lock.release();
    return await openToRead(sqlite, file, options, unwritten);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Merges the journal into the file, so that the file can be read even in a folder without write permission. While
 * other processes read the file, the journal is not merged, which does no harm.
 */
function tidyUp(database: Database): void {
  try {
    database.exec('pragma busy_timeout = 0; pragma wal_checkpoint(truncate); pragma journal_mode = delete');
  } catch {
    // The next process that writes merges the journal.
  }
}

const unwritten = 'This process has no permission to write to the index.';

/**
 * Tests whether the file can be written, because SQLite opens a file for reading, without an error, if it cannot
 * write to it.
 */
function isWritable(database: Database, { version }: Looked): boolean {
  try {
    database.exec(`begin immediate; pragma user_version = ${version}; rollback`);
    return true;
  } catch (error) {
    if (faultOf(error) === 'readonly') return false;
    throw error;
  }
}

function lockFor(sqlite: Sqlite, file: string): WriterLock | 'taken' | 'unwritable' {
  try {
    makeFolder(dirname(file));
  } catch (error) {
    throw unwritable(file, error);
  }
  const lock = takeWriterLock(sqlite, file);
  if (lock === 'unwritable' && !existsSync(file)) throw unwritable(file);
  return lock;
}

/**
 * Refuses a path that is a folder, a device or a pipe. SQLite may open these, but then fails with misleading errors.
 */
function refuseNoFile(file: string): void {
  const found = lookAt(file);
  if (!found || found.isFile()) return;
  throw new IndexError(
    'unwritable',
    `${file} is ${found.isDirectory() ? 'a folder' : 'not a file'}. Set INDEX_URL to a file.`,
  );
}

function lookAt(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(file: string, cause?: unknown): IndexError {
  return new IndexError(
    'unwritable',
    `${file} cannot be created. Set INDEX_URL to a file in a folder that this user may write to.`,
    { cause },
  );
}

function lookReading(
  sqlite: Sqlite,
  file: string,
  { identity, patienceMs = defaultPatienceMs }: SqliteOptions,
): Looked {
  const database = sqlite.open(file, { readOnly: true });
  try {
    database.exec(`pragma busy_timeout = ${patienceMs}`);
    return lookInto(database, { file, identity });
  } finally {
    database.close();
  }
}

async function openToWrite(
  database: Database,
  looked: Looked,
  { identity, maxBytes = 2 ** 31, now = Date.now, patienceMs = defaultPatienceMs, mostPages }: SqliteOptions,
  place: Place,
): Promise<IndexStore> {
  try {
    database.exec(`pragma busy_timeout = ${patienceMs}`);
    database.exec('pragma journal_mode = wal');
    // If writes are lost because of a power failure, the data are read from the upstream again.
    database.exec('pragma synchronous = normal');
    database.exec(`pragma cache_size = -${cacheKibibytes}`);
    const journal = place.place === 'memory' ? 0 : limitJournal(database, maxBytes);
    const db = new Kysely<Tables>({ dialect: createSqliteDialect(database) });
    await migrate(db, looked, identity);
    if (mostPages !== undefined) database.exec(`pragma max_page_count = ${mostPages}`);
    return createSqliteStore({ db, access: 'writes', maxBytes: maxBytes - journal, now, ...place });
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Limits the size of the journal in bytes. Above the limit, SQLite merges it into the file. While another process
 * still reads older content, the journal may grow further. The next write after that shortens it.
 * @returns the limit in bytes
 */
function limitJournal(database: Database, maxBytes: number): number {
  const bytes = journalBytesOf(maxBytes);
  database.exec(`pragma wal_autocheckpoint = ${Math.max(1, Math.ceil(bytes / pageBytes))}`);
  database.exec(`pragma journal_size_limit = ${bytes}`);
  return bytes;
}

/** SQLite's default page size. */
const pageBytes = 4_096;
/**
 * The size of SQLite's page cache in KiB. It is large because rows are spread over the whole file, and their pages
 * are needed repeatedly.
 */
const cacheKibibytes = 32_768;

async function openToRead(
  sqlite: Sqlite,
  file: string,
  options: SqliteOptions,
  because: string,
): Promise<IndexStore> {
  const database = sqlite.open(file, { readOnly: true });
  try {
    database.exec(`pragma busy_timeout = ${options.patienceMs ?? defaultPatienceMs}`);
    await seeTables(database, file, { ...options, because });
    const db = new Kysely<Tables>({ dialect: createSqliteDialect(database) });
    return createSqliteStore({
      db,
      access: 'reads',
      maxBytes: Number.POSITIVE_INFINITY,
      now: Date.now,
      place: file,
      because,
      isThere: watchOf(file),
      close: () => database.close(),
    });
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Waits until the file has the current tables, because the writing process may have started only a moment ago. */
async function seeTables(
  database: Database,
  file: string,
  { identity, patienceMs = defaultPatienceMs, because }: SqliteOptions & { readonly because: string },
): Promise<void> {
  for (let waited = 0; ; waited += pollMs) {
    const { version } = lookInto(database, { file, identity });
    if (version === migrations.length) return;
    // If this process cannot write to an empty file, and no other process writes to it, the file will never have
    // tables.
    if (waited >= patienceMs && version === 0 && because === unwritten) throw unwritable(file);
    if (waited >= patienceMs)
      throw new IndexError(
        'older',
        `${file} was written by an older version of this program and is in use. Stop the process that writes to it.`,
      );
    await setTimeout(pollMs);
  }
}

const defaultPatienceMs = 5_000;
const pollMs = 100;

function watchOf(file: string): () => boolean {
  const look = (): string => {
    const { dev, ino } = statSync(file, { bigint: true });
    return `${dev} ${ino}`;
  };
  const first = look();
  return () => {
    try {
      return look() === first;
    } catch {
      return false;
    }
  };
}

function refusal(file: string, error: unknown): unknown {
  const fault = faultOf(error);
  if (fault === undefined) return error;
  if (fault === 'damaged')
    return new IndexError(
      'damaged',
      `${file} is damaged, or is not a database. If it is the index, delete it, and the service fills a new one. Otherwise set INDEX_URL to another file.`,
      {
        cause: error,
      },
    );
  if (fault === 'readonly' || fault === 'unopened')
    return new IndexError(
      'unwritable',
      `${file} cannot be opened read-only: either make its folder writable, or stop the process that wrote it, so that it closes the file.`,
      { cause: error },
    );
  return new IndexError('io', `${file} cannot be opened (${fault}): ${adviceOn[fault]}`, { cause: error });
}

const adviceOn = {
  busy: 'another process has locked it. Stop that process.',
  error: 'it is damaged. Delete it, and the service fills a new index.',
  full: 'there is no space left on its volume.',
  io: 'its volume has failed.',
  memory: 'there is not enough memory.',
} as const;
