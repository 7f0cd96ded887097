/** A token with its three zones: fresh until `softAt`, renewed in the background until `hardAt`, then waited for. */
import type { Token } from './token-endpoint.js';

/** What the replicas know of a token. */
export interface IssuedToken extends Token {
  /** Of this issue: an endpoint may give the same token twice. */
  readonly id: string;
  /** The id of the token that the upstream had refused when this one was asked for. */
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
 * Soft from 70 to 80 % of its life, drawn anew by each process, so that they do not renew in step; hard in its last
 * minute, or in the last tenth of a short life.
 * @param sentAt when it was asked for: an answer that took long has used up some of the life
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
