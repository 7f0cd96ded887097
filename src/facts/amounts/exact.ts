/** Exact arithmetic with fractions of integers: 0.1 mg equals 100 micrograms, and a third has no rounding error. */

/** A fraction in lowest terms. The denominator is above 0. */
export interface Exact {
  readonly above: bigint;
  readonly below: bigint;
}

export const one: Exact = { above: 1n, below: 1n };

/**
 * The number of significant digits to which numbers are rounded. The numbers of records have fewer digits. This
 * removes the errors of binary fractions: 0.1 + 0.2 becomes 0.3.
 */
const significantDigits = 12;

/** Returns a number of a record as a fraction; undefined if it is not a finite number. */
export function exactOf(value: unknown): Exact | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return exactIn(String(Number(value.toPrecision(significantDigits))));
}

/** Parses a decimal number, such as `12`, `-0.5` or `1e-9`. Returns undefined for any other text. */
export function exactIn(decimal: string): Exact | undefined {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,3}))?$/i.exec(decimal) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const shift = Number(power) - fraction.length;
  return shift < 0 ? lowest(digits, 10n ** BigInt(-shift)) : lowest(digits * 10n ** BigInt(shift), 1n);
}

export function times(a: Exact, b: Exact): Exact {
  return lowest(a.above * b.above, a.below * b.below);
}

/**
 * Divides one fraction by another.
 * @param b must not be 0
 */
export function over(a: Exact, b: Exact): Exact {
  return lowest(a.above * b.below, a.below * b.above);
}

export function isEqual(a: Exact, b: Exact): boolean {
  return a.above === b.above && a.below === b.below;
}

export function isAtLeast(a: Exact, b: Exact): boolean {
  return a.above * b.below >= b.above * a.below;
}

export function isPositive({ above }: Exact): boolean {
  return above > 0n;
}

/** Returns the nearest JavaScript number. Equal fractions return equal numbers. */
export function numberOf({ above, below }: Exact): number {
  return Number(above) / Number(below);
}

/** Returns a fraction as decimal digits, such as `0.125`; undefined if the digits never end, as for one third. */
export function decimalOf({ above, below }: Exact): string | undefined {
  if (endlessPart(below) !== 1n) return undefined;
  let places = 0;
  while (10n ** BigInt(places) % below !== 0n) places += 1;
  const digits = String((above * 10n ** BigInt(places)) / below).padStart(places + 1, '0');
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/**
 * Returns the smallest whole number whose product with the fraction has finitely many decimals: 3 for one third.
 * @param below the denominator of a fraction in lowest terms
 */
export function endlessPart(below: bigint): bigint {
  let rest = below;
  for (const factor of [2n, 5n]) while (rest % factor === 0n) rest /= factor;
  return rest;
}

function lowest(above: bigint, below: bigint): Exact {
  const sign = below < 0n ? -1n : 1n;
  let [a, b] = [above < 0n ? -above : above, below * sign];
  while (b !== 0n) [a, b] = [b, a % b];
  const divisor = a === 0n ? 1n : a * sign;
  return { above: above / divisor, below: below / divisor };
}
