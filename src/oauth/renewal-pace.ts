/** How often tokens are renewed for calls that a new token does not help: timing alone. */

export interface RenewalPace {
  mayRenew(): boolean;
  /** What came of a call that was sent again with this new token. */
  replayed(token: string, isLetIn: boolean): void;
}

const minute = 60_000;

/**
 * After a call in vain a second passes until the next renewal, then 2, 4, 8, … 60 s: it may have met a token that was
 * just revoked again.
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
        // Many calls may have been refused with one token.
        last = token;
        inVain += 1;
        resumesAt = now() + Math.min(minute, 1_000 * 2 ** (inVain - 1));
      }
    },
  };
}
