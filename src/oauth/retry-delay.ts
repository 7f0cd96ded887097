/** Computes when a failed token request may be repeated. A pure function. */
import { isPmsError } from '../errors.js';
import { isRefusedForGood } from './token-refusal.js';

const minute = 60_000;

/**
 * Returns the milliseconds until the next attempt. After a permanent refusal, one attempt per minute is made.
 * `Retry-After` is obeyed. Other failures wait 1 s to 2, 4, … 60 s, at random, so that replicas do not retry together.
 */
export function retryDelay(error: unknown, failures: number, random: () => number): number {
  const told = isPmsError(error) ? (error.retryAfter ?? 0) * 1_000 : 0;
  if (isRefusedForGood(error)) return Math.max(minute, told);
  const longest = Math.min(minute, 1_000 * 2 ** failures);
  return Math.max(told, 1_000 + random() * (longest - 1_000));
}
