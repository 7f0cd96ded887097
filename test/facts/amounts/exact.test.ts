/** Exact numbers: no digit is lost between decimals and fractions, or by a conversion of units. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStrengthFault, readStrength } from '../../../src/facts/amounts/strength-filter.js';
import {
  decimalOf,
  exactIn,
  exactOf,
  isAtLeast,
  isEqual,
  numberOf,
  one,
  over,
  times,
} from '../../../src/facts/amounts/exact.js';
import { meetsStrength } from '../../../src/facts/amounts/strength.js';

const exact = (decimal: string) => exactIn(decimal) ?? one;

describe('a number with exact arithmetic', () => {
  it.each([
    ['0.1', '0.1'],
    ['00012.500', '12.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1e-9', '0.000000001'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('made from the text %s is printed as %s', (decimal, text) => {
    expect(decimalOf(exact(decimal))).toBe(text);
  });

  it.each(['', '.', 'e3', '1,5', 'NaN', '0x10', '1e9999', ' 1'])('is undefined for the text %j', (text) => {
    expect(exactIn(text)).toBeUndefined();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '5', null, undefined, {}])(
    'is undefined for the value %s',
    (value) => {
      expect(exactOf(value)).toBeUndefined();
    },
  );

  it('may be a third, and is the same in any order of computation', () => {
    const third = over(one, exact('3'));
    expect([decimalOf(third), numberOf(third)]).toEqual([undefined, 1 / 3]);
    expect(isEqual(third, over(exact('0.2'), exact('0.6')))).toBe(true);
    expect(isEqual(times(third, exact('3')), one)).toBe(true);
    expect([isAtLeast(third, exact('0.3333')), isAtLeast(third, exact('0.3334'))]).toEqual([true, false]);
  });
});

describe('a strength filter of any size', () => {
  const units = [
    ['g', 1n],
    ['mg', 1_000n],
    ['ug', 1_000_000n],
    ['ng', 1_000_000_000n],
  ] as const;

  it('matches the same strength in every unit of the same dimension, and no other strength', () => {
    const unit = fc.constantFrom(...units);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), unit, unit, (count, [typed, more], [told, of]) => {
        // The value of `count` units of one kind in the other unit, with all digits.
        const value = Number(decimalOf(over(exact(String(BigInt(count) * of)), exact(String(more)))));
        const asked = readStrength(`${count} ${typed}`);
        if (isStrengthFault(asked)) throw new Error(asked.message);
        const record = (amount: number) => ({
          resourceType: 'Ingredient' as const,
          substance: { strength: [{ presentationQuantity: { value: amount, unit: told } }] },
        });
        expect(meetsStrength(asked, record(value) as never, 'own')).toBe(true);
        expect(meetsStrength(asked, record(value * 1.000_001) as never, 'own')).toBe(false);
      }),
    );
  });
});
