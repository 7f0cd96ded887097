/** When a failed token request may be followed by the next one: timing alone, as a pure function. */
import { isPmsError } from '../errors.js';
import { isRefusedForGood } from './token-refusal.js';

const minute = 60_000;

/**
 * Milliseconds until the next attempt. What is refused for good is asked once a minute, `Retry-After` is honoured,
 * and all else waits 1 s to 2, 4, … 60 s, at random, so that replicas do not return together.
 */
export function retryDelay(error: unknown, failures: number, random: () => number): number {
  const told = isPmsError(error) ? (error.retryAfter ?? 0) * 1_000 : 0;
  if (isRefusedForGood(error)) return Math.max(minute, told);
  const longest = Math.min(minute, 1_000 * 2 ** failures);
  return Math.max(told, 1_000 + random() * (longest - 1_000));
}
