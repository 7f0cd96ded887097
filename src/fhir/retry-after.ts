/** Reads `Retry-After`, which comes as seconds or as an HTTP date. */

/** Seconds to wait from `now` (milliseconds of the epoch), rounded up; undefined where the header says nothing usable. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header);
  // A date begins with its weekday; Date.parse would take "-5" for a month.
  const date = /^\s*[a-z]{3}/i.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
