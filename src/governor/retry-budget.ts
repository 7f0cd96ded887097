/** What keeps retries from making an outage worse: each call earns a small part of one. */

export interface RetryBudget {
  /** For each call that was sent, not for its retries. */
  earn(): void;
  /** Whether there is enough for a retry, which it then costs. */
  spend(): boolean;
}

/** Below a tenth, so that with what was saved in good times the requests stay within 1.10 of the calls. */
const perCall = 0.08;
const mostSaved = 2;

export function createRetryBudget(): RetryBudget {
  // Counted in whole hundredths: a sum of fractions would not come out even.
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
