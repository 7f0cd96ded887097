/** Creates the errors for requests that the governor does not send. */
import { PmsError } from '../errors.js';

export function rateLimited(waitMs: number): PmsError {
  const message = 'Because of the upstream’s rate limit, this request cannot be sent before it times out.';
  return new PmsError('UPSTREAM_RATE_LIMITED', message, { retryAfter: secondsOf(waitMs) });
}

export function overloaded(): PmsError {
  return new PmsError('OVERLOADED', 'Too many requests wait for the upstream. Try again in a moment.');
}

/**
 * @param heldMs milliseconds of the pause that the upstream has demanded; 0 for no pause
 * @param cause the error of the last upstream request; undefined if that request succeeded
 */
export function unavailable(heldMs: number, cause?: unknown): PmsError {
  return new PmsError('UPSTREAM_UNAVAILABLE', 'The upstream is down. The service will try it again soon.', {
    ...(heldMs > 0 && { retryAfter: secondsOf(heldMs) }),
    ...(cause !== undefined && { cause }),
  });
}

function secondsOf(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1_000));
}
