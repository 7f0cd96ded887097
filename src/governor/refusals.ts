/** Makes the errors for requests that the governor does not send. */
import { PmsError } from '../errors.js';

export function rateLimited(waitMs: number): PmsError {
  const message = 'The rate limit of the upstream leaves no room for this request before its time is over.';
  return new PmsError('UPSTREAM_RATE_LIMITED', message, { retryAfter: secondsOf(waitMs) });
}

export function overloaded(): PmsError {
  return new PmsError('OVERLOADED', 'Too many requests wait for the upstream. Try again in a moment.');
}

/**
 * @param heldMs milliseconds for which the upstream has asked for a pause; 0 where it has not
 * @param cause the error of the last exchange; undefined where it succeeded
 */
export function unavailable(heldMs: number, cause?: unknown): PmsError {
  return new PmsError('UPSTREAM_UNAVAILABLE', 'The upstream is down. The service will ask it again soon.', {
    ...(heldMs > 0 && { retryAfter: secondsOf(heldMs) }),
    ...(cause !== undefined && { cause }),
  });
}

function secondsOf(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1_000));
}
