/** Amounts as a package leaflet prints them. */
import type { Quantity as FhirQuantity } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { formatNumber, Quantity, Ratio } from '../../../../src/graphql/schema/types/quantity.js';
import type { Context } from '../../../../src/graphql/context.js';
import { Concept } from '../../../../src/graphql/schema/types/concept.js';
import { createBuiltInTerms } from '../../../../src/terms/built-in.js';
import type { Term, TermSource } from '../../../../src/terms/source.js';
import { createTerms } from '../../../../src/terms/terms.js';
import { contextOf, emaList, inEnglish } from '../../../support/views.js';

const measures = emaList('100000110633');
const presentations = emaList('200000000014');
const quantity = (value: number | undefined, code?: string, system = measures) =>
  new Quantity({
    ...(value === undefined ? {} : { value }),
    ...(code === undefined ? {} : { code, system }),
  });
const mg = (value: number) => ({ value, code: '100000110655', system: measures, unit: 'milligram(s)' });
const ml = (value: number) => ({ value, code: '100000110662', system: measures, unit: 'millilitre(s)' });
const tablets = (value: number) => ({ value, code: '200000002152', system: presentations, unit: 'Tablet' });

describe('a quantity', () => {
  it.each([
    [20, '100000110655', '20 mg'],
    [5000, '100000110671', '5\u00a0000 IU'],
    [1_500_000, '100000110671', '1\u00a0500\u00a0000 IU'],
    [15, '100000110656', '15 micrograms'],
    [1, '100000110656', '1 microgram'],
    [100, '100000110756', '100 units'],
    [3, '200000003433', '3 months'],
    [1, '200000003434', '1 year'],
    [5, '100000110674', '5%'],
    [0.9, '100000110751', '0.9% w/v'],
    [10, '100000110686', '10 mg/ml'],
    [2, '100000110848', '2 million IU'],
    [185, '100000110665', '185 MBq'],
    [2, '100000110912', '2 mg/24 hours'],
    [50, '100000110660', '50 micrograms/m²'],
  ])(
    'of %s with the EMA unit %s is printed as %s, although the record has no unit text',
    (value, code, text) => {
      expect(quantity(value, code).text({}, inEnglish)).toBe(text);
    },
  );

  it.each([
    [28, '200000002152', '28 tablets'],
    [1, '200000002152', '1 tablet'],
    [5, '200000002134', '5 patches'],
    [6, '200000002137', '6 pessaries'],
    [10, '200000002149', '10 suppositories'],
    [2, '200000002130', '2 matrices'],
    [0.5, '200000002152', '0.5 tablets'],
    [12, '200000002123', '12 chewing gums'],
  ])('of %s with unit of presentation %s is printed as %s', (value, code, text) => {
    expect(quantity(value, code, presentations).text({}, inEnglish)).toBe(text);
  });

  it('has a unit whose code is from a merged EMA list, or whose system has http for https', () => {
    const merged = 'https://spor.ema.europa.eu/v1/lists/100000110633~200000000014';
    expect(quantity(28, '200000002152', merged).text({}, inEnglish)).toBe('28 tablets');
    expect(quantity(20, '100000110655', merged).text({}, inEnglish)).toBe('20 mg');
  });

  it.each([
    [{ value: 15, code: 'ug', system: 'http://unitsofmeasure.org' }, '15 micrograms'],
    [{ value: 50, code: 'ug/ml', system: 'http://unitsofmeasure.org' }, '50 micrograms/ml'],
    [{ value: 100, code: 'U/ml', system: 'http://unitsofmeasure.org' }, '100 U/ml'],
    [{ value: 300, code: '[iU]', system: 'http://unitsofmeasure.org' }, '300 IU'],
    [{ value: 30, code: '{tablets}', system: 'http://unitsofmeasure.org' }, '30 tablets'],
    [{ value: 3, code: '1', system: 'http://unitsofmeasure.org' }, '3'],
    [{ value: 30, unit: '{tablets}' }, '30 tablets'],
    [{ value: 2, unit: 'mg/{dose}', code: 'mg/{dose}', system: 'http://unitsofmeasure.org' }, '2 mg/dose'],
    [{ unit: '60 Stk' }, '60 Stk'],
    [{ unit: 'tablets' }, null],
    [{ code: 'm2', unit: 'm2', system: 'http://unitsofmeasure.org' }, null],
    [{ value: 36, code: 'mo', system: 'http://unitsofmeasure.org' }, '36 months'],
    [{ value: 200, unit: 'mg' }, '200 mg'],
    [{ value: 2, unit: 'Blisterpackung(en)' }, '2 Blisterpackung(en)'],
    [{ value: 7, unit: 'D antigen unit(s)/dose' }, '7 D antigen units/dose'],
    [{ value: 20 }, '20'],
  ])('that is not in EMA’s units, %j, has the text %s', (sent, text) => {
    expect(Quantity.of(sent)?.text({}, inEnglish)).toBe(text);
  });

  const ucum = (value: number, code: string) => ({ value, code, system: 'http://unitsofmeasure.org' });
  it.each<[FhirQuantity, string, string | null]>([
    [ucum(28, '{tbl}'), '28 tablets', '{tbl}'],
    [ucum(1, '{tbl}'), '1 tablet', '{tbl}'],
    [ucum(28, '{Tablets}'), '28 tablets', '{Tablets}'],
    [ucum(2, '{caps}'), '2 capsules', '{caps}'],
    [ucum(6, '{supp}'), '6 suppositories', '{supp}'],
    [ucum(3, '{patch}'), '3 patches', '{patch}'],
    [ucum(200, '{puff}'), '200 puffs', '{puff}'],
    [ucum(1, '{dose}'), '1 dose', '{dose}'],
    [ucum(2, '{box}'), '2 boxes', '{box}'],
    [ucum(5, '{#}'), '5', '{#}'],
    [ucum(5, '{score}'), '5 score', '{score}'],
    [ucum(5, 'mg/{tbl}'), '5 mg/tablet', 'mg/{tbl}'],
    [ucum(5, 'mg{amlodipine}'), '5 mg amlodipine', 'mg{amlodipine}'],
    [ucum(12, '%{vol}'), '12% vol', '%{vol}'],
    [ucum(5, '10*6.[iU]'), '5 million IU', '10*6.[iU]'],
    [ucum(5, 'k[iU]'), '5 thousand IU', 'k[iU]'],
    [ucum(5, 'm[iU]'), '5 mIU', 'm[iU]'],
    [ucum(5, '10*9/L'), '5 billion/l', '10*9/L'],
    [ucum(5, 'mg/(24.h)'), '5 mg/24 hours', 'mg/(24.h)'],
    [ucum(50, 'ug/h'), '50 micrograms/hour', 'ug/h'],
    [ucum(5, "[anti'Xa'U]"), '5 anti-Xa IU', "[anti'Xa'U]"],
    [ucum(5, '[ppm]'), '5 ppm', '[ppm]'],
    [ucum(25, 'Cel'), '25 °C', 'Cel'],
    [ucum(77, '[degF]'), '77 °F', '[degF]'],
    [{ ...ucum(8, 'Cel'), comparator: '<=' }, '≤ 8 °C', 'Cel'],
    [ucum(18, 'a'), '18 years', 'a'],
    [ucum(1, 'mo'), '1 month', 'mo'],
    [{ value: 1, unit: 'months' }, '1 month', 'mo'],
    [{ value: 24, unit: 'months' }, '24 months', 'mo'],
    [{ value: 2, unit: 'wk' }, '2 weeks', 'wk'],
    [{ value: 18, unit: 'years' }, '18 years', 'a'],
    [{ value: 5, unit: 'ug' }, '5 micrograms', 'ug'],
    [{ value: 5, unit: 'μg' }, '5 micrograms', 'ug'],
    [{ value: 1, unit: 'µg' }, '1 microgram', 'ug'],
    [{ value: -0, unit: 'g' }, '0 g', 'g'],
  ])('%j is printed as %s, and its UCUM code is %s', (sent, text, code) => {
    expect(Quantity.of(sent)?.text({}, inEnglish)).toBe(text);
    expect(Quantity.of(sent)?.ucum).toBe(code);
  });

  it('with a mistyped unit code has the unit text of the record', () => {
    expect(Quantity.of({ ...mg(1578), code: '10000100000110655' })?.text({}, inEnglish)).toBe(
      '1\u00a0578 mg',
    );
  });

  it('has no text if its unit is an unknown code, or if it has no value', () => {
    expect(quantity(20, '100000999999').text({}, inEnglish)).toBeNull();
    expect(quantity(undefined, '100000110655').text({}, inEnglish)).toBeNull();
    expect(Quantity.of(undefined)).toBeNull();
  });

  it.each([
    [{ ...mg(5), comparator: '<' as const }, '<', '< 5 mg'],
    [{ ...mg(5), comparator: '>=' as const }, '>=', '≥ 5 mg'],
    [{ ...ml(100), comparator: 'ad' as const }, 'ad', 'ad 100 ml'],
    [{ ...mg(5), ...emaComparator('100000000049') }, '100000000049', '5 mg'],
    [{ ...ml(1), ...emaComparator('100000165006') }, '100000165006', 'q.s. 1 ml'],
    [{ ...mg(5), ...emaComparator('100000000050') }, '100000000050', '< 5 mg'],
    [{ ...mg(5), ...emaComparator('100000000051') }, '100000000051', '> 5 mg'],
    [{ ...mg(5), ...emaComparator('100000000052') }, '100000000052', '≤ 5 mg'],
    [{ ...mg(5), ...emaComparator('100000000053') }, '100000000053', '≥ 5 mg'],
    [{ ...mg(5), ...emaComparator('100000000054') }, '100000000054', 'equivalent to 5 mg'],
    [{ ...mg(5), ...emaComparator('100000000055') }, '100000000055', '≈ 5 mg'],
    [{ ...mg(5), ...emaComparator('200000024024') }, '200000024024', 'average 5 mg'],
    // Without a known comparator there is no text, because the number alone would be misleading.
    [{ ...mg(5), ...emaComparator('100000999999') }, '100000999999', null],
    [{ ...mg(5), ...emaComparator('100000999999', 'not below') }, '100000999999', 'not below 5 mg'],
  ])('with the comparator $1 is printed as $2', (sent, comparator, text) => {
    expect(Quantity.of(sent)?.comparator).toBe(comparator);
    expect(Quantity.of(sent)?.text({}, inEnglish)).toBe(text);
  });

  it('of 0 has the value 0, and as a pack size no text', () => {
    const size = Quantity.ofContent([tablets(0)]);
    expect(size?.value).toBe(0);
    expect(size?.text({}, inEnglish)).toBeNull();
    expect(Quantity.ofContent([tablets(28)])?.text({}, inEnglish)).toBe('28 tablets');
    expect(Quantity.of(mg(0))?.text({}, inEnglish)).toBe('0 mg');
  });
});

describe('a number in a text', () => {
  it.each([
    [0.1 + 0.2, '0.3'],
    [1e-7, '0.0000001'],
    [1.1 * 3, '3.3'],
    [1e21, '1\u00a0000\u00a0000\u00a0000\u00a0000\u00a0000\u00a0000\u00a0000'],
    [1234.5678, '1\u00a0234.5678'],
    [573.892, '573.892'],
    [-5000, '-5\u00a0000'],
    [999, '999'],
    [0, '0'],
  ])('%s is printed as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('a ratio', () => {
  it.each([
    ['20 mg to 0.4 ml', { numerator: mg(20), denominator: ml(0.4) }, '20 mg/0.4 ml'],
    ['5 mg to 1 tablet', { numerator: mg(5), denominator: tablets(1) }, '5 mg/tablet'],
    ['5 mg to 2 tablets', { numerator: mg(5), denominator: tablets(2) }, '5 mg/2 tablets'],
    [
      '5 mg to tablets without a number',
      { numerator: mg(5), denominator: { ...tablets(1), value: undefined as never } },
      '5 mg/tablet',
    ],
    ['5 mg to 1 without a unit', { numerator: mg(5), denominator: { value: 1 } }, '5 mg'],
    ['5 mg without a denominator', { numerator: mg(5) }, '5 mg'],
    [
      '10 mg/ml to 1 vial',
      {
        numerator: { ...mg(10), code: '100000110686' },
        denominator: { ...tablets(1), code: '200000002158' },
      },
      '10 mg/ml per vial',
    ],
  ])('of %s is printed as $2', (_what, ratio, text) => {
    expect(Ratio.of({ ratio })?.text({}, inEnglish)).toBe(text);
  });

  it('has the comparator of its denominator in its text', () => {
    const ratio = { numerator: mg(5), denominator: { ...ml(1), comparator: '<' as const } };
    expect(Ratio.of({ ratio })?.text({}, inEnglish)).toBe('5 mg/< 1 ml');
    const exact = { ...ratio, denominator: { ...ml(1), ...emaComparator('100000000049') } };
    expect(Ratio.of({ ratio: exact })?.text({}, inEnglish)).toBe('5 mg/ml');
  });

  it('has no text without a numerator, or with an unreadable unit in its denominator', () => {
    expect(Ratio.of({ ratio: { denominator: ml(1) } })?.text({}, inEnglish)).toBeNull();
    const unreadable = { value: 1, code: '100000999999', system: measures };
    expect(
      Ratio.of({ ratio: { numerator: mg(5), denominator: unreadable } })?.text({}, inEnglish),
    ).toBeNull();
  });

  it('of a range has a text and a denominator, and no numerator', () => {
    const range = Ratio.of({ range: { lowNumerator: mg(10), highNumerator: mg(20), denominator: ml(1) } });
    expect(range?.text({}, inEnglish)).toBe('10–20 mg/ml');
    expect(range?.numerator).toBeNull();
    expect(range?.denominator?.value).toBe(1);
    const mixed = { ...mg(1), code: '100000110654', unit: 'gram(s)' };
    expect(Ratio.of({ range: { lowNumerator: mg(10), highNumerator: mixed } })?.text({}, inEnglish)).toBe(
      '10 mg–1 g',
    );
    expect(Ratio.of({ range: { lowNumerator: mg(10) } })?.text({}, inEnglish)).toBeNull();
    expect(Ratio.of({ range: { lowNumerator: mg(10), highNumerator: mg(10) } })?.text({}, inEnglish)).toBe(
      '10 mg',
    );
    const bounds = { lowNumerator: { ...mg(5), comparator: '>' as const }, highNumerator: mg(10) };
    expect(Ratio.of({ range: bounds })?.text({}, inEnglish)).toBe('> 5 mg – 10 mg');
  });

  it('in words has its text and no numbers', () => {
    const inWords = Ratio.of({ concept: { text: 'quantity sufficient' } });
    expect([inWords?.numerator, inWords?.denominator]).toEqual([null, null]);
    expect(inWords?.text({}, inEnglish)).toBe('quantity sufficient');
    expect(Ratio.of({ concept: { coding: [{ code: '1' }] } })).toBeNull();
    const tablet = { system: emaList('200000000004'), code: '100000073664' };
    expect(Ratio.of({ concept: { coding: [tablet] } })?.text({ language: 'de' }, inEnglish)).toBe('Tablet');
    const two = ['traces', 'plenty'].map((display) => ({
      system: 'http://x.example',
      code: display,
      display,
    }));
    expect(Ratio.of({ concept: { coding: two } })?.text({}, inEnglish)).toBe('traces / plenty');
  });
});

describe('the language of an amount', () => {
  const tablet = term('200000000014', '200000002152', 'Tablette', 'Comprimé');
  const microgram = term('100000110633', '100000110656', 'Mikrogramm', 'microgramme(s)');
  const terms = createTerms([tablet, microgram, createBuiltInTerms()]);
  const noted = new Set<string>();
  const context = { ...contextOf(['de'], noted), terms } as Context;

  it.each([
    [tablets(28), 'de', '28 Tablette'],
    [tablets(28), 'fr', '28 comprimé'],
    [tablets(28), 'fi', '28 Tablette'],
    [tablets(28), 'en', '28 tablets'],
    [tablets(0.5), 'de-AT', '0,5 Tablette'],
    [mg(0.5), 'de', '0,5 mg'],
    [mg(0.5), 'sv', '0,5 mg'],
    [mg(0.5), 'en-GB', '0.5 mg'],
    [mg(1234.5), 'de', '1\u00a0234,5 mg'],
    [{ ...mg(15), code: '100000110656' }, 'de', '15 Mikrogramm'],
    [{ ...mg(1), code: '100000110656' }, 'fr', '1 microgramme'],
    [{ ...mg(1.5), code: '100000110656' }, 'fr', '1,5 microgrammes'],
    [{ value: 15, code: 'ug', system: 'http://unitsofmeasure.org' }, 'de', '15 Mikrogramm'],
    [{ ...mg(0.5), code: '100000110671' }, 'de', '0.5 IU'],
    [{ value: 2.5, unit: 'Messlöffel' }, 'de', '2,5 Messlöffel'],
  ])('$1 gives the text $2', (sent, language, text) => {
    expect(Quantity.of(sent)?.text({ language }, context)).toBe(text);
  });

  it('is an accepted one, and counts for `Content-Language` only if the text contains words', () => {
    noted.clear();
    expect(Quantity.of(mg(0.5))?.text({}, context)).toBe('0,5 mg');
    expect([...noted]).toEqual([]);
    expect(Quantity.of(tablets(2))?.text({}, context)).toBe('2 Tablette');
    expect([...noted]).toEqual(['de']);
  });

  it('is the same for the numerator and the denominator of a ratio', () => {
    const half = Ratio.of({ ratio: { numerator: mg(0.5), denominator: tablets(1) } });
    expect(half?.text({}, context)).toBe('0,5 mg/Tablette');
    const vial = { ...tablets(1), code: '200000002158' };
    const inVial = Ratio.of({ ratio: { numerator: mg(0.5), denominator: vial } });
    expect(inVial?.text({}, context)).toBe('0.5 mg/vial');
    const range = Ratio.of({ range: { lowNumerator: mg(0.5), highNumerator: mg(1.5) } });
    expect(range?.text({}, context)).toBe('0,5–1,5 mg');
  });

  it('may be one in which only imported terms have the unit', () => {
    const code = '200000016502';
    const imported = { ...context, terms: createTerms([term('200000000014', code, 'Globulus', 'Globule')]) };
    expect(quantity(3, code, presentations).text({ language: 'fr' }, imported)).toBe('3 globule');
    expect(quantity(3, code, presentations).text({ language: 'en' }, imported)).toBe('3 Globulus');
  });
});

describe('the UCUM code', () => {
  it.each<[object, string | null]>([
    [mg(5), 'mg'],
    [{ value: 5, code: '100000110656', system: measures }, 'ug'],
    [{ value: 5, code: '100000110671', system: measures }, '[iU]'],
    [{ value: 5, code: '100000110848', system: measures }, '10*6.[iU]'],
    [{ value: 5, code: '100000110686', system: measures }, 'mg/mL'],
    [{ value: 5, code: '100000110912', system: measures }, 'mg/(24.h)'],
    [{ value: 5, code: '100000110655' }, 'mg'],
    [{ value: 5, code: 'ug/ml', system: 'http://unitsofmeasure.org' }, 'ug/ml'],
    [{ value: 5, unit: 'mg' }, 'mg'],
    [{ value: 5, unit: 'milligram(s)' }, 'mg'],
    [{ value: 5, unit: 'ml' }, 'mL'],
    [{ ...mg(5), code: '10000100000110655' }, 'mg'],
    [tablets(5), null],
    [{ value: 5, code: '100000110756', system: measures }, null],
    [{ value: 5, code: 'mg', system: 'https://example.org/units' }, null],
    [{ value: 5, unit: 'Messlöffel' }, null],
    [{ value: 5 }, null],
  ])('of the quantity %j is %s', (sent, code) => {
    expect(Quantity.of(sent)?.ucum).toBe(code);
  });

  it('is null for a code that is no unit', () => {
    expect(Quantity.of(mg(5))?.unit?.ucum).toBe('mg');
    expect(
      new Concept({ coding: [{ system: emaList('100000073345'), code: '100000073619' }] }).ucum,
    ).toBeNull();
    expect(
      new Concept({
        coding: [
          { system: 'https://example.org', code: 'mg' },
          { system: 'http://unitsofmeasure.org', code: 'mg' },
        ],
      }).ucum,
    ).toBe('mg');
    expect(new Concept({ text: 'mg' }).ucum).toBeNull();
  });
});

function term(list: string, code: string, german: string, french: string): TermSource {
  const texts = new Map([
    ['de', german],
    ['fr', french],
  ]);
  const only: Term = { code, texts, otherNames: [] };
  return {
    version: 1,
    lists: () => [list],
    term: (inList, ofCode) => (inList === list && ofCode === code ? only : undefined),
    anywhere: (ofCode) => (ofCode === code ? [only] : []),
    terms: (inList) => (inList === list ? [only] : []),
  };
}

function emaComparator(code: string, display?: string): object {
  return {
    _comparator: {
      extension: [
        {
          url: 'http://ema.europa.eu/fhir/extension/comparator',
          valueCoding: { code, ...(display !== undefined && { display }) },
        },
      ],
    },
  };
}
