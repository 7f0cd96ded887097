/** Log lines to real pipes, devices and files, also if nobody reads them or they are full. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLineQueue } from '../../src/telemetry/line-queue.js';
import {
  createLineWriter,
  type LineWriter,
  type LineWriterOptions,
} from '../../src/telemetry/line-writer.js';

const isLinux = process.platform === 'linux';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'pms-lines-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

function open(file: string, flags: string | number): number {
  const fd = openSync(file, flags);
  onTestFinished(() => {
    try {
      closeSync(fd);
    } catch {
      // The test has closed the file descriptor.
    }
  });
  return fd;
}

interface Pipe {
  readonly reader: number;
  readonly writer: number;
  readonly file: string;
}

function pipe(): Pipe {
  const file = path.join(folder(), 'pipe');
  execFileSync('mkfifo', [file]);
  return { reader: openReader(file), writer: open(file, 'w'), file };
}

function openReader(file: string): number {
  return open(file, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Returns the current content of the pipe. */
function read(reader: number): string {
  const buffer = Buffer.alloc(2 ** 17);
  let text = '';
  for (;;) {
    try {
      const bytes = readSync(reader, buffer);
      if (bytes === 0) return text;
      text += buffer.toString('latin1', 0, bytes);
    } catch {
      return text;
    }
  }
}

async function readAll(reader: number, writer: LineWriter): Promise<readonly string[]> {
  let text = '';
  await vi.waitUntil(
    () => {
      text += read(reader);
      return writer.waiting === 0;
    },
    { timeout: 20_000 },
  );
  return linesOf(text + read(reader));
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  return lines;
}

const lineOf = (index: number): string => `${String(index).padEnd(99, '.')}\n`;

function write(writer: LineWriter, count: number, from = 0): void {
  for (let index = from; index < from + count; index += 1) writer.write(lineOf(index));
}

const indexOf = (line: string): number => Number(line.replace(/\.+$/, ''));
const gap: LineWriterOptions['gap'] = (lost) => `lost ${lost}\n`;

describe.skipIf(!isLinux)('a log to a pipe (Linux only)', () => {
  it('has each line as soon as it is written', () => {
    const { reader, writer: fd } = pipe();
    const writer = createLineWriter({ fd });
    writer.write('first\n');
    writer.write('zweite Zeile: ä\n');
    expect(Buffer.from(read(reader), 'latin1').toString()).toBe('first\nzweite Zeile: ä\n');
    expect([writer.waiting, writer.lost]).toEqual([0, 0]);
  });

  it('that nobody reads delays no request: waiting lines come in order, and lines that do not fit are counted', async () => {
    const { reader, writer: fd } = pipe();
    const writer = createLineWriter({ fd, maxBytes: 100_000, gap });
    write(writer, 5_000);
    const { lost } = writer;
    expect(lost).toBeGreaterThan(3_000);
    expect(writer.waiting).toBe(1_000);
    const lines = await readAll(reader, writer);
    expect(lines.slice(0, -1).map(indexOf)).toEqual(
      Array.from({ length: 5_000 - lost }, (_, index) => index),
    );
    expect([lines.at(-1), writer.lost]).toEqual([`lost ${lost}`, lost]);
    writer.write('after\n');
    expect(read(reader)).toBe('after\n');
  });

  it('does not change the mode of the pipe for other writers', () => {
    const { writer: fd } = pipe();
    const flags = (): string => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').split('\n')[1] ?? '';
    const before = flags();
    createLineWriter({ fd }).write('line\n');
    expect([before, flags()]).toEqual([expect.stringMatching(/^flags:/), before]);
  });

  it('loses lines while the pipe has no reader, and continues with a new reader', async () => {
    const { reader, writer: fd, file } = pipe();
    const writer = createLineWriter({ fd, gap });
    writer.write('first\n');
    expect(read(reader)).toBe('first\n');
    closeSync(reader);
    write(writer, 10);
    await vi.waitUntil(() => writer.lost === 10, { timeout: 20_000 });
    expect(writer.waiting).toBe(0);
    const another = openReader(file);
    let text = '';
    await vi.waitUntil(
      () => {
        writer.write('again\n');
        return (text += read(another)).includes('lost');
      },
      { timeout: 20_000, interval: 100 },
    );
    const [again, told] = linesOf(text).filter((line, index) => index === 0 || line.startsWith('lost'));
    expect([again, told, writer.lost]).toEqual(['again', `lost ${writer.lost}`, writer.lost]);
  });
});

describe.skipIf(!isLinux)('a log to a socket (Linux only)', () => {
  it('does not delay the end of the process if the socket has no reader', async () => {
    const script = [
      `const { createLineWriter } = await import('./dist/telemetry/line-writer.js');`,
      `const writer = createLineWriter();`,
      `for (let index = 0; index < 20_000; index += 1) writer.write('.'.repeat(99) + '\\n');`,
      `setImmediate(() => process.exit(writer.waiting > 10_000 ? 7 : 8));`,
    ].join('\n');
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await once(child, 'exit')).toEqual([7, null]);
  });
});

describe.skipIf(!isLinux)('a log to a full disk (Linux only)', () => {
  it('lets lines wait, and counts the lines that do not fit', () => {
    const writer = createLineWriter({ fd: open('/dev/full', 'w'), maxBytes: 10_000, gap });
    write(writer, 150);
    expect([writer.waiting, writer.lost]).toEqual([100, 50]);
  });
});

describe('a log to a file', () => {
  it('continues at the end of the file, in order', async () => {
    const file = path.join(folder(), 'log');
    writeFileSync(file, 'before\n');
    const writer = createLineWriter({ fd: open(file, 'a') });
    write(writer, 5_000);
    await vi.waitUntil(() => writer.waiting === 0, { timeout: 20_000 });
    const [before, ...lines] = linesOf(readFileSync(file, 'utf8'));
    expect(before).toBe('before');
    expect(lines.map(indexOf)).toEqual(Array.from({ length: 5_000 }, (_, index) => index));
    expect(writer.lost).toBe(0);
  });

  it('loses lines and throws nothing if other code has closed the file', async () => {
    const fd = openSync(path.join(folder(), 'log'), 'a');
    closeSync(fd);
    const writer = createLineWriter({ fd });
    write(writer, 3);
    await vi.waitUntil(() => writer.lost === 3, { timeout: 20_000 });
    expect(writer.waiting).toBe(0);
  });
});

describe('waiting log lines', () => {
  it('are written as whole lines, several at once, and a very long line alone', () => {
    const queue = createLineQueue(1_000, 10);
    for (const line of ['abcd\n', 'efgh\n', 'ijkl\n', `${'x'.repeat(20)}\n`, 'mnop\n']) queue.push(line);
    const batches: string[] = [];
    while (queue.next().length > 0) {
      batches.push(queue.next().toString());
      queue.take(queue.next().length);
    }
    expect(batches).toEqual(['abcd\nefgh\n', 'ijkl\n', `${'x'.repeat(20)}\n`, 'mnop\n']);
  });

  it('count with their remaining bytes until their last byte is written', () => {
    const queue = createLineQueue(10, 100);
    expect([queue.push('abcd\n'), queue.push('efgh\n'), queue.push('i\n')]).toEqual([true, true, false]);
    expect(queue.next().toString()).toBe('abcd\nefgh\n');
    queue.take(7);
    expect([queue.length, queue.next().toString()]).toEqual([1, 'gh\n']);
    expect([queue.push('ijklmn\n'), queue.push('o\n'), queue.length]).toEqual([true, false, 2]);
    expect([queue.clear(), queue.length, queue.next().length]).toEqual([2, 0, 0]);
    expect(queue.push('abcdefghi\n')).toBe(true);
  });
});
