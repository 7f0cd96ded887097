/** Handles an upstream that does not answer: the crawl waits, longer each time, and gives up in the end. */
import { setTimeout } from 'node:timers/promises';
import { isOutage, isPmsError, type PmsError } from '../errors.js';

export interface Setbacks {
  /**
   * Waits for a pause; ends at once when the signal is aborted.
   * @throws the error where the upstream has not answered for too long
   */
  pause(error: PmsError): Promise<void>;
  /** Notes an error that waiting does not mend. @throws the error where there were too many in a row */
  note(error: PmsError): void;
  /** Forgets all setbacks, since the upstream has answered. */
  forget(): void;
}

export interface SetbackOptions {
  readonly signal: AbortSignal;
  /** Milliseconds of the first pause; each is twice as long as the one before. @default 1000 */
  readonly pauseMs?: number;
  /** Milliseconds without an answer after which it gives up. @default 600000 */
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

/** Whether the error may pass with time. */
export function isPassing(error: unknown): error is PmsError {
  return isOutage(error) || (isPmsError(error) && error.code === 'OVERLOADED');
}
