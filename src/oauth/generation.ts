/**
 * Divides the life of a token into three zones: fresh until `softAt`, renewed in the background until `hardAt`, then
 * renewed while callers wait.
 */
import type { Token } from './token-endpoint.js';

/** A token as replicas share it. */
export interface IssuedToken extends Token {
  /** Of this issue, because an endpoint may give the same token twice. */
  readonly id: string;
  /** Id of the refused token that this one was requested to replace. */
  readonly renewalOf?: string | undefined;
}

/** All in monotonic milliseconds of this process. */
export interface Generation extends IssuedToken {
  readonly softAt: number;
  readonly hardAt: number;
  readonly expiresAt: number;
}

const minute = 60_000;

/**
 * Computes when a token should be renewed (soft limit), and when it must be (hard limit). The soft limit is at 70 to 80 %
 * of the token's lifetime. Each process draws its own, so that not all of them renew at the same time. The hard limit is
 * a minute before the end; for a short-lived token, a tenth of its lifetime.
 * @param sentAt when the token was requested: a slow answer has used up some of its life
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
