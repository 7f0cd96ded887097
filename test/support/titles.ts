/** Titles of tests that are made from the rows of a table. */
import { emaTerms } from '../../src/terms/ema-terms.js';

/** Returns each row with its title in front of it. */
export function titled<Row extends readonly [unknown, ...unknown[]]>(
  rows: readonly Row[],
  titleOf: (...row: Row) => string,
): [title: string, ...Row][] {
  return rows.map((row) => [titleOf(...row), ...row]);
}

/** Returns the phrase for a result that is true, false or undecided. */
export function inWords(result: boolean | undefined, yes: string, no: string, open = 'is undecided'): string {
  if (result === undefined) return open;
  return result ? yes : no;
}

/**
 * Prints an element of a record on one line, without the systems of its codes. A code that is an RMS term is printed with its
 * English text, such as `"100000000535 (Kingdom of Sweden)"`.
 */
export function brief(element: unknown): string {
  if (element === undefined) return '(absent)';
  const text = JSON.stringify(element, (name, value: unknown) => {
    if (name === 'system' || name === 'resourceType' || name === 'id') return undefined;
    return codeOf(value) ?? value;
  });
  return text.replaceAll(/"(\w+)":/g, '$1: ').replaceAll(/,(?! )/g, ', ');
}

/** Returns the code of a CodeableConcept that has nothing else, and the English text of this code. */
function codeOf(value: unknown): string | undefined {
  const { coding, ...others } = (value ?? {}) as { readonly coding?: unknown };
  if (!Array.isArray(coding) || coding.length !== 1 || Object.keys(others).length > 0) return undefined;
  const given = (coding[0] ?? {}) as Readonly<Record<string, unknown>>;
  const { code } = given;
  if (typeof code !== 'string' || Object.keys(given).some((name) => name !== 'code' && name !== 'system'))
    return undefined;
  const list = Object.values(emaTerms).find((terms) => code in terms);
  return list === undefined ? code : `${code} (${list[code]})`;
}
