/**
 * Amounts as exact numbers of one unit for each dimension, so that 0.1 g and 100 mg are the same. What `composition.ts`
 * compares; a richer reading of strengths may take its place.
 */
import type { Quantity } from 'fhir/r5.js';
import { unitsOfPresentation } from '../terms/ema-terms.js';
import { foldWord } from '../terms/fold.js';
import { listOf } from '../terms/terms.js';
import { ucumCodes } from '../terms/ucum.js';

/** An exact number: a fraction in its lowest terms. */
export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** So much of a unit, or of one unit for another. */
export interface Amount {
  readonly value: Fraction;
  /** The unit that all of its dimension are converted to; empty for things that are counted. */
  readonly unit: string;
  /** Of a unit such as mg/ml. */
  readonly per: string | undefined;
}

/** By UCUM's code: the unit that it is converted to, and how many of that it is, as a power of ten. */
const factors: ReadonlyMap<string, readonly [unit: string, power: number]> = new Map([
  ['kg', ['g', 3]],
  ['g', ['g', 0]],
  ['mg', ['g', -3]],
  ['ug', ['g', -6]],
  ['ng', ['g', -9]],
  ['pg', ['g', -12]],
  ['L', ['L', 0]],
  ['mL', ['L', -3]],
  ['uL', ['L', -6]],
  ['mol', ['mol', 0]],
  ['mmol', ['mol', -3]],
  ['umol', ['mol', -6]],
  ['nmol', ['mol', -9]],
  ['GBq', ['Bq', 9]],
  ['MBq', ['Bq', 6]],
  ['kBq', ['Bq', 3]],
  ['Bq', ['Bq', 0]],
]);

/** EMA's units that are so many of another of its units (RMS list 100000110633), which UCUM does not have. */
const multiples: Readonly<Record<string, readonly [unit: string, power: number]>> = {
  100000110848: ['[iU]', 6],
  100000110810: ['[iU]', 3],
  100000110756: ['unit', 0],
  100000110853: ['unit', 6],
  100000110811: ['unit', 3],
};

/** How records write UCUM's codes in the place of a unit's name. */
const spellings: ReadonlyMap<string, string> = new Map([
  ['l', 'L'],
  ['ml', 'mL'],
  ['ul', 'uL'],
  ['µl', 'uL'],
  ['µg', 'ug'],
  ['μg', 'ug'],
  ['mcg', 'ug'],
  ['IU', '[iU]'],
  ['[IU]', '[iU]'],
  ['milligram(s)', 'mg'],
  ['gram(s)', 'g'],
  ['microgram(s)', 'ug'],
  ['millilitre(s)', 'mL'],
  ['litre(s)', 'L'],
]);

/** Returns a quantity's exact amount; undefined where it is not one number of a known kind of unit. */
export function amountOf(quantity: Quantity | undefined): Amount | undefined {
  const value = isExact(quantity) ? fractionOf(quantity?.value) : undefined;
  if (value === undefined || quantity === undefined) return undefined;
  if (isCounted(quantity)) return { value, unit: '', per: undefined };
  const written = unitOf(quantity);
  if (written === undefined) return undefined;
  const [above, below, ...more] = written.split('/').map(converted);
  if (above === undefined || more.length > 0) return undefined;
  const scaled = times(value, powerOfTen(above.power - (below?.power ?? 0)));
  return { value: scaled, unit: above.unit, per: below?.unit };
}

/** The amount as a text that is the same for equal amounts. */
export function textOf({ value, unit, per }: Amount): string {
  const number = value.under === 1n ? String(value.over) : `${value.over}/${value.under}`;
  return `${number} ${unit}${per === undefined ? '' : ` per ${per}`}`.trim();
}

/** How much there is for one of what is below; undefined where below stands a ratio. */
export function dividedBy(above: Amount, below: Amount): Amount | undefined {
  if (below.per !== undefined || above.per !== undefined) return undefined;
  const { over, under } = below.value;
  return {
    value: times(above.value, { over: under, under: over }),
    unit: above.unit,
    per: below.unit === '' ? undefined : below.unit,
  };
}

/** What EMA puts in the place of a comparator where the number is exact (RMS list 100000000008). */
const equalTo = '100000000049';

function isExact(quantity: Quantity | undefined): boolean {
  if (!quantity || quantity.comparator !== undefined) return false;
  const told = quantity._comparator?.extension;
  return (
    !Array.isArray(told) ||
    told.every(
      ({ url, valueCoding }) => !/\/extension\/comparator$/i.test(url) || valueCoding?.code === equalTo,
    )
  );
}

/** A number as JSON writes it: `0.1` is one tenth. No amount is zero or less. */
function fractionOf(value: unknown): Fraction | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return undefined;
  const [, whole = '', decimals = '', exponent = '0'] =
    /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  if (whole === '') return undefined;
  const digits: Fraction = { over: BigInt(whole + decimals), under: 1n };
  return times(digits, powerOfTen(Number(exponent) - decimals.length));
}

function powerOfTen(power: number): Fraction {
  return power >= 0 ? { over: 10n ** BigInt(power), under: 1n } : { over: 1n, under: 10n ** BigInt(-power) };
}

function times(one: Fraction, other: Fraction): Fraction {
  const over = one.over * other.over;
  const under = one.under * other.under;
  const common = greatestCommonDivisor(over, under);
  return { over: over / common, under: under / common };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

/** Whether it is a part of the whole, whatever that weighs. */
export function isShare({ unit }: Amount): boolean {
  return shares.has(unit);
}

/** Percent and parts per million, by UCUM's code or EMA's term. */
const shares: ReadonlySet<string> = new Set(['%', '[ppm]', '100000110750', '100000110751', '100000110752']);

/** EMA's units of measurement that count things: dosage form, piece, countable unit. */
const countingUnits: ReadonlySet<string> = new Set(['100000110676', '200000000170', '200000027120']);

/** Units of presentation, UCUM's `1` and `{tablet}`, and no unit at all below a stroke: things, not measures. */
function isCounted({ system, code, unit }: Quantity): boolean {
  if (typeof code === 'string' && code !== '') {
    if (Object.hasOwn(unitsOfPresentation, code) || countingUnits.has(code)) return true;
    if (code === '1' || /^\{[^}]*\}$/.test(code)) return true;
    // In merged lists, a term that is not known may be a measure.
    return listOf(system) === '200000000014';
  }
  return typeof unit === 'string' && (presentations.has(foldWord(unit)) || unit.trim() === '1');
}

const presentations: ReadonlySet<string> = new Set(Object.values(unitsOfPresentation).map(foldWord));

/** UCUM's code of a unit, else EMA's term, else what it is called. Undefined where there is no unit. */
function unitOf({ code, unit }: Quantity): string | undefined {
  const told = [code, unit].find((each) => typeof each === 'string' && each.trim() !== '')?.trim();
  return told !== undefined && Object.hasOwn(ucumCodes, told) ? ucumCodes[told] : told;
}

function converted(written: string): { readonly unit: string; readonly power: number } {
  const code = spellings.get(written.trim()) ?? written.trim();
  const known = factors.get(code) ?? (Object.hasOwn(multiples, code) ? multiples[code] : undefined);
  return known ? { unit: known[0], power: known[1] } : { unit: code, power: 0 };
}
