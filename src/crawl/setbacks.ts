/**
 * Handles an upstream that does not respond. The crawl pauses, each time for longer, and finally stops with an error.
 */
import { setTimeout } from 'node:timers/promises';
import { isOutage, isPmsError, type PmsError } from '../errors.js';

export interface Setbacks {
  /**
   * Waits for the length of one pause. It ends at once if the signal is aborted.
   * @throws the error if the upstream has not responded for `patienceMs`
   */
  pause(error: PmsError): Promise<void>;
  /**
   * Records an error for which a pause would not help.
   * @throws the error if there were too many consecutive errors
   */
  note(error: PmsError): void;
  /** Resets the length of pauses and the number of errors, because the upstream has responded. */
  forget(): void;
}

export interface SetbackOptions {
  readonly signal: AbortSignal;
  /** Milliseconds of the first pause. Each pause is twice as long as the one before. @default 1000 */
  readonly pauseMs?: number;
  /** Milliseconds without a response after which the crawl stops with an error. @default 600000 */
  readonly patienceMs?: number;
}

const longestPauseMs = 60_000;
/** The number of consecutive errors after which the crawl stops. */
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

/** Whether the error is temporary, so that a later attempt may succeed. */
export function isPassing(error: unknown): error is PmsError {
  return isOutage(error) || (isPmsError(error) && error.code === 'OVERLOADED');
}
