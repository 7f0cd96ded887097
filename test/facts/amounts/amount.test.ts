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
      'of a merged list',
      { value: 100, code: '100000110655', system: emaList('100000110633~200000000014') },
      '1/10 mass',
    ],
    ['of micrograms by sign', { value: 100_000, unit: 'µg' }, '1/10 mass'],
    ['of a fraction that binary numbers do not hold', { value: 0.3, unit: 'mg' }, '3/10000 mass'],
    ['with an exponent', { value: 1e-7, unit: 'g' }, '1/10000000 mass'],
    ['of many', { value: 1.5e21, unit: 'g' }, '1500000000000000000000 mass'],
    ['of a ratio in one unit', measured(50, '100000110686'), '50 mass per volume'],
    ['of a ratio in UCUM’s units', { value: 50, system: ucum, code: 'mg/mL' }, '50 mass per volume'],
    ['of a million IU', measured(3, '100000110848'), '3000000 IU'],
    ['of a million IU in UCUM', { value: 3, system: ucum, code: '10*6.[iU]' }, '3000000 IU'],
    ['of IU', measured(3_000_000, '100000110671'), '3000000 IU'],
    ['of EMA’s exact comparator', withComparator('100000000049'), '1 mass'],
    ['of as much as suffices', withComparator('100000165006'), undefined],
    ['of a bound', { value: 5, comparator: '<', unit: 'mg' }, undefined],
    ['of things', { value: 2, unit: 'tablet' }, undefined],
    ['of a unit that is not known', measured(2, '100000999999'), undefined],
    ['without a number', { unit: 'mg' }, undefined],
    ['below none', { value: -1, unit: 'mg' }, undefined],
    ['without a unit', { value: 5 }, undefined],
    ['whose number is a text', { value: '5', unit: 'mg' } as never, undefined],
    ['whose unit is named as members of objects are', { value: 5, code: 'constructor' }, undefined],
    ['that is a text', '5 mg' as never, undefined],
  ])('is read correctly: %s', (_title, numerator, expected) => {
    expect(spelled({ numerator })).toBe(expected);
  });

  it('is null if the record has none', () => {
    expect([amountOf({}, true), amountOf('5 mg' as never, true)]).toEqual([undefined, undefined]);
  });

  it.each<[string, Quantity, Quantity, string | undefined]>([
    ['a third', { value: 1, unit: 'mg' }, { value: 3, unit: 'tablet' }, '1/3000 mass per tablet'],
    ['what one holds', { value: 20, unit: 'mg' }, { value: 0.4, unit: 'ml' }, '50 mass per volume in 1/2500'],
    ['what two hold', { value: 10, unit: 'mg' }, { value: 2, unit: 'tablet' }, '1/200 mass per tablet'],
    ['no measure', { value: 1, unit: 'mg/ml' }, { value: 3, unit: 'ml' }, undefined],
    ['nothing', { value: 5, unit: 'mg' }, { value: 0, unit: 'ml' }, undefined],
  ])('is an exact number: %s', (_title, numerator, denominator, expected) => {
    expect(spelled({ numerator, denominator })).toBe(expected);
  });
});
