/** Units as one reads them behind a number: mg, IU, tablets. EMA and UCUM write them for machines. */
import type { Quantity } from 'fhir/r5.js';
import { unitsOfMeasurement, unitsOfPresentation } from './ema-terms.js';
import { listOf } from './terms.js';

/** Short forms that package inserts use. What is not here is written out, as they do with micrograms and units. */
const shortForms = new Map([
  ['kilogram', 'kg'],
  ['gram', 'g'],
  ['milligram', 'mg'],
  ['litre', 'l'],
  ['millilitre', 'ml'],
  ['mole', 'mol'],
  ['millimole', 'mmol'],
  ['milliequivalent', 'mEq'],
  ['gigabecquerel', 'GBq'],
  ['megabecquerel', 'MBq'],
  ['kilobecquerel', 'kBq'],
  ['becquerel', 'Bq'],
  ['millicurie', 'mCi'],
  ['international unit', 'IU'],
  ['million international units', 'million IU'],
  ['kilo international units', 'thousand IU'],
  ['kilo units', 'thousand units'],
  ['anti-xa activity international unit', 'anti-Xa IU'],
  ['percent', '%'],
  ['square metre', 'm²'],
  ['square centimetre', 'cm²'],
  ['cubic centimetre', 'cm³'],
  ['centimetre', 'cm'],
  ['millimetre', 'mm'],
]);

/** UCUM's codes where they are not what one reads; the others are. */
const ucumNames = new Map([
  ['ug', 'microgram(s)'],
  ['ng', 'nanogram(s)'],
  ['pg', 'picogram(s)'],
  ['L', 'l'],
  ['mL', 'ml'],
  ['uL', 'microlitre(s)'],
  ['umol', 'micromole(s)'],
  ['meq', 'mEq'],
  ['[iU]', 'IU'],
  ['[IU]', 'IU'],
  ['[drp]', 'drop(s)'],
  ['cm2', 'cm²'],
  ['m2', 'm²'],
  ['1', ''],
  ['s', 'second(s)'],
  ['min', 'minute(s)'],
  ['h', 'hour(s)'],
  ['d', 'day(s)'],
  ['wk', 'week(s)'],
  ['mo', 'month(s)'],
  ['a', 'year(s)'],
]);

/** EMA's names of times have no plural sign. */
const times = new Set(['second', 'minute', 'hour', 'day', 'week', 'month', 'year']);

const percentages = new Map([
  ['percent weight/weight', '% w/w'],
  ['percent weight/volume', '% w/v'],
  ['percent volume/volume', '% v/v'],
]);

/**
 * The unit of a quantity, as it reads behind `count`: `tablet`, `tablets`, `mg`, `mg/ml`. Empty where the quantity has
 * no unit; undefined where it has one of which nothing but the number of a term is known.
 */
export function readableUnit({ system, code, unit }: Quantity, count: number): string | undefined {
  const isEma = system === undefined || listOf(system) !== null;
  if (isEma && code !== undefined) {
    const presentation = termIn(unitsOfPresentation, code);
    if (presentation !== undefined) return counted(presentation.toLowerCase(), count);
    const measure = termIn(unitsOfMeasurement, code);
    if (measure !== undefined) return readableName(measure, count);
  }
  if (unit !== undefined && unit.trim() !== '') return readableName(unit.trim(), count);
  if (code === undefined) return '';
  return isEma && /^\d+$/.test(code) ? undefined : readableName(fromUcum(code), count);
}

/** How package inserts write a unit that EMA's list has: `milligram(s)` → `mg`; undefined where they write it out. */
export function shortFormOf(name: string): string | undefined {
  return shortForms.get(name.replace(/s?\(s\)/, '').toLowerCase());
}

function termIn(terms: Readonly<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(terms, code) ? terms[code] : undefined;
}

function fromUcum(code: string): string {
  return code
    .split('/')
    .map((part) => ucumNames.get(part) ?? part.replaceAll(/[{}]/g, ''))
    .join('/');
}

/** `milligram(s)/millilitre` → `mg/ml`: only what stands before the stroke is counted. */
function readableName(name: string, count: number): string {
  const percentage = percentages.get(name);
  if (percentage !== undefined) return percentage;
  return name
    .split('/')
    .map((part, at) => readablePart(part.trim(), at === 0 ? count : 1))
    .join('/');
}

function readablePart(part: string, count: number): string {
  const isCountable = /s?\(s\)/.test(part);
  const one = part.replace(/s?\(s\)/, '');
  const short = shortForms.get(one.toLowerCase());
  if (short !== undefined) return short;
  if (count === 1) return one;
  if (isCountable) return part.replace(/s?\(s\)/, 's');
  return times.has(part) ? `${part}s` : part;
}

/** English plurals of the units of presentation. */
function counted(unit: string, count: number): string {
  if (count === 1) return unit;
  if (unit === 'matrix') return 'matrices';
  if (/(?:s|x|ch|sh)$/.test(unit)) return `${unit}es`;
  if (/[^aeiou]y$/.test(unit)) return `${unit.slice(0, -1)}ies`;
  return `${unit}s`;
}
