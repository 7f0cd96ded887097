/** Counts days until an expiry, for the service and for the page in a browser. */
export const dayMs = 86_400_000;

/**
 * Returns the whole days that are left; negative once they are over.
 * @param now milliseconds since 1970
 */
export function daysLeft(expires: Date, now: number): number {
  return Math.floor((expires.getTime() - now) / dayMs);
}
