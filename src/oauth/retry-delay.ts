/** Computes when a failed token request may be repeated. A pure function. */
import { isPmsError } from '../errors.js';
import { isRefusedForGood } from './token-refusal.js';

const minute = 60_000;

/**
 * Returns the milliseconds until the next attempt. After a permanent refusal, there is one attempt per minute.
 * `Retry-After` is obeyed. After other failures the pause grows from 1 s to 60 s (1, 2, 4, …). It is partly random,
 * so that replicas do not retry at the same time.
 */
export function retryDelay(error: unknown, failures: number, random: () => number): number {
  const told = isPmsError(error) ? (error.retryAfter ?? 0) * 1_000 : 0;
  if (isRefusedForGood(error)) return Math.max(minute, told);
  const longest = Math.min(minute, 1_000 * 2 ** failures);
  return Math.max(told, 1_000 + random() * (longest - 1_000));
}
