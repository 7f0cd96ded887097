/** Makes each operation wait until operations can run, for no longer than its own client waits. */
import { untilAborted } from '../../network/signals.js';

/**
 * Resolves once the service is ready; rejects with the signal's reason where that comes first. Once ready, it stays
 * ready: only the first operations wait and watch their signals.
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
