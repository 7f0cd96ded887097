/** What a crawl does when the upstream does not answer: it waits, longer each time, and gives up in the end. */
import { setTimeout } from 'node:timers/promises';
import { isOutage, isPmsError, type PmsError } from '../errors.js';

export interface Setbacks {
  /** Resolves after a pause; at once where the signal is aborted. @throws the error where there were too many */
  pause(error: PmsError): Promise<void>;
  /** Something could not be read, and will not be by waiting. @throws the error where there were too many */
  note(error: PmsError): void;
  /** The upstream has answered. */
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
/** Whoever is refused so often in a row is refused for good. */
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

/** Whether it may be over in a while. */
export function isPassing(error: unknown): error is PmsError {
  return isOutage(error) || (isPmsError(error) && error.code === 'OVERLOADED');
}
