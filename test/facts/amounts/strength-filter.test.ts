/** Strengths in a filter, as people type them. */
import { describe, expect, it } from 'vitest';
import { isStrengthFault, readStrength } from '../../../src/facts/amounts/strength-filter.js';
import { decimalOf } from '../../../src/facts/amounts/exact.js';

/** Returns the kind, the amount in base units and the denominator: `mass 0.005/volume`. */
function told(text: string): string {
  const read = readStrength(text);
  if (isStrengthFault(read)) return `fault: ${read.message}`;
  const { value, kind, per, isPerUnit } = read.amount;
  const amount = `${kind} ${decimalOf(value) ?? `(${value.above}/${value.below})`}`;
  if (per !== undefined) return `${amount}/${per}`;
  return isPerUnit ? amount : `${amount} of anything`;
}

describe('the text of a strength filter', () => {
  it.each([
    ['5 mg', 'mass 0.005'],
    ['5mg', 'mass 0.005'],
    ['  5  MG ', 'mass 0.005'],
    ['5 Milligrams', 'mass 0.005'],
    ['5 milligram(s)', 'mass 0.005'],
    ['1,5 mg', 'mass 0.0015'],
    ['1.5 mg', 'mass 0.0015'],
    ['.5 mg', 'mass 0.0005'],
    ['0.125 mg', 'mass 0.000125'],
    ['0,125 mg', 'mass 0.000125'],
    ['1.1250 mg', 'mass 0.001125'],
    ['1 125 mg', 'mass 1.125'],
    ['1 000 IU', 'IU 1000'],
    ['1\u00a0000 IU', 'IU 1000'],
    ['1\u202f000\u2009000 IU', 'IU 1000000'],
    ["1'000 IU", 'IU 1000'],
    ['1 000,5 mg', 'mass 1.0005'],
    ['1000 I.E.', 'IU 1000'],
    ['1000 U.I.', 'IU 1000'],
    ['1 million IU', 'IU 1000000'],
    ['2,5 Mio. I.E.', 'IU 2500000'],
    ['2 MIU', 'IU 2000000'],
    ['2 mIU', 'IU 0.002'],
    ['100 units', 'unit 100'],
    ['100 U', 'unit 100'],
    ['100 micrograms', 'mass 0.0001'],
    ['100 microgrammes', 'mass 0.0001'],
    ['100 \u00b5g', 'mass 0.0001'],
    ['100 \u03bcg', 'mass 0.0001'],
    ['100 ug', 'mass 0.0001'],
    ['100 mcg', 'mass 0.0001'],
    ['100 ng', 'mass 0.0000001'],
    ['0.1 mg', 'mass 0.0001'],
    ['1 g', 'mass 1'],
    ['20 mmol', 'amount of substance 0.02'],
    ['20 mEq', 'equivalents 0.02'],
    ['185 MBq', 'radioactivity 185000000'],
    ['5 mCi', 'radioactivity 185000000'],
    ['10 %', '% 10 of anything'],
    ['10%', '% 10 of anything'],
    ['0.9 % w/v', '% w/v 0.9 of anything'],
    ['0.9 %(m/V)', '% w/v 0.9 of anything'],
    ['0.9% w/w', '% w/w 0.9 of anything'],
  ])('"%s" is read, in base units, as %s', (text, amount) => {
    expect(told(text)).toBe(amount);
  });

  it.each([
    ['5mg/ml', 'mass 5/volume'],
    ['5 mg / mL', 'mass 5/volume'],
    ['5 mg per ml', 'mass 5/volume'],
    ['5 mg in 1 ml', 'mass 5/volume'],
    ['5 g/l', 'mass 5/volume'],
    ['5 mg/cm³', 'mass 5/volume'],
    ['250 mg/5 ml', 'mass 50/volume'],
    ['250mg/5ml', 'mass 50/volume'],
    ['20 mg/0,4 ml', 'mass 50/volume'],
    ['20 mg/0.3 ml', 'mass (200/3)/volume'],
    ['5 mg/1 tablet', 'mass 0.005/tablet'],
    ['10 mg/2 Tablets', 'mass 0.005/tablet'],
    ['5 mg/patch', 'mass 0.005/patch'],
    ['5 mg/unit', 'mass 0.005'],
    ['10 mg/2 units', 'mass 0.005'],
    ['5 mg/piece', 'mass 0.005'],
    ['50 micrograms/24 hours', 'mass (1/1728000000)/time'],
    ['50 micrograms/h', 'mass (1/72000000)/time'],
    ['10 mg/g', 'mass 0.01/mass'],
    ['1 g/100 g', 'mass 0.01/mass'],
    ['100 µg/dose', 'mass 0.0001/dose'],
    ['50 mg/m²', 'mass 0.05/area'],
    ['100 IU/ml', 'IU 100000/volume'],
    ['0.5 ml/ml', 'volume 0.5/volume'],
  ])('"%s" is read, in base units, as the ratio %s', (text, amount) => {
    expect(told(text)).toBe(amount);
  });

  it.each([
    ['1,000 IU', 'can mean "1 000 IU" or "1 IU": write one of these'],
    ['1.000 IE', 'can mean "1 000 IE" or "1 IE": write one of these'],
    ['1.125 mg', 'can mean "1 125 mg" or "1.1250 mg": write one of these'],
    ['12,340 mg', 'can mean "12 340 mg" or "12.34 mg": write one of these'],
    ['5 mg/1,000 ml', 'can mean "1 000 ml" or "1 ml": write one of these'],
    ['1 000,500 mg', 'can mean "1 000 500 mg" or "1000.5 mg": write one of these'],
    ['1,000,000 IU', 'has a thousands separator that can be misread: write "1 000 000 IU"'],
    ['1.000,5 mg', 'has a thousands separator that can be misread: write "1 000.5 mg"'],
    ['1 00 mg', 'has a number that cannot be read: write it like "1 000.5"'],
    ['1..5 mg', 'has a number that cannot be read: write it like "1 000.5"'],
    ['', 'needs a number and a unit, as in "5 mg"'],
    ['5', 'needs a unit, as in "5 mg"'],
    ['5 mg/', 'needs a unit after the slash, as in "5 mg/ml"'],
    ['5 mg/2', 'needs a unit after the slash, as in "5 mg/ml"'],
    ['5/160 mg', 'needs a unit, as in "5 mg"'],
    ['mg', 'must begin with a number, as in "5 mg"'],
    ['strong', 'must begin with a number, as in "5 mg"'],
    ['0 mg', 'must be above 0'],
    ['0,0 mg', 'must be above 0'],
    ['-5 mg', 'must be above 0'],
    ['−5 mg', 'must be above 0'],
    ['5 mg/0 ml', 'must be above 0'],
    ['5-10 mg', 'must be one amount, such as "5 mg", not a range'],
    ['10–5 mg', 'must be one amount, such as "5 mg", not a range'],
    ['5 mg to 10 mg', 'must be one amount, such as "5 mg", not a range'],
    ['< 5 mg', 'must be an exact amount, such as "5 mg", without a comparator'],
    ['≥5 mg', 'must be an exact amount, such as "5 mg", without a comparator'],
    [
      '5 mg + 160 mg',
      'must be one strength, such as "5 mg"; give several strengths as several values, or as parts of `filter.actives`',
    ],
    [
      '5 mg, 10 mg',
      'must be one strength, such as "5 mg"; give several strengths as several values, or as parts of `filter.actives`',
    ],
    ['5 mg/ml/h', 'must be one amount per one other amount, such as "5 mg/ml"'],
    ['1 tablet', 'must begin with an amount of a substance, such as "5 mg" or "5 mg/ml"'],
    ['24 h', 'must begin with an amount of a substance, such as "5 mg" or "5 mg/ml"'],
    [`5 ${'m'.repeat(200)}`, 'must have at most 100 characters'],
  ])('%j is refused: it %s', (text, message) => {
    expect(told(text)).toBe(`fault: ${message}`);
  });

  it.each([
    ['5 miligrams', 'mg'],
    ['5 mgg', 'mg'],
    ['5 microgam', 'microgram'],
    ['5 mg/tablette', 'tablet'],
    ['5 mg/tabelt', 'tablet'],
    ['5 mmoll', 'mmol'],
  ])('%j has an unknown unit, and the message suggests %j', (text, nearest) => {
    const message = told(text);
    expect(message).toMatch(
      /^fault: has a unit that this service does not know\. The most similar units are ("[^"]+"(, )?){5}$/,
    );
    expect(message).toContain(`"${nearest}"`);
  });

  it('with a fault causes a message that does not repeat the text', () => {
    expect(told('5 <script>')).not.toContain('script');
    expect(told('1,000 <script>')).not.toContain('script');
  });

  it('is read in less than half a second, however long and unusual it is', () => {
    const began = performance.now();
    for (const text of [
      '1 '.repeat(49),
      '9'.repeat(90),
      '1,'.repeat(49),
      `5 ${' '.repeat(90)}`,
      '(((('.repeat(20),
    ]) {
      told(`${text} mg`);
      told(`5 ${text}`);
    }
    expect(performance.now() - began).toBeLessThan(500);
  });
});
