/** Units of records in UCUM's codes, by which programs compute. */
import { unitsOfMeasurement } from './ema-terms.js';
import { listOf } from './terms.js';
import { ucumCodes } from './ucum.js';
import { shortFormOf } from './units.js';

const ucumSystem = 'http://unitsofmeasure.org';

/** Codes by what else their units are called: EMA's name, its short form, and the code itself. */
const codesByName = new Map(
  Object.entries(ucumCodes).flatMap(([term, code]) => {
    const name = (unitsOfMeasurement as Readonly<Record<string, string>>)[term] ?? code;
    const names = [name, name.replace(/s?\(s\)/g, ''), shortFormOf(name) ?? code, code];
    return names.map((each) => [each, code] as const);
  }),
);

/** Returns the UCUM code of a coded unit, which is UCUM's or EMA's; null where it is another's, or UCUM has none. */
export function ucumOf(system: string | undefined, code: string | undefined): string | null {
  if (code === undefined) return null;
  if (system === ucumSystem) return code;
  const isEma = system === undefined || listOf(system) !== null;
  return isEma && Object.hasOwn(ucumCodes, code) ? (ucumCodes[code] ?? null) : null;
}

/** Returns the UCUM code of a unit that is told in a word, `mg` or `milligram(s)`; null where none is known. */
export function ucumNamed(unit: string): string | null {
  const name = unit.trim();
  // `months`, `μg`
  const plain = name
    .normalize('NFKC')
    .replace('μ', 'u')
    .replace(/(?<=\p{L}{3})s$/u, '');
  return codesByName.get(name) ?? codesByName.get(plain) ?? null;
}
