/** Reads strengths as people type them: `5mg/ml`, `250 mg/5 ml`, `1 000 IU`, `1,5 mg`. */
import { anyThing, measureNamed, nearestUnits, type Measure } from '../../terms/measures.js';
import { amountIn, asThing, isShare, scaleOf, type Amount } from './amount.js';
import { exactIn, isPositive, one, over, times, type Exact } from './exact.js';

/** A strength to search products by. A strength without a denominator is per unit of presentation. */
export interface StrengthFilter {
  readonly amount: Amount;
}

/** The reason why a text cannot be read as a strength. */
export interface StrengthFault {
  /** The end of a sentence that starts with the name of the argument: `needs a unit, as in "5 mg"`. */
  readonly message: string;
}

const longest = 100;
const mostNearest = 5;

/** Reads a strength that a person typed. Spaces separate thousands. A comma or a point starts the decimals. */
export function readStrength(text: string): StrengthFilter | StrengthFault {
  const typed = tidy(text);
  const fault = faultIn(typed);
  if (fault !== undefined) return { message: fault };
  const [first = '', second, ...others] = partsOf(typed);
  if (others.length > 0) return { message: 'must be one amount per one other amount, such as "5 mg/ml"' };
  const above = readPart(first, false);
  if ('message' in above) return above;
  if (isNoAmount(above.measure)) {
    return { message: 'must begin with an amount of a substance, such as "5 mg" or "5 mg/ml"' };
  }
  const value = times(above.count, scaleOf(above.measure));
  const { kind } = above.measure;
  if (second === undefined) return { amount: { value, kind, isPerUnit: !isShare(kind) } };
  const below = readPart(second, true);
  if ('message' in below) return below;
  return { amount: amountIn(over(value, below.count), kind, asThing(below.measure)) };
}

export function isStrengthFault(read: StrengthFilter | StrengthFault): read is StrengthFault {
  return 'message' in read;
}

/** Returns why the text is not a single amount; undefined if it may be a single amount. */
function faultIn(typed: string): string | undefined {
  if (typed.length > longest) return `must have at most ${longest} characters`;
  if (typed === '') return 'needs a number and a unit, as in "5 mg"';
  if (/^[<>=≤≥~≈]/u.test(typed)) return 'must be an exact amount, such as "5 mg", without a comparator';
  if (/\d\D*?(?:-|\bto\b)\s*\d/u.test(typed)) return 'must be one amount, such as "5 mg", not a range';
  if (/[+;&]|,\s|\band\b/u.test(typed)) {
    return 'must be one strength, such as "5 mg"; give several strengths as several values, or as parts of `filter.actives`';
  }
  if (typed.startsWith('-')) return 'must be above 0';
  if (!/^[.,]?\d/u.test(typed)) return 'must begin with a number, as in "5 mg"';
  return undefined;
}

interface Part {
  readonly count: Exact;
  readonly measure: Measure;
}

/**
 * Reads the amount before or after the slash.
 * @param isBelow whether the text is the denominator; a denominator without a number is read as 1
 */
function readPart(part: string, isBelow: boolean): Part | StrengthFault {
  const [, digits = '', rest = ''] = /^([\d.,' ]*)(.*)$/u.exec(part) ?? [];
  const number = digits.trim();
  const unit = rest.trim();
  if (unit === '') {
    return {
      message: isBelow ? 'needs a unit after the slash, as in "5 mg/ml"' : 'needs a unit, as in "5 mg"',
    };
  }
  const measure = measureNamed(unit);
  if (!measure) {
    const nearest = nearestUnits(unit, mostNearest).map((each) => `"${each}"`);
    return {
      message: `has a unit that this service does not know. The most similar units are ${nearest.join(', ')}`,
    };
  }
  const count = number === '' ? one : readNumber(number, unit);
  if ('message' in count) return count;
  return isPositive(count) ? { count, measure } : { message: 'must be above 0' };
}

/**
 * Reads the number of an amount.
 * @param unit the recognized unit, for the examples in the error message
 */
function readNumber(number: string, unit: string): Exact | StrengthFault {
  const [, whole, fraction] = /^(\d{1,3}(?:[ ']\d{3})+|\d+)?(?:[.,](\d+))?$/u.exec(number) ?? [];
  if (whole === undefined && fraction === undefined) return { message: unreadable(number, unit) };
  const digits = (whole ?? '').replaceAll(/[ ']/gu, '').replace(/^0+/u, '');
  if (digits !== '' && fraction?.length === 3) {
    const readings = [grouped(`${digits}${fraction}`), withDecimals(digits, fraction)].map(
      (each) => `"${each} ${unit}"`,
    );
    return { message: `can mean ${readings.join(' or ')}: write one of these` };
  }
  return exactIn(`${digits}.${fraction ?? ''}0`) ?? { message: unreadable(number, unit) };
}

/**
 * Returns the error message for a number in an unsupported notation. For `1,000,000` and `1.000,5` the message says
 * how to write it.
 */
function unreadable(number: string, unit: string): string {
  const [, thousands, , decimals = ''] =
    /^(\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)((?!\2)[.,]\d+)?$/u.exec(number) ?? [];
  if (thousands === undefined) return 'has a number that cannot be read: write it like "1 000.5"';
  const meant = `${grouped(thousands.replaceAll(/[.,]/gu, ''))}${decimals.replace(',', '.')}`;
  return `has a thousands separator that can be misread: write "${meant} ${unit}"`;
}

function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/gu, ' ');
}

/** Writes a decimal number so that its decimals cannot be mistaken for thousands: a 0 is added to three decimals. */
function withDecimals(whole: string, fraction: string): string {
  const needed = fraction.replace(/0+$/u, '');
  if (needed === '') return whole;
  return `${whole}.${needed.length === 3 ? `${needed}0` : needed}`;
}

/** Whether a measure cannot be an amount of a substance, for example a tablet, a time or a length. */
function isNoAmount({ kind, isThing }: Measure): boolean {
  return isThing || ['time', 'month', 'year', 'length', 'area', 'dose', anyThing.kind].includes(kind);
}

/** Splits a text at each slash, and at each word such as `per`. The slash in `% w/v` does not split the text. */
function partsOf(typed: string): readonly string[] {
  return typed
    .replaceAll(/%\s*\(?([wmv])\s*\/\s*([wv])\b\)?/giu, (_, a: string, b: string) => `%${a}÷${b}`)
    .split(/\s*\/\s*|\s+(?:per|in|pro)\s+/iu)
    .map((part) => part.replace('÷', '/').trim());
}

/**
 * Replaces all kinds of spaces by a space, all kinds of dashes by `-`, and Unicode compatibility characters by the
 * usual ones.
 */
function tidy(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\u2010-\u2015\u2212]/gu, '-')
    .replaceAll('’', "'")
    .replaceAll(/\s+/gu, ' ')
    .trim();
}
