/** Limits how often tokens are renewed for calls that a new token does not help. It is timing only. */

export interface RenewalPace {
  mayRenew(): boolean;
  /** Notes the outcome of a call that was repeated with this new token. */
  replayed(token: string, isLetIn: boolean): void;
}

const minute = 60_000;

/**
 * Delays the next renewal after a call that a new token did not help: by 1 s, then 2, 4, 8, … 60 s. Such a call may
 * also have met a token that was revoked again.
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
        // Many calls may have been refused with one token, which counts once.
        last = token;
        inVain += 1;
        resumesAt = now() + Math.min(minute, 1_000 * 2 ** (inVain - 1));
      }
    },
  };
}
