/** Counts the days until an expiry. Used by the service and by the doctor's page in a browser. */
export const dayMs = 86_400_000;

/**
 * Returns the whole days until the expiry. Negative after it.
 * @param now milliseconds since 1970
 */
export function daysLeft(expires: Date, now: number): number {
  return Math.floor((expires.getTime() - now) / dayMs);
}
