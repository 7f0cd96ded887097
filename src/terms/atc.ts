/**
 * The format of ATC codes (WHO's Anatomical Therapeutic Chemical classification). There are five levels, from `C` to
 * `C09AA02`.
 */

const firstToFourthLevel = /^[A-Z](\d\d([A-Z]{1,2})?)?$/;
const fifthLevel = /^[A-Z]\d\d[A-Z]{2}\d\d$/;

/** Returns whether `code`, in capitals, is an ATC code of the first four levels: a group of substances. */
export function isAtcGroup(code: string): boolean {
  return firstToFourthLevel.test(code);
}

/** Returns whether `code`, in capitals, is an ATC code of the fifth level: one substance or one combination. */
export function isAtcSubstance(code: string): boolean {
  return fifthLevel.test(code);
}

/** Returns whether `code` is in `group`, both in capitals. A code in a group begins with the code of the group. */
export function isInAtcGroup(code: string, group: string): boolean {
  return isAtcGroup(group) && /^[A-Z]\d\d/.test(code) && code.startsWith(group);
}
