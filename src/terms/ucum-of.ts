/** Converts units of records to UCUM codes, for programs that calculate with quantities. */
import { unitsOfMeasurement } from './ema-terms.js';
import { listOf } from './terms.js';
import { ucumCodes } from './ucum.js';
import { shortFormOf } from './units.js';

const ucumSystem = 'http://unitsofmeasure.org';

/** UCUM codes by name of the unit: EMA's name, the abbreviation, and the code itself. */
const codesByName = new Map(
  Object.entries(ucumCodes).flatMap(([term, code]) => {
    const name = (unitsOfMeasurement as Readonly<Record<string, string>>)[term] ?? code;
    const names = [name, name.replace(/s?\(s\)/g, ''), shortFormOf(name) ?? code, code];
    return names.map((each) => [each, code] as const);
  }),
);

/**
 * Returns the UCUM code for a unit code of UCUM or EMA; null for other code systems, or if UCUM does not have the
 * unit.
 */
export function ucumOf(system: string | undefined, code: string | undefined): string | null {
  if (code === undefined) return null;
  if (system === ucumSystem) return code;
  const isEma = system === undefined || listOf(system) !== null;
  return isEma && Object.hasOwn(ucumCodes, code) ? (ucumCodes[code] ?? null) : null;
}

/** Returns the UCUM code of a unit given as a word, `mg` or `milligram(s)`; null for an unknown unit. */
export function ucumNamed(unit: string): string | null {
  const name = unit.trim();
  // Converts `months` to `month`, and `μg` to `ug`.
  const plain = name
    .normalize('NFKC')
    .replace('μ', 'u')
    .replace(/(?<=\p{L}{3})s$/u, '');
  return codesByName.get(name) ?? codesByName.get(plain) ?? null;
}
