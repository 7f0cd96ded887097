/** Spaces the requests of a crawl, so that it sends at most a given number a minute. */
import { setTimeout } from 'node:timers/promises';

export interface Pace {
  /** Resolves when the next request may be sent, or when the signal is aborted. */
  turn(signal: AbortSignal): Promise<void>;
  /** Notes that a turn was used for this number of requests instead of one. */
  spent(requests: number): void;
}

/** @param perMinute most requests a minute; undefined for no limit */
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
