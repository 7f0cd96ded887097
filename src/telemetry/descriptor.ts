/** A file descriptor, opened so that writing to it waits for nobody, where the system can do that. */
import { constants, fstatSync, openSync, type Stats } from 'node:fs';

export interface Descriptor {
  readonly fd: number;
  /** Whether a write may have to wait: it belongs into a thread. Else a full pipe answers EAGAIN. */
  readonly mayBlock: boolean;
}

/** @throws Node's error where it is not open */
export function openDescriptor(fd: number): Descriptor {
  const stats = fstatSync(fd);
  // A file that was opened again would be written from its start.
  if (stats.isFile()) return { fd, mayBlock: true };
  const own = openAgain(fd, stats);
  if (own !== undefined) return { fd: own, mayBlock: false };
  const isPipe = stats.isFIFO() || stats.isSocket();
  if (fd !== 2 || !isPipe || process.platform === 'win32') return { fd, mayBlock: true };
  // To ask for it is enough: Node makes stderr non-blocking where it is a pipe or a socket.
  return { fd: process.stderr.fd, mayBlock: false };
}

/**
 * All who have a pipe or a terminal from the same hand share whether it blocks, and any of them may change it: Node does
 * at its start and at its end. Opened again it is this process' own.
 */
function openAgain(fd: number, stats: Stats): number | undefined {
  if (process.platform !== 'linux' || stats.isSocket()) return undefined;
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // It may belong to another user, or nobody reads it.
    return undefined;
  }
}
