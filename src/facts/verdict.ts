/** Three-valued logic: true, false and undefined for unknown. */

/** The result of a test; undefined if a value cannot be read, or no record states it. */
export type Verdict = boolean | undefined;

/** Whether any verdict is true. Without a true one, any unknown verdict makes the result unknown. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(true)) return true;
  return verdicts.includes(undefined) ? undefined : false;
}

/** Whether all verdicts are true. Without a false one, any unknown verdict makes the result unknown. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

/** Negates a verdict. The negation of unknown is unknown. */
export function not(verdict: Verdict): Verdict {
  return verdict === undefined ? undefined : !verdict;
}
