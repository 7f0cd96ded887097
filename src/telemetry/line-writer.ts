/**
 * Writes lines to a file descriptor, without ending or delaying the process where they cannot be written. Such lines
 * wait in a bounded queue; beyond it they are lost, and counted.
 * Pino's own destination does not do. For a pipe that nobody reads it waits in a thread, and the exit waits for the
 * thread. For a full disk it tries again with every line.
 */
import { write, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers';
import { codeOf } from '../errors.js';
import { openDescriptor, type Descriptor } from './descriptor.js';
import { createLineQueue, type LineQueue } from './line-queue.js';

export interface LineWriter {
  /** Never throws, and never waits. */
  write(line: string): void;
  /** Number of lines that wait for room, or for a reader. */
  readonly waiting: number;
  /** Lines that were lost since the start. */
  readonly lost: number;
}

export interface LineWriterOptions {
  /** @default 2, stderr */
  readonly fd?: number;
  /** Most bytes that wait. @default 4 MiB */
  readonly maxBytes?: number;
  /** Makes a line that says how many lines were lost. It is written as soon as lines can be written again. */
  readonly gap?: (lost: number) => string;
}

/**
 * PIPE_BUF of Linux: a pipe takes so many bytes as a whole or not at all, so that lines of several processes do not
 * mix.
 */
const batchBytes = 4_096;

/** Milliseconds until a retry: of a full pipe, and of any other failure. */
const retryMs = { full: 20, broken: 1_000 } as const;

/** Most milliseconds that an exit waits for a reader. */
const patienceMs = 1_000;

/**
 * Opens the descriptor with the first line. At the exit of the process, waiting lines are written as far as possible.
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
      // A thread finishes a write that it has begun, and the exit waits for it.
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
    // A disk may have room again. A reader that has gone does not come back for missed lines.
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

/** Writes the waiting lines at exit. It waits for a slow reader, but no longer than `patienceMs`. */
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
