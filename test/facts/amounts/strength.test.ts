/** Whether a record has the requested strength: yes, no, or undecided. */
import type { CodeableReference, Ingredient, IngredientSubstanceStrength, Quantity, Ratio } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { isStrengthFault, readStrength } from '../../../src/facts/amounts/strength-filter.js';
import { meetsStrength, type Whose } from '../../../src/facts/amounts/strength.js';
import type { Verdict } from '../../../src/facts/verdict.js';
import { emaTerms } from '../../../src/terms/ema-terms.js';
import { emaList } from '../../support/views.js';
import { inWords, titled } from '../../support/titles.js';

const measures = emaList('100000110633');
const presentations = emaList('200000000014');
const ucum = 'http://unitsofmeasure.org';

const ema = (value: number, code: string, unit?: string): Quantity => ({
  value,
  code,
  system: code.startsWith('2000000021') ? presentations : measures,
  ...(unit !== undefined && { unit }),
});
const mg = (value: number) => ema(value, '100000110655', 'milligram(s)');
const microgram = (value: number) => ema(value, '100000110656');
const ml = (value: number) => ema(value, '100000110662');
const tablet = (value = 1) => ema(value, '200000002152', 'Tablet');
const inUcum = (value: number, code: string): Quantity => ({ value, code, system: ucum });

const besilate: CodeableReference = { concept: { coding: [{ code: '100000090079' }] } };
const amlodipine: CodeableReference = { concept: { coding: [{ code: '100000085259' }] } };

const ingredient = (...strength: object[]) =>
  ({
    resourceType: 'Ingredient',
    substance: { code: besilate, strength: strength as IngredientSubstanceStrength[] },
  }) as Ingredient;

function meets(asked: string, record: Ingredient, whose: Whose = 'own'): Verdict {
  const read = readStrength(asked);
  if (isStrengthFault(read)) throw new Error(`${asked} ${read.message}`);
  return meetsStrength(read, record, whose);
}

const presented = (numerator: Quantity, denominator?: Quantity) => ({
  presentationRatio: { numerator, ...(denominator && { denominator }) },
});

/** Returns the title of a comparison, with each amount of the strength as its number and unit. */
function filtered(asked: string, strength: object, told: Verdict): string {
  const amount = ({ value, unit, code = '' }: Quantity): string => {
    const term = emaTerms['100000110633']?.[code] ?? emaTerms['200000000014']?.[code] ?? code;
    const coded = unit === undefined || term === unit ? term : `${unit} with the code of ${term}`;
    return `${value ?? 'without a number, of'} ${(code === '' ? unit : coded) ?? 'without a unit'}`;
  };
  const parts = Object.entries(strength).map(([name, content]: [string, Quantity & Ratio]) => {
    const { numerator, denominator } = content;
    if (name === 'basis') return 'a basis and no amount';
    if (numerator === undefined) return `${name} ${amount(content)}`;
    return `${name} ${amount(numerator)}${denominator === undefined ? '' : ` to ${amount(denominator)}`}`;
  });
  const record = parts.join(' and ') || 'no amount';
  return `"${asked}" ${inWords(told, 'matches', 'does not match', 'is undecided for')} a record with ${record}`;
}

describe('a strength filter without a denominator', () => {
  it.each(
    titled<[string, object, Verdict]>(
      [
        ['5 mg', presented(mg(5), tablet()), true],
        ['5 mg', presented(mg(5), { ...tablet(), value: undefined as never }), true],
        ['5 mg', presented(mg(5)), true],
        ['5 mg', { presentationQuantity: mg(5) }, true],
        ['5 mg', presented(mg(10), tablet(2)), true],
        ['5 mg', presented(mg(5), ema(1, '200000002158', 'Vial')), true],
        ['5 mg', presented(mg(5), ema(1, '100000110756', 'unit(s)')), true],
        ['5 mg', presented(mg(5), ema(1, '200000027120', 'countable unit(s)')), true],
        ['5 mg', presented(mg(5), inUcum(1, '{tablet}')), true],
        ['5 mg', presented(mg(5), inUcum(1, '1')), true],
        ['5 mg', presented(mg(5), { value: 1 }), true],
        ['5 mg', presented(mg(5), { value: 1, system: presentations, code: '200000099999' }), true],
        ['5 mg', { concentrationRatio: { numerator: mg(5), denominator: tablet() } }, true],
        ['5 mg', presented(mg(5), ml(1)), false],
        ['5 mg', { concentrationRatio: { numerator: mg(5), denominator: ml(1) } }, false],
        ['20 mg', presented(mg(20), ml(0.4)), false],
        ['5 mg', { presentationQuantity: inUcum(5, 'mg/mL') }, false],
        ['5 mg', { presentationQuantity: ema(5, '100000110921', 'milligram(s)/dose') }, false],
        ['5 mg', presented(mg(50), tablet()), false],
        ['5 mg', {}, false],
        ['5 mg', { basis: { text: 'active ingredient' } }, false],
        ['5 mg', { presentationQuantity: mg(0) }, false],
      ],
      filtered,
    ),
  )('%s', (_title, asked, strength, told) => {
    expect(meets(asked, ingredient(strength))).toBe(told);
  });
});

describe('a strength filter with a denominator', () => {
  it.each(
    titled<[string, object, Verdict]>(
      [
        ['50 mg/ml', presented(mg(20), ml(0.4)), true],
        ['20 mg/0.4 ml', { concentrationRatio: { numerator: mg(50), denominator: ml(1) } }, true],
        ['250 mg/5 ml', { concentrationQuantity: inUcum(50, 'mg/mL') }, true],
        ['50 mg/ml', { presentationQuantity: ema(50, '100000110686') }, true],
        ['50 mg/ml', { concentrationQuantity: { value: 50, unit: 'mg/ml' } }, true],
        ['50 g/l', presented(mg(20), ml(0.4)), true],
        ['200 mg/3 ml', presented(mg(20), ml(0.3)), true],
        ['66.67 mg/ml', presented(mg(20), ml(0.3)), false],
        ['10 mg/ml', presented(ema(10, '100000110686'), ema(1, '200000002158')), true],
        ['10 mg/g', { concentrationRatio: { numerator: mg(10), denominator: ema(1, '100000110654') } }, true],
        ['5 mg/tablet', presented(mg(5), tablet()), true],
        ['5 mg/1 tablet', presented(mg(10), tablet(2)), true],
        ['5 mg/unit', presented(mg(5), tablet()), true],
        ['2 mg/24 h', { presentationQuantity: ema(2, '100000110912') }, true],
        ['50 micrograms/h', { presentationQuantity: ema(50, '100000166092') }, true],
        ['1.2 mg/24 h', { presentationQuantity: ema(50, '100000166092') }, true],
        ['5 mg/dose', { presentationQuantity: ema(5, '100000110921') }, true],
        ['50 mg/ml', presented(mg(50), tablet()), false],
        ['5 mg/tablet', presented(mg(5), ema(1, '200000002113', 'Capsule')), false],
        ['5 mg/tablet', presented(mg(6), ema(1, '100000110756')), false],
        ['5 mg/ml', { presentationQuantity: mg(5) }, false],
        ['5 mg/g', presented(mg(5), ml(1)), false],
        // The record does not state the unit of presentation.
        ['5 mg/tablet', presented(mg(5), ema(1, '100000110756')), undefined],
        ['5 mg/tablet', { presentationQuantity: mg(5) }, undefined],
      ],
      filtered,
    ),
  )('%s', (_title, asked, strength, told) => {
    expect(meets(asked, ingredient(strength))).toBe(told);
  });
});

describe('the unit of a strength filter', () => {
  const one = (quantity: Quantity) => ({ presentationQuantity: quantity });
  it.each(
    titled<[string, Quantity, Verdict]>(
      [
        ['100 micrograms', mg(0.1), true],
        ['0.1 mg', microgram(100), true],
        ['0.1 mg', inUcum(100, 'ug'), true],
        ['0.1 mg', { value: 100, unit: 'mcg' }, true],
        ['0.3 mg', mg(0.1 + 0.2), true],
        ['100 ng', microgram(0.1), true],
        ['1 g', mg(1000), true],
        ['1000 mg', ema(1, '100000110654'), true],
        ['0.07 g', mg(70), true],
        ['4.35 mg', microgram(4350), true],
        ['2 million IU', ema(2_000_000, '100000110671'), true],
        ['2 000 000 IU', ema(2, '100000110848'), true],
        ['2 000 IU', ema(2, '100000110810'), true],
        ['300 IU', inUcum(300, '[iU]'), true],
        ['2 000 000 units', ema(2, '100000110853'), true],
        ['20 mmol', ema(0.02, '100000110670'), true],
        ['185 MBq', ema(0.185, '100000110792'), true],
        ['5 mg', { ...mg(5), code: '10000100000110655' }, true],
        ['5 mg', { ...mg(5), system: 'https://spor.ema.europa.eu/v1/lists/100000110633~200000000014' }, true],
        ['10 %', ema(10, '100000110674'), true],
        ['10 %', ema(10, '100000110751'), true],
        ['10 % w/v', ema(10, '100000110751'), true],
        ['40 D antigen units', ema(40, '100000110782', 'D antigen unit(s)'), true],
        ['5 FFU', inUcum(5, 'FFU'), true],
        ['100 mg', ema(100, '100000110671'), false],
        ['100 IU', ema(100, '100000110756'), false],
        ['100 IU', mg(100), false],
        ['100 mmol', mg(100), false],
        ['10 mg', ema(10, '100000110674'), false],
        ['10 % w/w', ema(10, '100000110751'), false],
        ['10 %', ema(9, '100000110751'), false],
        ['5 mg', ema(5, '100000110782'), false],
        // "10 percent", without the kind of percent.
        ['10 % w/v', ema(10, '100000110674'), undefined],
        ['5 mg', ema(5, '100000999999'), undefined],
        ['5 mg', { value: 5, unit: 'Messbecher' }, undefined],
        ['5 mg', { value: 5 }, undefined],
        ['5 mg', { ...mg(5), unit: 'gram(s)' }, undefined],
        ['5 mg', tablet(5), undefined],
      ],
      (asked, quantity, told) => filtered(asked, one(quantity), told),
    ),
  )('%s', (_title, asked, quantity, told) => {
    expect(meets(asked, ingredient(one(quantity)))).toBe(told);
  });

  it('in percent also matches a concentration of the record, and one in mg is undecided for it', () => {
    const concentration = (quantity: Quantity) => ingredient({ concentrationQuantity: quantity });
    expect(meets('10 %', concentration(ema(10, '100000110674')))).toBe(true);
    expect(meets('5 mg', concentration(ema(10, '100000110674')))).toBe(false);
    expect(meets('5 mg', concentration(mg(5)))).toBeUndefined();
  });
});

describe('a missing or inexact strength of a record', () => {
  it.each<[string, object]>([
    [
      'a range',
      { presentationRatioRange: { lowNumerator: mg(5), highNumerator: mg(10), denominator: tablet() } },
    ],
    ['a concentration range', { concentrationRatioRange: { lowNumerator: mg(5), highNumerator: mg(10) } }],
    ['a coded text', { presentationCodeableConcept: { text: 'quantity sufficient' } }],
    ['a text without a number', { textPresentation: '5 mg' }],
    ['a comparator', { presentationQuantity: { ...mg(5), comparator: '<' } }],
    ['a comparator of the denominator', presented(mg(5), { ...tablet(), comparator: '<' })],
    [
      'a comparator in EMA’s extension',
      { presentationQuantity: { ...mg(5), ...emaComparator('100000165006') } },
    ],
    ['a unit without a value', { presentationQuantity: { code: 'mg', system: ucum } }],
    ['a value that is a string', { presentationQuantity: { ...mg(5), value: '5' } }],
    ['a value below 0', { presentationQuantity: mg(-5) }],
    ['a denominator of 0', presented(mg(5), tablet(0))],
    ['an unknown unit of the denominator', presented(mg(5), ema(1, '100000999999'))],
    ['a ratio without a numerator', { presentationRatio: { denominator: tablet() } }],
    ['a ratio that is a string', { presentationRatio: '5 mg' }],
    ['a quantity that is a number', { presentationQuantity: 5 }],
    ['a comparator that is a number', { presentationQuantity: { ...mg(5), comparator: 5 } }],
    ['a numerator that is null', { presentationRatio: { numerator: null } }],
  ])('leaves the filter "5 mg" undecided: %s', (_, strength) => {
    expect(meets('5 mg', ingredient(strength))).toBeUndefined();
  });

  it('does not prevent a match by another amount of the record', () => {
    const range = { presentationRatioRange: { lowNumerator: mg(5), highNumerator: mg(10) } };
    expect(meets('5 mg', ingredient(range, { presentationQuantity: mg(5) }))).toBe(true);
    expect(meets('7 mg', ingredient(range, { presentationQuantity: mg(5) }))).toBeUndefined();
    expect(
      meets(
        '50 mg/ml',
        ingredient({ ...presented(mg(5), tablet()), concentrationQuantity: inUcum(50, 'mg/mL') }),
      ),
    ).toBe(true);
  });

  it('beside words counts by its number, and EMA’s comparator "equal to" counts as none', () => {
    expect(meets('7 mg', ingredient({ textPresentation: '7 mg', presentationQuantity: mg(5) }))).toBe(false);
    const equal = { presentationQuantity: { ...mg(5), ...emaComparator('100000000049') } };
    expect(meets('5 mg', ingredient(equal))).toBe(true);
  });

  it('has no comparator or reference strength if the element is no list', () => {
    const odd = { presentationQuantity: { ...mg(5), _comparator: { extension: {} } } };
    expect(meets('5 mg', ingredient(odd))).toBe(true);
    expect(meets('5 mg', ingredient({ ...odd, referenceStrength: 'none' }))).toBe(true);
  });

  it.each([undefined, null, {}, { strength: null }, { strength: [null] }, { strength: {} }])(
    'does not match the filter "5 mg" if `substance` is %j',
    (substance) => {
      expect(meets('5 mg', { resourceType: 'Ingredient', substance } as unknown as Ingredient)).toBe(false);
    },
  );
});

describe('a record with 6.94 mg of a salt and 5 mg of its base', () => {
  const record = ingredient({
    ...presented(mg(6.94), tablet()),
    referenceStrength: [
      { substance: amlodipine, strengthRatio: { numerator: mg(5), denominator: tablet() } },
    ],
  });
  const isAmlodipine = ({ concept }: CodeableReference) => concept?.coding?.[0]?.code === '100000085259';

  it.each<[string, string, string, Whose, Verdict]>([
    ['matches', '5 mg', 'for this base', isAmlodipine, true],
    ['does not match', '6.94 mg', 'for this base', isAmlodipine, false],
    ['does not match', '5 mg', 'for the salt', 'own', false],
    ['matches', '6.94 mg', 'for the salt', 'own', true],
    ['matches', '5 mg', 'for salt or base', 'any', true],
    ['matches', '6.94 mg', 'for salt or base', 'any', true],
    ['does not match', '7 mg', 'for salt or base', 'any', false],
    ['does not match', '5 mg', 'for another substance', () => false, false],
    ['is undecided for', '5 mg', 'if its substance is unknown', () => undefined, undefined],
    ['does not match', '7 mg', 'if its substance is unknown', () => undefined, false],
  ])('%s the filter "%s" %s', (_is, asked, _for, whose, told) => {
    expect(meets(asked, record, whose)).toBe(told);
  });

  it('matches a filter for its own substance by the reference strength if the reference substance is the same', () => {
    const own = ingredient({ referenceStrength: [{ substance: besilate, strengthQuantity: mg(5) }] });
    expect(meets('5 mg', own)).toBe(true);
    const other = ingredient({ referenceStrength: [{ substance: amlodipine, strengthQuantity: mg(5) }] });
    expect(meets('5 mg', other)).toBe(false);
  });

  it('is undecided for a filter if its reference strength is a range or names no substance', () => {
    const range = { strengthRatioRange: { lowNumerator: mg(1), highNumerator: mg(9) } };
    expect(
      meets('5 mg', ingredient({ referenceStrength: [{ substance: amlodipine, ...range }] }), isAmlodipine),
    ).toBeUndefined();
    const nameless = ingredient({ referenceStrength: [{ strengthQuantity: mg(5) }, null] });
    expect(meets('5 mg', nameless, isAmlodipine)).toBeUndefined();
  });
});

function emaComparator(code: string): object {
  return {
    _comparator: {
      extension: [{ url: 'http://ema.europa.eu/fhir/extension/comparator', valueCoding: { code } }],
    },
  };
}
