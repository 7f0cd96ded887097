/** Amounts of substances as exact numbers, in the smallest unit of their kind. */
import type { Quantity, Ratio } from 'fhir/r5.js';
import type { Told } from './told.js';

type Exact = readonly [numerator: bigint, denominator: bigint];

interface Measure {
  readonly kind: string;
  readonly value: Exact;
}

export interface Amount {
  readonly of: Measure;
  /** Denominator of the amount. Absent for an amount per unit of presentation. */
  readonly per?: Measure;
}

/** Units: kind, number of smallest units, spellings. */
const units: readonly (readonly [kind: string, size: bigint, ...spellings: string[]])[] = [
  ['mass', 10n ** 12n, 'kg', '100000110653'],
  ['mass', 10n ** 9n, 'g', '100000110654'],
  ['mass', 10n ** 6n, 'mg', '100000110655'],
  ['mass', 1_000n, 'ug', 'µg', 'μg', 'mcg', '100000110656'],
  ['mass', 1n, 'ng'],
  ['volume', 10n ** 9n, 'l'],
  ['volume', 10n ** 6n, 'ml', '100000110662'],
  ['IU', 1n, 'iu', 'ie', '[iu]', '100000110671'],
  ['percent', 1n, '%', '100000110674'],
  ['MBq', 1n, 'mbq', '100000110665'],
  ['mmol', 1n, 'mmol'],
  ['D antigen unit', 1n, '100000110782'],
];

function exact(text: string): Exact | undefined {
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  return whole === undefined ? undefined : [BigInt(whole + decimals), 10n ** BigInt(decimals.length)];
}

function measure(number: string, unit: string): Measure | undefined {
  const [kind, size] = units.find(([, , ...spellings]) => spellings.includes(unit.toLowerCase())) ?? [];
  const value = exact(number);
  if (kind === undefined || size === undefined || !value) return undefined;
  return { kind, value: [value[0] * size, value[1]] };
}

/** Reads a strength of a filter: `5 mg`, `0,5 mg`, `250 mg/5 ml`, `5 mg/ml`. */
export function amountAsked(text: string): Amount {
  const [over = '', under] = text.replaceAll(',', '.').split('/');
  const read = (part: string): Measure | undefined => {
    const [, number = '1', unit = ''] = /^([\d. ]+)?([^\d\s].*)$/.exec(part.trim()) ?? [];
    return measure(number.replaceAll(' ', '') || '1', unit.trim());
  };
  const of = read(over);
  const per = under === undefined ? undefined : read(under);
  if (!of || (under !== undefined && !per)) throw new Error(`the oracle cannot read ${text}`);
  return per ? { of, per } : { of };
}

/** Returns the notation of a strength in filters; undefined if its unit is unknown. */
export function textOf({ numerator, denominator }: Ratio): string | undefined {
  const write = (quantity: Quantity | undefined): string | undefined => {
    const [, , spelling] = unitOf(quantity) ?? [];
    const isWord = spelling !== undefined && !/\d/.test(spelling);
    return isWord && isReadable(quantity) ? `${quantity?.value} ${spelling}` : undefined;
  };
  const [over, under] = [write(numerator), write(denominator)];
  if (over === undefined) return undefined;
  if (denominator === undefined || isPresentation(denominator)) return over;
  return under === undefined ? undefined : `${over}/${under}`;
}

function unitOf(quantity: Quantity | undefined): (typeof units)[number] | undefined {
  const unit = (quantity?.code ?? quantity?.unit ?? '').toLowerCase();
  return units.find(([, , ...spellings]) => spellings.includes(unit));
}

function isPresentation({ code = '', unit = '', system = '' }: Quantity): boolean {
  if (code === '100000110756' || system.endsWith('lists/200000000014')) return true;
  return /^2000000\d{5}$/.test(code) || (code === '' && /^[a-z]+$/i.test(unit) && unit.length > 3);
}

function told(quantity: Quantity | undefined): Measure | undefined {
  if (quantity?.value === undefined || quantity.comparator !== undefined) return undefined;
  return measure(decimal(quantity.value), quantity.code ?? quantity.unit ?? '');
}

/** Whether the quantity has a number. An unknown unit is still readable: it differs from all known units. */
export function isReadable(quantity: Quantity | undefined): boolean {
  return quantity?.value !== undefined && quantity.comparator === undefined && value(quantity) > 0;
}

function value(quantity: Quantity): number {
  return quantity.value ?? 0;
}

function decimal(number: number): string {
  return String(number).includes('e')
    ? number.toFixed(12).replace(/0+$/, '').replace(/\.$/, '')
    : String(number);
}

/** Whether a ratio of a record equals the amount of a filter. */
export function isAmount({ numerator, denominator }: Ratio, asked: Amount): Told {
  if (numerator?.value === 0 && numerator.comparator === undefined) return false;
  if (!isReadable(numerator) || (denominator && !isReadable(denominator))) return undefined;
  const of = told(numerator);
  if (!of) return (numerator?.code ?? numerator?.unit) === undefined ? undefined : false;
  const isPerUnit = !denominator || isPresentation(denominator);
  if (isPerUnit) {
    const count = exact(decimal(denominator?.value ?? 1));
    if (!count) return undefined;
    return !asked.per && of.kind === asked.of.kind && isEqual(divide(of.value, count), asked.of.value);
  }
  const per = told(denominator);
  if (!asked.per) return false;
  if (!per) return false;
  return (
    of.kind === asked.of.kind &&
    per.kind === asked.per.kind &&
    isEqual(divide(of.value, per.value), divide(asked.of.value, asked.per.value))
  );
}

function divide([a, b]: Exact, [c, d]: Exact): Exact {
  return [a * d, b * c];
}

function isEqual([a, b]: Exact, [c, d]: Exact): boolean {
  return a * d === c * b;
}

/**
 * Returns the sort values of a strength: masses first, then amounts per unit of presentation before amounts per volume, then by
 * size.
 */
export function rankOf({ numerator, denominator }: Ratio): readonly (string | number)[] | undefined {
  const of = told(numerator);
  if (!of) return undefined;
  const kind = of.kind === 'mass' ? '' : of.kind;
  const number = ([a, b]: Exact): number => Number(a) / Number(b);
  if (!denominator || isPresentation(denominator))
    return [kind, '', number(of.value) / (denominator?.value ?? 1)];
  const per = told(denominator);
  return per && [kind, per.kind, number(divide(of.value, per.value))];
}
