/** Limits the rate of a crawl's requests to a given number per minute. */
import { setTimeout } from 'node:timers/promises';

export interface Pace {
  /** Resolves when the next request may be sent, or when the signal is aborted. */
  turn(signal: AbortSignal): Promise<void>;
  /** Records that a task sent this number of requests, although only one was reserved for it. */
  spent(requests: number): void;
}

/** @param perMinute maximum number of requests per minute; undefined for no limit */
export function createPace(perMinute: number | undefined, now = (): number => performance.now()): Pace {
  if (perMinute === undefined) return { turn: async () => {}, spent: () => {} };
  const spacingMs = 60_000 / perMinute;
  let nextAt = now();
  return {
    async turn(signal) {
      const at = Math.max(nextAt, now());
      nextAt = at + spacingMs;
      const waitMs = at - now();
      if (waitMs <= 0) return;
      try {
        await setTimeout(waitMs, undefined, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    spent(requests) {
      nextAt += Math.max(0, requests - 1) * spacingMs;
    },
  };
}
