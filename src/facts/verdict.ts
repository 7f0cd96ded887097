/** Three-valued logic: yes, no, unknown. */

/** Undefined where a value cannot be read, or no record states it. */
export type Verdict = boolean | undefined;

/** Whether any holds. Unknown ones count only where none holds. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(true)) return true;
  return verdicts.includes(undefined) ? undefined : false;
}

/** Whether all hold. Unknown ones count only where none fails. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

/** Negates a verdict. Unknown stays unknown. */
export function not(verdict: Verdict): Verdict {
  return verdict === undefined ? undefined : !verdict;
}
