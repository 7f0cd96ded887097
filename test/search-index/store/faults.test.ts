/**
 * Faults of the index file: a file that cannot be opened stays unchanged and the error says what to do; a failed write
 * changes nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IndexError } from '../../../src/search-index/store/index-error.js';
import type { IndexStore } from '../../../src/search-index/store/index-store.js';
import { openSqliteStore, type SqliteOptions } from '../../../src/search-index/store/open-sqlite-store.js';
import { loadSqlite } from '../../../src/search-index/store/sqlite.js';
import { testFolder } from '../../support/folder.js';
import { damage } from './damage.js';
import { isQuick } from '../../support/tier.js';
import { noise, productRows } from './rows.js';

/** Returns the path of a file in its own new folder. */
function newFile(): string {
  return join(testFolder().path, 'index.sqlite');
}

async function open(file: string, options: Partial<SqliteOptions> = {}): Promise<IndexStore> {
  const store = await openSqliteStore({ file, identity: 'test', ...options });
  onTestFinished(() => store.close());
  return store;
}

/** Writes one product to a file, and closes it. */
async function filledFile(file = newFile()): Promise<string> {
  const store = await open(file);
  await store.write([productRows({ rest: noise(200_000, 1) })]);
  await store.close();
  return file;
}

function execIn(file: string, statement: string): void {
  const database = loadSqlite().open(file);
  database.exec(statement);
  database.close();
}

interface Refusal {
  readonly kind: string;
  readonly message: string;
  readonly exitCode: number;
  /** Whether the file is unchanged. */
  readonly isUntouched: boolean;
}

async function refusalOf(file: string, options: Partial<SqliteOptions> = {}): Promise<Refusal> {
  const before = readFileSync(file);
  const { mtimeMs } = statSync(file);
  try {
    await open(file, options);
  } catch (error) {
    if (!(error instanceof IndexError)) throw error;
    const { kind, message, exitCode } = error;
    const isUntouched = before.equals(readFileSync(file)) && statSync(file).mtimeMs === mtimeMs;
    return { kind, message: message.replaceAll(file, '<file>'), exitCode, isUntouched };
  }
  throw new Error('It was opened.');
}

/** Returns an expected refusal, with a message in one line that begins with the file. */
function refusal(kind: string, exitCode: number, advice: RegExp): Refusal {
  const message = expect.stringMatching(new RegExp(`^<file> .*${advice.source}.*$`)) as string;
  return { kind, message, exitCode, isUntouched: true };
}

const damaged = refusal(
  'damaged',
  65,
  /is damaged, or is not a database. If it is the index, delete it.* set INDEX_URL to another file/,
);
const otherUpstream = refusal('identity', 78, /of another upstream/);

describe('an index file is refused if it', () => {
  it('is not a database', async () => {
    const file = newFile();
    writeFileSync(file, 'This is a letter. '.repeat(500));
    expect(await refusalOf(file)).toEqual(damaged);
    writeFileSync(file, 'a short one');
    expect(await refusalOf(file)).toEqual(damaged);
  });

  it('is truncated', async () => {
    const file = await filledFile();
    truncateSync(file, statSync(file).size / 2);
    expect(await refusalOf(file)).toEqual(damaged);
    truncateSync(file, 4_096);
    expect(await refusalOf(file)).toEqual(damaged);
  });

  it('has a newer version', async () => {
    const file = await filledFile();
    execIn(file, 'pragma user_version = 99');
    expect(await refusalOf(file)).toEqual(
      refusal('newer', 78, /newer version .*format 99.*Use the newer version, or delete the file/),
    );
  });

  it('belongs to another program', async () => {
    const file = newFile();
    execIn(file, 'create table account (secret text)');
    expect(await refusalOf(file)).toEqual(
      refusal('foreign', 78, /of another program. Set INDEX_URL to another file/),
    );
    execIn(file, 'pragma application_id = 1');
    expect(await refusalOf(file)).toEqual(refusal('foreign', 78, /of another program/));
  });

  it('belongs to another upstream', async () => {
    const file = await filledFile();
    expect(await refusalOf(file, { identity: 'another' })).toEqual(otherUpstream);
    const store = await open(file);
    expect((await store.status()).products).toBe(1);
  });

  it('belongs to another upstream, and its lock is released', async () => {
    const file = await filledFile();
    expect(await refusalOf(file, { identity: 'another' })).toEqual(otherUpstream);
    expect((await (await open(file)).status()).access).toBe('writes');
  });

  it('belongs to another upstream, even after the index was purged', async () => {
    const file = await filledFile();
    const { size } = statSync(file);
    const store = await open(file);
    await store.purge();
    expect(statSync(file).size).toBeLessThan(size / 2);
    expect(statSync(`${file}-wal`).size).toBe(0);
    await store.close();
    expect(readFileSync(file).includes('600000000001')).toBe(false);
    expect(await refusalOf(file, { identity: 'another' })).toEqual(otherUpstream);
  });

  it('would be in a folder that cannot be created', async () => {
    const file = newFile();
    writeFileSync(file, '');
    await expect(open(join(file, 'below', 'index.sqlite'))).rejects.toMatchObject({
      kind: 'unwritable',
      exitCode: 73,
    });
  });

  it('is a folder, and no file is created beside it', async () => {
    const folder = join(testFolder().path, 'index.sqlite');
    mkdirSync(folder);
    await expect(open(folder)).rejects.toMatchObject({
      kind: 'unwritable',
      message: `${folder} is a folder. Set INDEX_URL to a file.`,
    });
    expect(existsSync(`${folder}.lock`)).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('is a device such as /dev/null', async () => {
    await expect(open('/dev/null')).rejects.toMatchObject({
      kind: 'unwritable',
      message: '/dev/null is not a file. Set INDEX_URL to a file.',
    });
    expect(existsSync('/dev/null.lock')).toBe(false);
  });

  it.skipIf(process.platform !== 'linux').each([
    ['/proc/no-such/index.sqlite', {}],
    ['/proc/version', { patienceMs: 1 }],
  ])('is %s, where no file can be created (Linux only)', async (file, options) => {
    await expect(open(file, options)).rejects.toMatchObject({
      kind: 'unwritable',
      message: `${file} cannot be created. Set INDEX_URL to a file in a folder that this user may write to.`,
    });
  });
});

describe('a new index file', () => {
  it('is created with its folders', async () => {
    const file = join(testFolder().path, 'a', 'b', 'index.sqlite');
    const store = await open(file);
    expect(await store.status()).toMatchObject({ access: 'writes', place: file, because: undefined });
  });

  it('may exist already as an empty file', async () => {
    const file = newFile();
    writeFileSync(file, '');
    expect((await (await open(file)).status()).access).toBe('writes');
  });
});

/** Root may write anywhere, so the test runs as another user for a moment. */
async function asNobody<Result>(act: () => Promise<Result>): Promise<Result> {
  if (process.geteuid?.() !== 0) return act();
  // SQLite is loaded while this user can read it.
  loadSqlite();
  process.seteuid?.(65_534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}

describe.skipIf(process.platform === 'win32')('an index file without write permission', () => {
  /** Removes the write permission of a folder. @returns the path of the index file */
  function locked(folder: string): string {
    chmodSync(folder, 0o555);
    onTestFinished(() => chmodSync(folder, 0o755));
    return join(folder, 'index.sqlite');
  }

  /** Returns what a user without write permission finds in the file. */
  async function seenBy(file: string): Promise<unknown> {
    return asNobody(async () => {
      const store = await open(file);
      const { access, place, because } = await store.status();
      const details = (await store.details(['600000000001'])).get('600000000001');
      const calls = [store.write([productRows()]), store.note('a', 'b'), store.purge()];
      const refused = (await Promise.allSettled(calls)).map((call) =>
        call.status === 'rejected' ? (call.reason as Error).message : call.status,
      );
      return { access, isThere: place === file, because, details: details?.rest?.length, refused };
    });
  }

  function reads(because: string): unknown {
    const refused = Array.from({ length: 3 }, () => 'This process only reads the index.');
    return { access: 'reads', isThere: true, because, details: 200_000, refused };
  }

  it('is refused if it does not exist', async () => {
    const file = locked(testFolder().path);
    await expect(asNobody(() => open(file))).rejects.toMatchObject({
      kind: 'unwritable',
      message: `${file} cannot be created. Set INDEX_URL to a file in a folder that this user may write to.`,
    });
  });

  it('is read in a folder without write permission', async () => {
    const folder = testFolder().path;
    await filledFile(join(folder, 'index.sqlite'));
    expect(await seenBy(locked(folder))).toEqual(
      reads('This process has no permission to write to the index.'),
    );
    expect(existsSync(join(folder, 'index.sqlite-shm'))).toBe(false);
  });

  it('is read if only the file is write-protected', async () => {
    const folder = testFolder().path;
    const file = await filledFile(join(folder, 'index.sqlite'));
    chmodSync(folder, 0o777);
    chmodSync(file, 0o444);
    expect(await seenBy(file)).toEqual(reads('This process has no permission to write to the index.'));
  });

  it('is read while another process writes to the file', async () => {
    const folder = testFolder().path;
    const file = join(folder, 'index.sqlite');
    const writer = await open(file);
    await writer.write([productRows({ rest: noise(200_000, 1) })]);
    locked(folder);
    expect(await seenBy(file)).toEqual(reads('Another process is writing to the index.'));
  });

  it('is refused if a write was interrupted and this process cannot complete it', async () => {
    const [from, folder] = [newFile(), testFolder().path];
    const writer = await open(from);
    await writer.write([productRows()]);
    for (const end of ['', '-wal']) copyFileSync(from + end, join(folder, `index.sqlite${end}`));
    const file = locked(folder);
    await expect(asNobody(() => open(file))).rejects.toMatchObject({ kind: 'unwritable' });
  });
});

interface Opened {
  readonly access: string;
  readonly because?: string;
  readonly refused?: { readonly code: string; readonly message: string };
  readonly products: number;
}

/** Starts another process that has the file open. */
async function openElsewhere(file: string): Promise<{ readonly child: ChildProcess; readonly told: Opened }> {
  const child = spawn(process.execPath, ['test/search-index/store/process.mjs', file, 'hold'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, told: JSON.parse(line) as Opened };
}

describe('a second process with the same index file', () => {
  it('reads what the first process writes, and is refused writes itself', async () => {
    const file = newFile();
    const store = await open(file);
    await store.write([productRows()]);
    const { child, told } = await openElsewhere(file);
    expect(told).toEqual({
      access: 'reads',
      because: 'Another process is writing to the index.',
      products: 1,
      refused: { code: 'INDEX_UNAVAILABLE', message: 'This process only reads the index.' },
    });
    await store.write([productRows({ id: '2' })]);
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect((await store.status()).access).toBe('writes');
  });

  it('sees each write, and can write after a restart once the first process was killed', async () => {
    const file = newFile();
    const { child, told } = await openElsewhere(file);
    expect(told).toMatchObject({ access: 'writes', products: 1 });
    const reader = await open(file);
    expect(await reader.status()).toMatchObject({ access: 'reads', products: 1 });
    expect(await reader.generation()).toBe(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    // The first process may be gone, but this store was opened to read.
    await expect(reader.write([productRows()])).rejects.toMatchObject({ code: 'INDEX_UNAVAILABLE' });
    const next = await open(file);
    expect((await next.status()).access).toBe('writes');
    await next.write([productRows({ id: '2' })]);
    expect(await reader.generation()).toBe(2);
    expect((await reader.all()).length).toBe(2);
  });

  it('waits for the first process to create the tables, and fails if that takes too long', async () => {
    const file = newFile();
    const lock = loadSqlite().open(`${file}.lock`);
    lock.exec('begin exclusive');
    onTestFinished(() => lock.close());
    execIn(file, 'pragma journal_mode = wal');
    await expect(open(file, { patienceMs: 200 })).rejects.toMatchObject({
      kind: 'older',
      message: expect.stringContaining('Stop the process that writes to it') as unknown,
    });
  });

  it('is treated the same if it is one process that opens the file twice', async () => {
    const file = newFile();
    const first = await open(file);
    expect((await (await open(file)).status()).access).toBe('reads');
    await first.close();
    expect((await (await open(file)).status()).access).toBe('writes');
  });
});

describe('a fault of the open index file', () => {
  it('by a full disk stops writes, and products can still be read', async () => {
    const store = await open(newFile(), { mostPages: 100 });
    await store.write([productRows({ id: '1', rest: noise(100_000, 1) })]);
    const before = await store.status();
    await expect(
      store.write([productRows({ id: '2' }), productRows({ id: '3', rest: noise(900_000, 1) })]),
    ).rejects.toMatchObject({
      code: 'INDEX_UNAVAILABLE',
      message: 'There is no space left for the index. Nothing was written.',
    });
    expect(await store.status()).toEqual(before);
    expect(await store.generation()).toBe(1);
    expect((await store.details(['1'])).get('1')?.rest?.length).toBe(100_000);
    await store.write([productRows({ id: '2' })]);
    expect((await store.all()).length).toBe(2);
  });

  it.skipIf(process.platform === 'win32')('by removal or replacement of the file is reported', async () => {
    const file = newFile();
    const store = await open(file);
    await store.write([productRows()]);
    const gone = {
      code: 'INDEX_UNAVAILABLE',
      message: 'The file of the index was removed or replaced. Restart the service.',
    };
    renameSync(file, `${file}.away`);
    for (const act of [() => store.write([productRows()]), () => store.generation(), () => store.status()])
      await expect(act()).rejects.toMatchObject(gone);
    writeFileSync(file, '');
    await expect(store.write([productRows()])).rejects.toMatchObject(gone);
    // The open file can still be read.
    expect((await store.all()).length).toBe(1);
    rmSync(file);
  });

  it('by damage of the file is reported when damaged pages are read', async () => {
    const file = await filledFile();
    const content = readFileSync(file);
    // All pages except the first, which has the schema.
    writeFileSync(file, content.fill(7, 4_096));
    const error: unknown = await open(file)
      .then((store) => store.write([productRows({ asOf: 2_000 })]))
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringMatching(/damaged/) as unknown });
  });

  it('by a network volume is avoided: the index is kept in memory, and the status states why', async () => {
    const folder = testFolder().path;
    mkdirSync(join(folder, 'with blank'));
    const file = join(folder, 'with blank', 'index.sqlite');
    const mounts = [
      `22 1 8:1 / / rw - ext4 /dev/sda1 rw`,
      `36 22 0:31 / ${folder}/with\\040blank rw,noatime shared:1 - nfs4 host:/a rw`,
    ].join('\n');
    const store = await open(file, { mounts });
    expect(await store.status()).toMatchObject({
      place: 'memory',
      access: 'writes',
      because: 'The file of the index would be on a network volume (nfs4), where SQLite cannot lock it.',
    });
    await store.write([productRows()]);
    expect((await store.all()).length).toBe(1);
    expect(existsSync(file)).toBe(false);
  });
});

/** Returns the sizes of the file and of its journal. */
function bytesOf(file: string): { readonly file: number; readonly journal: number } {
  return { file: statSync(file).size, journal: statSync(`${file}-wal`).size };
}

describe('the write-ahead log of the index file', () => {
  const maxBytes = 8_000_000;
  /** The maximum size of the journal: a sixteenth of the limit, and the size of one write. */
  const mostJournal = maxBytes / 16 + 300_000;

  async function fill(store: IndexStore, from: number): Promise<void> {
    for (let product = from; product < from + 60; product += 1)
      await store.write([productRows({ id: `${product}`, rest: noise(200_000, product) })]);
  }

  it('counts towards the size limit of the index', async () => {
    const file = newFile();
    const store = await open(file, { maxBytes });
    await fill(store, 1);
    const bytes = bytesOf(file);
    expect(bytes.journal).toBeLessThan(mostJournal);
    // The store drops details only after a write, so the size exceeds the limit for a moment.
    expect(bytes.file + bytes.journal).toBeLessThan(maxBytes + 600_000);
    const status = await store.status();
    expect(status.bytes).toBeLessThan(maxBytes + 300_000);
    expect(status.withDetails).toBeGreaterThan(30);
    expect(status.products).toBe(60);
  });

  it.skipIf(isQuick)('shrinks again when no reader needs its older pages', async () => {
    const file = newFile();
    const store = await open(file, { maxBytes });
    await fill(store, 1);
    const reader = loadSqlite().open(file, { readOnly: true });
    reader.exec('begin');
    expect(reader.all('select count(*) as n from product')).toEqual([{ n: 60 }]);
    await fill(store, 101);
    expect(bytesOf(file).journal).toBeGreaterThan(maxBytes);
    reader.exec('commit');
    reader.close();
    for (const id of ['1', '2', '3']) await store.write([productRows({ id })]);
    expect(bytesOf(file).journal).toBeLessThan(mostJournal);
  });
});

describe('damage in unread pages of the index file', () => {
  it('is found by a check of the whole file', async () => {
    const file = await filledFile();
    expect(await (await open(file)).isSound()).toBe(true);
  });

  it.each(['rest', 'told', 'note'])('is found in the pages of the table `%s`', async (table) => {
    const file = await filledFile();
    damage(file, table);
    const store = await open(file);
    expect(await store.status()).toMatchObject({ products: 1, withDetails: 1 });
    expect(await store.isSound()).toBe(false);
  });
});
