/** Reads `Retry-After`, which comes as seconds or as an HTTP date. */
import { longestRetryAfter } from '../errors.js';

/**
 * Returns the seconds to wait from `now` (milliseconds of the epoch), rounded up, and an hour at most; undefined where
 * the header is not usable.
 */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d{1,100}\s*$/.test(header)) return Math.min(longestRetryAfter, Number(header));
  // A date begins with its weekday; Date.parse would take "-5" for a month.
  const date = /^\s*[a-z]{3}/i.test(header) ? Date.parse(header) : Number.NaN;
  if (Number.isNaN(date)) return undefined;
  return Math.min(longestRetryAfter, Math.max(0, Math.ceil((date - now) / 1000)));
}
