/**
 * Writes lines to a file descriptor. If lines cannot be written, the process neither ends nor waits: the lines wait
 * in a queue of limited size. Lines that do not fit are lost, and counted. Pino's own destination is not used. If no
 * process reads a pipe, Pino waits in a thread, and the process cannot exit before the thread. If a disk is full, it
 * retries with every line.
 */
import { write, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers';
import { codeOf } from '../errors.js';
import { openDescriptor, type Descriptor } from './descriptor.js';
import { createLineQueue, type LineQueue } from './line-queue.js';

export interface LineWriter {
  /** Writes a line. Never throws and never waits. */
  write(line: string): void;
  /** Number of lines that wait to be written. */
  readonly waiting: number;
  /** Number of lines that were lost since the start. */
  readonly lost: number;
}

export interface LineWriterOptions {
  /** The file descriptor. @default 2, stderr */
  readonly fd?: number;
  /** Maximum number of waiting bytes. @default 4 MiB */
  readonly maxBytes?: number;
  /** Returns a line that states how many lines were lost. It is written as soon as lines can be written again. */
  readonly gap?: (lost: number) => string;
}

/**
 * PIPE_BUF of Linux. A pipe accepts this many bytes completely or not at all, so lines of several processes do not
 * mix.
 */
const batchBytes = 4_096;

/** Milliseconds until the next attempt, after a full pipe and after any other failure. */
const retryMs = { full: 20, broken: 1_000 } as const;

/** Maximum number of milliseconds for which the exit of the process waits until lines are read. */
const patienceMs = 1_000;

/**
 * Creates a writer. The descriptor is opened for the first line. At the exit of the process, waiting lines are written
 * as far as possible.
 */
export function createLineWriter({
  fd = 2,
  maxBytes = 4 * 2 ** 20,
  gap,
}: LineWriterOptions = {}): LineWriter {
  const queue = createLineQueue(maxBytes, batchBytes);
  let state: 'idle' | 'writing' | 'resting' = 'idle';
  let isBroken = false;
  let descriptor: Descriptor | undefined;
  let lost = 0;
  let told = 0;

  const open = (): Descriptor => {
    const opened = openDescriptor(fd);
    process.once('exit', () => {
      // A thread completes the write that it has started, and the exit of the process waits for the thread.
      if (state === 'writing') queue.skip();
      writeOut(queue, opened.fd);
    });
    return opened;
  };
  const succeed = (bytes: number): void => {
    queue.take(bytes);
    isBroken = false;
  };
  const fail = (error: unknown): void => {
    const code = codeOf(error);
    state = 'resting';
    isBroken = code !== 'EAGAIN';
    // A full disk may have space later. But if a reader has closed the pipe, the waiting lines will never be read.
    if (code === 'EPIPE' || code === 'EBADF') lost += queue.clear();
    setTimeout(awake, isBroken ? retryMs.broken : retryMs.full).unref();
  };
  const writeAside = (to: number): void => {
    state = 'writing';
    write(to, queue.next(), (error, bytes) => {
      state = 'idle';
      if (error) fail(error);
      else succeed(bytes);
      advance();
    });
  };
  const isReady = (): boolean => {
    if (state !== 'idle') return false;
    if (queue.next().length > 0) return true;
    if (!gap || lost === told || isBroken || !queue.push(gap(lost - told))) return false;
    told = lost;
    return true;
  };
  const advance = (): void => {
    try {
      while (isReady()) {
        descriptor ??= open();
        if (descriptor.mayBlock) writeAside(descriptor.fd);
        else succeed(writeSync(descriptor.fd, queue.next()));
      }
    } catch (error) {
      fail(error);
    }
  };
  const awake = (): void => {
    state = 'idle';
    advance();
  };
  return {
    write(line) {
      if (!queue.push(line)) lost += 1;
      advance();
    },
    get waiting() {
      return queue.length;
    },
    get lost() {
      return lost;
    },
  };
}

/** Writes the waiting lines when the process exits. If they are read slowly, waits for at most `patienceMs`. */
function writeOut(queue: LineQueue, fd: number): void {
  const end = performance.now() + patienceMs;
  while (queue.next().length > 0) {
    try {
      queue.take(writeSync(fd, queue.next()));
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN' || performance.now() > end) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs.full);
    }
  }
}
