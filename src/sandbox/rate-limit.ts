/** Counts requests in fixed windows of a minute, like an API gateway. */

const WINDOW = 60_000;

/** Returns a function that returns 0 if the request is within the limit, or else the whole seconds until the window ends. */
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
