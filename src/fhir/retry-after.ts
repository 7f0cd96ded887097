/** Reads the header `Retry-After`, which is a number of seconds or an HTTP date. */
import { longestRetryAfter } from '../errors.js';

/**
 * Returns the seconds to wait, rounded up, at most an hour; undefined if the header is missing or invalid.
 * @param now milliseconds since the epoch
 */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d{1,100}\s*$/.test(header)) return Math.min(longestRetryAfter, Number(header));
  // An HTTP date begins with a weekday. This must be checked, because `Date.parse` reads "-5" as a month.
  const date = /^\s*[a-z]{3}/i.test(header) ? Date.parse(header) : Number.NaN;
  if (Number.isNaN(date)) return undefined;
  return Math.min(longestRetryAfter, Math.max(0, Math.ceil((date - now) / 1000)));
}
