/** Amounts in records: exact, and in the base unit of their kind. */
import type { Quantity, Ratio } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { amountOf } from '../../../src/facts/amounts/amount.js';
import { emaList } from '../../support/views.js';

const ucum = 'http://unitsofmeasure.org';
const measured = (value: number, code: string): Quantity => ({
  value,
  code,
  system: emaList('100000110633'),
});
const withComparator = (code: string): Quantity => ({
  ...measured(1, '100000110654'),
  _comparator: {
    extension: [{ url: 'http://ema.europa.eu/fhir/extension/comparator', valueCoding: { code } }],
  },
});

function spelled(ratio: Ratio): string | undefined {
  const amount = amountOf(ratio, true);
  if (!amount) return undefined;
  const { value, kind, per, size } = amount;
  const number = value.below === 1n ? String(value.above) : `${value.above}/${value.below}`;
  const below = per === undefined ? '' : ` per ${per}`;
  return `${number} ${kind}${below}${size ? ` in ${size.above}/${size.below}` : ''}`;
}

describe('an amount in a record', () => {
  it.each<[string, Quantity, string | undefined]>([
    [
      'in mg is a mass, if the unit is from a merged EMA list',
      { value: 100, code: '100000110655', system: emaList('100000110633~200000000014') },
      '1/10 mass',
    ],
    ['with the unit µg is a mass', { value: 100_000, unit: 'µg' }, '1/10 mass'],
    ['of 0.3 mg is exactly 3/10000 g', { value: 0.3, unit: 'mg' }, '3/10000 mass'],
    ['of 1e-7 g is exact', { value: 1e-7, unit: 'g' }, '1/10000000 mass'],
    ['of 1.5e21 g is exact', { value: 1.5e21, unit: 'g' }, '1500000000000000000000 mass'],
    ['in EMA’s unit mg/ml is a mass per volume', measured(50, '100000110686'), '50 mass per volume'],
    [
      'in the UCUM unit mg/mL is a mass per volume',
      { value: 50, system: ucum, code: 'mg/mL' },
      '50 mass per volume',
    ],
    ['of 3 in EMA’s unit million IU is 3,000,000 IU', measured(3, '100000110848'), '3000000 IU'],
    [
      'of 3 in the UCUM unit 10*6.[iU] is 3,000,000 IU',
      { value: 3, system: ucum, code: '10*6.[iU]' },
      '3000000 IU',
    ],
    ['of 3,000,000 in EMA’s unit IU is 3,000,000 IU', measured(3_000_000, '100000110671'), '3000000 IU'],
    ['with EMA’s comparator "equal to" is exact', withComparator('100000000049'), '1 mass'],
    ['with EMA’s comparator "q.s." is unreadable', withComparator('100000165006'), undefined],
    ['with the comparator < is unreadable', { value: 5, comparator: '<', unit: 'mg' }, undefined],
    ['in tablets is unreadable', { value: 2, unit: 'tablet' }, undefined],
    ['in an unknown unit is unreadable', measured(2, '100000999999'), undefined],
    ['without a number is unreadable', { unit: 'mg' }, undefined],
    ['below 0 is unreadable', { value: -1, unit: 'mg' }, undefined],
    ['without a unit is unreadable', { value: 5 }, undefined],
    ['whose value is a string is unreadable', { value: '5', unit: 'mg' } as never, undefined],
    ['whose unit code is "constructor" is unreadable', { value: 5, code: 'constructor' }, undefined],
    ['that is a string is unreadable', '5 mg' as never, undefined],
  ])('%s', (_title, numerator, expected) => {
    expect(spelled({ numerator })).toBe(expected);
  });

  it('is undefined if the record has no quantity', () => {
    expect([amountOf({}, true), amountOf('5 mg' as never, true)]).toEqual([undefined, undefined]);
  });

  it.each<[string, Quantity, Quantity, string | undefined]>([
    [
      'of 1 mg to 3 tablets is exactly 1/3000 g per tablet',
      { value: 1, unit: 'mg' },
      { value: 3, unit: 'tablet' },
      '1/3000 mass per tablet',
    ],
    [
      'of 20 mg to 0.4 ml is 50 mg/ml, in 0.4 ml',
      { value: 20, unit: 'mg' },
      { value: 0.4, unit: 'ml' },
      '50 mass per volume in 1/2500',
    ],
    [
      'of 10 mg to 2 tablets is a mass per tablet',
      { value: 10, unit: 'mg' },
      { value: 2, unit: 'tablet' },
      '1/200 mass per tablet',
    ],
    ['of 1 mg/ml to 3 ml is unreadable', { value: 1, unit: 'mg/ml' }, { value: 3, unit: 'ml' }, undefined],
    ['of 5 mg to 0 ml is unreadable', { value: 5, unit: 'mg' }, { value: 0, unit: 'ml' }, undefined],
  ])('%s', (_title, numerator, denominator, expected) => {
    expect(spelled({ numerator, denominator })).toBe(expected);
  });
});
