/** Limits retries, so that they do not make an outage worse. Each call adds a small part of one retry to the budget. */

export interface RetryBudget {
  /** Called for each call that was sent. It is not called for retries. */
  earn(): void;
  /** Returns whether the budget allows a retry. If so, charges it to the budget. */
  spend(): boolean;
}

/**
 * The number of retries that one call adds to the budget. It is less than a tenth, so that with all saved retries,
 * requests never exceed 1.10 times the calls.
 */
const perCall = 0.08;
const mostSaved = 2;

export function createRetryBudget(): RetryBudget {
  // The budget is counted in whole hundredths, because a sum of fractions would not be exact.
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
