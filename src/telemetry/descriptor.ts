/** Opens a file descriptor for non-blocking writes, if the system supports that. */
import { constants, fstatSync, openSync, type Stats } from 'node:fs';

export interface Descriptor {
  readonly fd: number;
  /**
   * Whether a write may block, so that it must run in a thread. If false, a write to a full pipe fails with EAGAIN.
   */
  readonly mayBlock: boolean;
}

/** @throws Node's error if the descriptor is not open */
export function openDescriptor(fd: number): Descriptor {
  const stats = fstatSync(fd);
  // If a file were opened again, it would be written from its beginning.
  if (stats.isFile()) return { fd, mayBlock: true };
  const own = openAgain(fd, stats);
  if (own !== undefined) return { fd: own, mayBlock: false };
  const isPipe = stats.isFIFO() || stats.isSocket();
  if (fd !== 2 || !isPipe || process.platform === 'win32') return { fd, mayBlock: true };
  // Reading `process.stderr` is enough, because Node then makes stderr non-blocking if it is a pipe or a socket.
  return { fd: process.stderr.fd, mayBlock: false };
}

/**
 * Opens a pipe or terminal again, for this process alone. All processes that inherited the descriptor share its
 * blocking mode, and any of them may change it. Node does so when it starts and when it ends.
 */
function openAgain(fd: number, stats: Stats): number | undefined {
  if (process.platform !== 'linux' || stats.isSocket()) return undefined;
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // The pipe or terminal may belong to another user, or no process may read from it.
    return undefined;
  }
}
