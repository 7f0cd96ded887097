/** Waits until a signal aborts, and limits the time of an operation. */
import { setMaxListeners } from 'node:events';

/** Calls `leave` once the signal is aborted. Returns the function that stops listening. */
export function onAbort(signal: AbortSignal, leave: () => void): () => void {
  // One signal serves all calls of an operation, which may be hundreds.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', leave, { once: true });
  return () => signal.removeEventListener('abort', leave);
}

/**
 * Runs `begin`, but rejects with the signal's reason as soon as it is aborted. If it already is, `begin` is not called.
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

/** Resolves when the promise does, or when the signal comes first. */
export async function endedOrAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  await untilAborted(signal, () => promise).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

export interface Deadline {
  /** When the time is over, in monotonic milliseconds. */
  readonly at: number;
  /** Stops the timer, once the operation has ended. */
  end(): void;
}

/**
 * Aborts `stay` with a TimeoutError when the time is over. It has its own timer, because on Node 20 a signal that
 * `AbortSignal.any` makes of `AbortSignal.timeout` may be garbage-collected before it fires: nothing else refers to it.
 */
export function startDeadline(stay: AbortController, milliseconds: number): Deadline {
  const timer = setTimeout(() => {
    stay.abort(
      new DOMException(
        'The operation took longer than it is allowed to. Ask for less at once.',
        'TimeoutError',
      ),
    );
  }, milliseconds);
  return {
    at: performance.now() + milliseconds,
    end: () => clearTimeout(timer),
  };
}
