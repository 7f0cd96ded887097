/**
 * Limits how often tokens are renewed for calls that are refused whatever their token. This module only computes
 * times.
 */

export interface RenewalPace {
  mayRenew(): boolean;
  /**
   * Records the outcome of a call that was repeated with this new token.
   * @param isLetIn whether the upstream accepted the token
   */
  replayed(token: string, isLetIn: boolean): void;
}

const minute = 60_000;

/**
 * Delays the next renewal after a call was refused even with a new token: by 1 s, then 2, 4, 8, … 60 s. The reason
 * may be that the new token was revoked too.
 * @param now monotonic milliseconds
 */
export function createRenewalPace(now: () => number): RenewalPace {
  let inVain = 0;
  let last: string | undefined;
  let resumesAt = -Infinity;

  return {
    mayRenew: () => now() >= resumesAt,
    replayed(token, isLetIn) {
      if (isLetIn) {
        inVain = 0;
        resumesAt = -Infinity;
      } else if (token !== last) {
        // Many calls may have been refused with the same token. They count as one refusal.
        last = token;
        inVain += 1;
        resumesAt = now() + Math.min(minute, 1_000 * 2 ** (inVain - 1));
      }
    },
  };
}
