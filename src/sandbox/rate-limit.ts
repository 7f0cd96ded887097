/** A fixed window of a minute, as an API gateway counts requests. */

const WINDOW = 60_000;

/** Returns a function that admits a request (0) or tells after how many whole seconds the window ends. */
export function createRateLimit(perMinute: number, now: () => number): () => number {
  let start = Number.NEGATIVE_INFINITY;
  let admitted = 0;
  return () => {
    const time = now();
    if (time >= start + WINDOW) [start, admitted] = [time, 0];
    if (admitted < perMinute) {
      admitted += 1;
      return 0;
    }
    return Math.ceil((start + WINDOW - time) / 1000);
  };
}
