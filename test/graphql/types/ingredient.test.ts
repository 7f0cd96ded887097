/** Ingredients and their strengths: readable, whatever form the record gives them in. */
import { describe, expect, it } from 'vitest';
import { Ingredient } from '../../../src/graphql/types/ingredient.js';
import { sampleResources } from '../../../src/sandbox/world/sample.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../../support/published.js';
import { emaList, held, inEnglish } from '../../support/views.js';

const mg = (value: number) => ({
  value,
  code: '100000110655',
  system: emaList('100000110633'),
  unit: 'milligram(s)',
});
const tablet = { value: 1, code: '200000002152', system: emaList('200000000014') };
const named = (code: string, display: string) => ({ concept: { coding: [{ code, display }] } });
const besilate = named('100000090079', 'Amlodipine besilate');
const amlodipine = named('100000085259', 'Amlodipine');

const ingredient = (content: object) =>
  new Ingredient(held({ resourceType: 'Ingredient', id: 'i1', ...content }));
const withStrengths = (...strength: object[]) => ingredient({ substance: { code: besilate, strength } });

/** Amounts of nothing that could be printed: their records tell a basis alone. */
const hasAmount = (strength: object): boolean =>
  Object.keys(strength).some((key) => /Ratio|Quantity|Concept|text|Strength/.test(key));

describe('the strength of an ingredient', () => {
  it('is that in one tablet before that in one millilitre', () => {
    const both = withStrengths({
      concentrationRatio: { numerator: mg(50), denominator: { value: 1, code: 'mL' } },
      presentationRatio: {
        numerator: mg(20),
        denominator: { value: 0.4, code: 'mL', system: 'http://unitsofmeasure.org' },
      },
    });
    expect(both.strengthText).toBe('20 mg/0.4 ml');
  });

  it('is in numbers before words, and in words where there is nothing else', () => {
    expect(withStrengths({ textPresentation: 'twenty', presentationQuantity: mg(20) }).strengthText).toBe(
      '20 mg',
    );
    expect(withStrengths({ textConcentration: 'about a spoonful' }).strengthText).toBe('about a spoonful');
    expect(
      withStrengths({ textPresentation: 'twenty', presentationQuantity: mg(20) }).strengths[0]?.text,
    ).toBe('twenty');
    expect(withStrengths({ presentationQuantity: mg(20) }).strengths[0]?.text).toBe('20 mg');
  });

  it('passes over an entry that tells no amount', () => {
    expect(
      withStrengths({ basis: { text: 'active ingredient' } }, { presentationQuantity: mg(20) }).strengthText,
    ).toBe('20 mg');
    expect(withStrengths({ basis: { text: 'active ingredient' } }).strengthText).toBeNull();
    expect(withStrengths().strengthText).toBeNull();
    expect(ingredient({}).strengthText).toBeNull();
  });

  it('without a unit is the bare number', () => {
    expect(withStrengths({ presentationQuantity: { value: 20 } }).strengthText).toBe('20');
  });

  it('may be a range or a word', () => {
    expect(
      withStrengths({
        presentationRatioRange: { lowNumerator: mg(10), highNumerator: mg(20), denominator: tablet },
      }).strengthText,
    ).toBe('10–20 mg/tablet');
    expect(withStrengths({ presentationCodeableConcept: { text: 'quantity sufficient' } }).strengthText).toBe(
      'quantity sufficient',
    );
    expect(
      withStrengths({ concentrationRatioRange: { lowNumerator: mg(10), highNumerator: mg(20) } })
        .strengthText,
    ).toBe('10–20 mg');
  });

  it('names the other substance where it is counted in one alone', () => {
    const reference = (substance: object) =>
      withStrengths({
        referenceStrength: [{ substance, strengthRatio: { numerator: mg(10), denominator: tablet } }],
      });
    expect(reference(amlodipine).strengthText).toBe('10 mg/tablet (as Amlodipine)');
    expect(reference(besilate).strengthText).toBe('10 mg/tablet');
    expect(reference({ reference: { display: 'Amlodipine' } }).strengthText).toBe(
      '10 mg/tablet (as Amlodipine)',
    );
    expect(reference({}).strengthText).toBeNull();
  });

  it('lists the reference strengths with their substances', () => {
    const [strength] = withStrengths({
      presentationRatio: { numerator: mg(13.9), denominator: tablet },
      referenceStrength: [{ substance: amlodipine, strengthQuantity: mg(10) }],
    }).strengths;
    const [reference] = strength?.references ?? [];
    expect(reference?.text).toBe('10 mg');
    expect(reference?.strength?.numerator?.value).toBe(10);
    expect(reference?.substance?.concept?.code).toBe('100000085259');
    expect(reference?.substance?.concept?.text({}, inEnglish)).toBe('Amlodipine');
  });

  const worlds = [
    [
      'our sample world',
      () => sampleResources({ quirks: true }).filter(({ resourceType }) => resourceType === 'Ingredient'),
      true,
    ],
    [`published records${unlessPublished}`, () => publishedOf('Ingredient'), isPublishedHere],
  ] as const;
  it.each(worlds.filter(([, , isHere]) => isHere))(
    'is readable wherever there is one: %s',
    (_, resources) => {
      const told = resources().map((resource) => new Ingredient(held(resource)));
      const strengths = told.flatMap((each) =>
        each.strengths.map((strength, at) => ({
          strength,
          sent: each.resource.substance.strength?.[at] ?? {},
        })),
      );
      expect(strengths.length).toBeGreaterThan(90);
      for (const { strength, sent } of strengths.filter((each) => hasAmount(each.sent))) {
        for (const text of [strength.text, strength.inNumbers]) {
          expect(text, JSON.stringify(sent)).toMatch(/^\S.*\S$|^\d$/);
          expect(text).not.toMatch(/\(s\)|undefined|NaN|null|\d{9}|\[object/);
        }
      }
    },
  );

  it.skipIf(!isPublishedHere)(`reads as a package insert prints it${unlessPublished}`, () => {
    const texts = new Set(
      publishedOf('Ingredient').map((resource) => new Ingredient(held(resource)).strengthText),
    );
    for (const text of [
      '13.88 mg/unit',
      '3 mg/tablet',
      '573.892 mg/tablet',
      '1\u00a0578 mg/vial',
      '1\u00a0578 mg/ampoule',
      '1.578 g/countable unit',
      '60 mg/0.6 ml',
      '10 mg/g',
      '29 D antigen units/0.5 ml',
      '500 mg/pessary',
      '100 units/ml',
      '173.17 micrograms/tablet',
      '0.02 mg/tablet (as Ethinylestradiol)',
      '15 micrograms',
      '50 micrograms/ml',
      '100 U/ml',
      '2\u00a0500 mg',
      '0 FFU',
      '200 mg',
    ]) {
      expect(texts).toContain(text);
    }
  });
});

describe('an ingredient', () => {
  it('tells its role, as a term and as one of five', () => {
    const role = { coding: [{ system: emaList('100000072050'), code: '100000072072' }] };
    const active = ingredient({ role });
    expect([active.roleKind, active.role?.text({}, inEnglish)]).toEqual(['ACTIVE', 'Active']);
    expect(ingredient({ role: { text: 'secret' } }).roleKind).toBeNull();
    expect([ingredient({}).role, ingredient({}).roleKind]).toEqual([null, null]);
  });

  it('has a substance where the record names one, by code or by reference', () => {
    expect(ingredient({ substance: { code: besilate } }).substance?.concept?.code).toBe('100000090079');
    const referred = ingredient({
      substance: { code: { reference: { reference: 'SubstanceDefinition/1', display: 'Talc' } } },
    }).substance;
    expect([referred?.substance.reference?.display, referred?.concept]).toEqual(['Talc', null]);
    expect(ingredient({ substance: { code: {} } }).substance).toBeNull();
    expect(ingredient({}).substance).toBeNull();
  });

  it('tells functions and allergies, or that nothing is known', () => {
    const colour = ingredient({ function: [{ text: 'Colour' }], allergenicIndicator: true });
    expect([colour.function.map((each) => each.text({}, inEnglish)), colour.allergenic]).toEqual([
      ['Colour'],
      true,
    ]);
    expect([ingredient({}).function, ingredient({}).allergenic]).toEqual([[], null]);
  });
});
