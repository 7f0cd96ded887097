/** Computes when a failed token request may be repeated, as a pure function. */
import { isPmsError } from '../errors.js';
import { isRefusedForGood } from './token-refusal.js';

const minute = 60_000;

/**
 * Returns the milliseconds until the next attempt. A permanent refusal is retried once a minute, and `Retry-After` is
 * honoured. All else waits 1 s to 2, 4, … 60 s, at random, so that replicas do not return together.
 */
export function retryDelay(error: unknown, failures: number, random: () => number): number {
  const told = isPmsError(error) ? (error.retryAfter ?? 0) * 1_000 : 0;
  if (isRefusedForGood(error)) return Math.max(minute, told);
  const longest = Math.min(minute, 1_000 * 2 ** failures);
  return Math.max(told, 1_000 + random() * (longest - 1_000));
}
