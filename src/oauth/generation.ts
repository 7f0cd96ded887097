/**
 * Divides the life of a token into three periods: fresh until `softAt`, renewed in the background until `hardAt`, then
 * renewed while callers wait.
 */
import type { Token } from './token-endpoint.js';

/** A token in the form in which replicas share it. */
export interface IssuedToken extends Token {
  /** Id of this issue of the token. An endpoint may issue the same token twice. */
  readonly id: string;
  /** Id of the refused token that this token replaces. */
  readonly renewalOf?: string | undefined;
}

/** A token with the times of its renewal, in monotonic milliseconds of this process. */
export interface Generation extends IssuedToken {
  readonly softAt: number;
  readonly hardAt: number;
  readonly expiresAt: number;
}

const minute = 60_000;

/**
 * Computes when a token should be renewed (soft limit), and when it must be renewed (hard limit). The soft limit is
 * at
 * 70 to 80 % of the token's lifetime, at random, so that not all processes renew at the same time. The hard limit is
 * a
 * minute before the end; for a short-lived token, a tenth of its lifetime before the end.
 * @param sentAt when the token was requested; a slow response has used up part of the lifetime
 */
export function generationOf(issued: IssuedToken, sentAt: number, random: () => number): Generation {
  const { lifetime } = issued;
  return {
    ...issued,
    softAt: sentAt + lifetime * (0.7 + 0.1 * random()),
    hardAt: sentAt + lifetime - Math.min(minute, lifetime / 10),
    expiresAt: sentAt + lifetime,
  };
}
