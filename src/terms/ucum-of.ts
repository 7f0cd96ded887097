/** Converts units of records to UCUM codes, for programs that compute. */
import { unitsOfMeasurement } from './ema-terms.js';
import { listOf } from './terms.js';
import { ucumCodes } from './ucum.js';
import { shortFormOf } from './units.js';

const ucumSystem = 'http://unitsofmeasure.org';

/** UCUM codes by the names of their units: EMA's name, its short form, and the code itself. */
const codesByName = new Map(
  Object.entries(ucumCodes).flatMap(([term, code]) => {
    const name = (unitsOfMeasurement as Readonly<Record<string, string>>)[term] ?? code;
    const names = [name, name.replace(/s?\(s\)/g, ''), shortFormOf(name) ?? code, code];
    return names.map((each) => [each, code] as const);
  }),
);

/** Returns the UCUM code of a coded unit of UCUM or EMA; null for another system, or where UCUM has none. */
export function ucumOf(system: string | undefined, code: string | undefined): string | null {
  if (code === undefined) return null;
  if (system === ucumSystem) return code;
  const isEma = system === undefined || listOf(system) !== null;
  return isEma && Object.hasOwn(ucumCodes, code) ? (ucumCodes[code] ?? null) : null;
}

/** Returns the UCUM code of a unit that is given as a word, `mg` or `milligram(s)`; null where none is known. */
export function ucumNamed(unit: string): string | null {
  const name = unit.trim();
  // `months`, `μg`
  const plain = name
    .normalize('NFKC')
    .replace('μ', 'u')
    .replace(/(?<=\p{L}{3})s$/u, '');
  return codesByName.get(name) ?? codesByName.get(plain) ?? null;
}
