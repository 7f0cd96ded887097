/** Delays operations until the service is ready. No operation waits longer than its client does. */
import { untilAborted } from '../../network/signals.js';

/**
 * Resolves when the service is ready. Rejects with the signal's reason if the signal is aborted before. A ready
 * service stays ready, so later operations do not wait.
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
