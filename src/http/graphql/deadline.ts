/** The time that one operation may take, joined with the stay of its client. */

export interface Deadline {
  /** When the time is over, in monotonic milliseconds. */
  readonly at: number;
  /** The operation has come to its end: nothing is waited for any longer. */
  end(): void;
}

/**
 * Ends a client's stay with a TimeoutError when the time is over. A timer of its own, because on Node 20 a signal that
 * `AbortSignal.any` makes of `AbortSignal.timeout` may be collected as garbage before it fires: nothing but the signal
 * holds it.
 */
export function startDeadline(stay: AbortController, milliseconds: number): Deadline {
  const timer = setTimeout(() => {
    stay.abort(new DOMException('The operation took longer than it may.', 'TimeoutError'));
  }, milliseconds);
  return {
    at: performance.now() + milliseconds,
    end: () => clearTimeout(timer),
  };
}
