/**
 * Limits concurrent upstream requests: additive increase and multiplicative decrease after a slow start, as in TCP. The
 * upstream counts as congested if it says so, if it does not respond, or if recent responses take twice as long as
 * usual (the gradient of Netflix's concurrency-limits).
 */

export type Outcome = 'answered' | 'congested' | 'abandoned';

export interface ConcurrencyLimit {
  /** Maximum number of concurrent requests, at least 1. */
  readonly limit: number;
  /** Average milliseconds of recent requests. 0 before the first response. */
  readonly latencyMs: number;
  readonly inFlight: number;
  /** Counts the start of a request. Returns the function to call at its end. */
  begin(): (outcome: Outcome) => void;
}

const backOff = 0.7;
const fewSamples = 20;

export function createConcurrencyLimit({
  max,
  now = () => performance.now(),
}: {
  readonly max: number;
  readonly now?: () => number;
}): ConcurrencyLimit {
  let limit = Math.ceil(max / 2);
  let isSlowStart = true;
  let inFlight = 0;
  let samples = 0;
  let recentMs = 0;
  let usualMs = 0;
  let decreasedAt = -Infinity;

  function isSlow(ms: number): boolean {
    samples += 1;
    recentMs = average(recentMs, ms, samples === 1 ? 1 : 0.2);
    usualMs = average(usualMs, ms, Math.max(0.02, 1 / samples));
    return samples > fewSamples && recentMs > 2 * usualMs + 50;
  }

  function decrease(beganAt: number): void {
    // A request that was sent before the last decrease does not show the effect of that decrease.
    if (beganAt <= decreasedAt) return;
    decreasedAt = now();
    isSlowStart = false;
    limit = Math.max(1, limit * backOff);
  }

  return {
    get limit() {
      return Math.floor(limit);
    },
    get latencyMs() {
      return recentMs;
    },
    get inFlight() {
      return inFlight;
    },
    begin() {
      const beganAt = now();
      // If few requests are in flight, a success does not show that the limit could be higher.
      const isUsed = (inFlight += 1) * 2 > limit;
      return (outcome) => {
        inFlight -= 1;
        if (outcome === 'abandoned') return;
        if (outcome === 'congested' || isSlow(now() - beganAt)) return decrease(beganAt);
        if (isUsed) limit = Math.min(max, limit + (isSlowStart ? 1 : 1 / limit));
      };
    },
  };
}

function average(so: number, sample: number, weight: number): number {
  return so + weight * (sample - so);
}
