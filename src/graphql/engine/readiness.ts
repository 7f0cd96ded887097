/** Waits until operations can be run at all: each waits by itself, and no longer than it has somebody to answer. */
import { untilAborted } from '../../network/signals.js';

/**
 * Resolves once there is a way; rejects with the signal's reason where that comes first.
 * Once there is one, there is one for good: only the first operations have to wait, and to watch their signals.
 */
export type Readiness = (signal: AbortSignal | undefined) => Promise<void>;

export function createReadiness(ready: () => Promise<void>): Readiness {
  let isReady = false;
  return async (signal) => {
    signal?.throwIfAborted();
    if (isReady) return;
    await untilAborted(signal, ready);
    isReady = true;
  };
}
