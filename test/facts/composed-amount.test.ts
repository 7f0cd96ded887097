/** Amounts: exact, and in one unit for each dimension. */
import type { Quantity } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { amountOf, dividedBy, textOf } from '../../src/facts/composed-amount.js';
import { emaList } from '../support/views.js';

const ucum = 'http://unitsofmeasure.org';
const measured = (value: number, code: string): Quantity => ({
  value,
  code,
  system: emaList('100000110633'),
});
const text = (quantity: Quantity | undefined): string | undefined => {
  const amount = amountOf(quantity);
  return amount && textOf(amount);
};

describe('an amount', () => {
  it.each<[string, Quantity, string | undefined]>([
    ['of EMA’s milligrams', measured(100, '100000110655'), '1/10 g'],
    [
      'of a merged list',
      { value: 100, code: '100000110655', system: emaList('100000110633~200000000014') },
      '1/10 g',
    ],
    [
      'of a unit of presentation that is not known',
      { value: 2, code: '299999999999', system: emaList('200000000014') },
      '2',
    ],
    ['of UCUM’s grams', { value: 0.1, system: ucum, code: 'g' }, '1/10 g'],
    ['of milligrams by name', { value: 100, unit: 'mg' }, '1/10 g'],
    ['of micrograms', { value: 100_000, system: ucum, code: 'ug' }, '1/10 g'],
    ['of micrograms by sign', { value: 100_000, unit: 'µg' }, '1/10 g'],
    ['of a fraction that binary numbers do not hold', { value: 0.3, unit: 'mg' }, '3/10000 g'],
    ['with an exponent', { value: 1e-7, unit: 'g' }, '1/10000000 g'],
    ['of many', { value: 1.5e21, unit: 'g' }, '1500000000000000000000 g'],
    ['of millilitres', { value: 0.4, unit: 'ml' }, '1/2500 L'],
    ['of a ratio in one unit', measured(50, '100000110686'), '50 g per L'],
    ['of a ratio in UCUM’s units', { value: 50, system: ucum, code: 'mg/mL' }, '50 g per L'],
    ['of a million IU', measured(3, '100000110848'), '3000000 [iU]'],
    ['of IU', measured(3_000_000, '100000110671'), '3000000 [iU]'],
    [
      'of units that nothing is known of',
      { value: 2, system: emaList('100000110633'), code: '100000999999' },
      '2 100000999999',
    ],
    ['of tablets', { value: 2, system: emaList('200000000014'), code: '200000002152' }, '2'],
    ['of UCUM’s annotated ones', { value: 2, system: ucum, code: '{tablet}' }, '2'],
    ['of things by name', { value: 2, unit: 'tablet' }, '2'],
    [
      'of EMA’s exact comparator',
      {
        ...measured(1, '100000110654'),
        _comparator: {
          extension: [
            { url: 'http://ema.europa.eu/fhir/extension/comparator', valueCoding: { code: '100000000049' } },
          ],
        },
      },
      '1 g',
    ],
    ['of a bound', { value: 5, comparator: '<', unit: 'mg' }, undefined],
    [
      'of as much as suffices',
      {
        ...measured(1, '100000110654'),
        _comparator: {
          extension: [
            { url: 'http://ema.europa.eu/fhir/extension/comparator', valueCoding: { code: '100000165006' } },
          ],
        },
      },
      undefined,
    ],
    ['without a number', { unit: 'mg' }, undefined],
    ['of none', { value: 0, unit: 'mg' }, undefined],
    ['below none', { value: -1, unit: 'mg' }, undefined],
    ['without a unit', { value: 5 }, undefined],
    ['whose number is a text', { value: '5', unit: 'mg' } as never, undefined],
    ['whose unit is named as members of objects are', { value: 5, code: 'constructor' }, '5 constructor'],
  ])('%s', (_title, quantity, expected) => {
    expect(text(quantity)).toBe(expected);
  });

  it('is not there where no quantity is, or none that is one', () => {
    expect(text(undefined)).toBeUndefined();
    expect(text('5 mg' as never)).toBeUndefined();
  });

  it('is divided exactly', () => {
    const divided = (above: Quantity, below: Quantity): string | undefined => {
      const [one, other] = [amountOf(above), amountOf(below)];
      const ratio = one && other && dividedBy(one, other);
      return ratio && textOf(ratio);
    };
    expect(divided({ value: 20, unit: 'mg' }, { value: 0.4, unit: 'ml' })).toBe('50 g per L');
    expect(divided({ value: 10, unit: 'mg' }, { value: 2, unit: 'tablet' })).toBe('1/200 g');
    expect(divided({ value: 1, unit: 'mg' }, { value: 3, unit: 'tablet' })).toBe('1/3000 g');
    expect(divided({ value: 1, unit: 'mg/ml' }, { value: 3, unit: 'ml' })).toBeUndefined();
  });
});
