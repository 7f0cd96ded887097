/** Handles an upstream that does not respond: the crawl pauses, longer each time, and finally gives up. */
import { setTimeout } from 'node:timers/promises';
import { isOutage, isPmsError, type PmsError } from '../errors.js';

export interface Setbacks {
  /**
   * Waits for a pause. Ends at once when the signal is aborted.
   * @throws the error if the upstream has not responded for `patienceMs`
   */
  pause(error: PmsError): Promise<void>;
  /** Notes an error that a pause would not mend. @throws the error if there were too many in a row */
  note(error: PmsError): void;
  /** Resets the pauses and the count of errors, because the upstream has responded. */
  forget(): void;
}

export interface SetbackOptions {
  readonly signal: AbortSignal;
  /** Milliseconds of the first pause. Each further pause is twice as long. @default 1000 */
  readonly pauseMs?: number;
  /** Milliseconds without a response after which the crawl gives up. @default 600000 */
  readonly patienceMs?: number;
}

const longestPauseMs = 60_000;
/** Errors in a row after which the crawl gives up. */
const mostInARow = 100;

export function createSetbacks({ signal, pauseMs = 1_000, patienceMs = 600_000 }: SetbackOptions): Setbacks {
  let inARow = 0;
  let since: number | undefined;
  return {
    async pause(error) {
      const now = performance.now();
      since ??= now;
      if (now - since > patienceMs) throw error;
      inARow += 1;
      const backoffMs = Math.min(longestPauseMs, pauseMs * 2 ** Math.min(16, inARow - 1));
      const toldMs = (error.retryAfter ?? 0) * 1_000;
      try {
        await setTimeout(Math.max(toldMs, backoffMs), undefined, { signal });
      } catch (reason) {
        if (!signal.aborted) throw reason;
      }
    },
    note(error) {
      inARow += 1;
      if (inARow >= mostInARow) throw error;
    },
    forget() {
      inARow = 0;
      since = undefined;
    },
  };
}

/** Whether a later attempt may succeed without the error. */
export function isPassing(error: unknown): error is PmsError {
  return isOutage(error) || (isPmsError(error) && error.code === 'OVERLOADED');
}
