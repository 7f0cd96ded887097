/** Waits for promises until a signal is aborted, and limits the time of an operation. */
import { setMaxListeners } from 'node:events';

/** Calls `leave` when the signal is aborted. Returns a function that stops listening. */
export function onAbort(signal: AbortSignal, leave: () => void): () => void {
  // One signal serves all calls of an operation, which may be hundreds.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', leave, { once: true });
  return () => signal.removeEventListener('abort', leave);
}

/**
 * Runs `begin`. Rejects with the signal's reason as soon as the signal is aborted. If it is already aborted, `begin` is
 * not called.
 */
export async function untilAborted<Value>(
  signal: AbortSignal | undefined,
  begin: () => Promise<Value>,
): Promise<Value> {
  if (!signal) return begin();
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = onAbort(signal, () => reject(signal.reason as Error));
  });
  return Promise.race([begin(), aborted]).finally(stop);
}

/** Resolves when the promise does or when the signal is aborted, whichever comes first. */
export async function endedOrAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  await untilAborted(signal, () => promise).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

export interface Deadline {
  /** The deadline, in monotonic milliseconds. */
  readonly at: number;
  /** Stops the timer after the end of the operation. */
  end(): void;
}

/**
 * Aborts `stay` with a TimeoutError at the deadline. It uses its own timer: on Node 20, a signal that
 * `AbortSignal.any` creates from `AbortSignal.timeout` may be garbage-collected before it fires, because nothing else
 * refers to it.
 */
export function startDeadline(stay: AbortController, milliseconds: number): Deadline {
  const timer = setTimeout(() => {
    stay.abort(
      new DOMException(
        'The operation has reached its time limit. Request less data in one operation.',
        'TimeoutError',
      ),
    );
  }, milliseconds);
  return {
    at: performance.now() + milliseconds,
    end: () => clearTimeout(timer),
  };
}
