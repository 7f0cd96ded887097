/** Limits retries, so that they do not make an outage worse: each call earns a small part of one. */

export interface RetryBudget {
  /** Called for each call that was sent, not for its retries. */
  earn(): void;
  /** Returns whether the budget allows a retry, and charges it. */
  spend(): boolean;
}

/**
 * Retries earned by one call. It is below a tenth, so that with the savings of good times the requests stay within 1.10
 * of the calls.
 */
const perCall = 0.08;
const mostSaved = 2;

export function createRetryBudget(): RetryBudget {
  // Counted in whole hundredths, because a sum of fractions would not be exact.
  let hundredths = 0;
  return {
    earn() {
      hundredths = Math.min(mostSaved * 100, hundredths + perCall * 100);
    },
    spend() {
      if (hundredths < 100) return false;
      hundredths -= 100;
      return true;
    },
  };
}
