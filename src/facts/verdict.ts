/** Yes, no, not told: how answers of three values are put together. */

/** Undefined: something is there that cannot be read, or nothing tells. */
export type Verdict = boolean | undefined;

/** Whether any holds: what is not told counts only where none does. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(true)) return true;
  return verdicts.includes(undefined) ? undefined : false;
}

/** Whether all hold: what is not told counts only where none fails. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

/** What is not told is not told the other way round either. */
export function not(verdict: Verdict): Verdict {
  return verdict === undefined ? undefined : !verdict;
}
