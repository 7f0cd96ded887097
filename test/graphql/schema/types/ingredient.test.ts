/** Ingredients and their strengths: there is a readable text for every form in which records give a strength. */
import { describe, expect, it } from 'vitest';
import { Ingredient } from '../../../../src/graphql/schema/types/ingredient.js';
import { sampleResources } from '../../../../src/sandbox/world/sample.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../../../support/published.js';
import { emaList, held, inEnglish } from '../../../support/views.js';

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

/** Whether the strength has an amount that can be printed: some strengths only have a basis. */
const hasAmount = (strength: object): boolean =>
  Object.keys(strength).some((key) => /Ratio|Quantity|Concept|text|Strength/.test(key));

describe('the strength of an ingredient', () => {
  it('is the amount per presentation rather than the concentration, if the record has both', () => {
    const both = withStrengths({
      concentrationRatio: { numerator: mg(50), denominator: { value: 1, code: 'mL' } },
      presentationRatio: {
        numerator: mg(20),
        denominator: { value: 0.4, code: 'mL', system: 'http://unitsofmeasure.org' },
      },
    });
    expect(both.strengthText({}, inEnglish)).toBe('20 mg/0.4 ml');
  });

  it('is the text in the record, or else is printed from the numbers', () => {
    expect(
      withStrengths({ textPresentation: 'twenty', presentationQuantity: mg(20) }).strengthText({}, inEnglish),
    ).toBe('twenty');
    expect(withStrengths({ textConcentration: 'about a spoonful' }).strengthText({}, inEnglish)).toBe(
      'about a spoonful',
    );
    expect(
      withStrengths({ textPresentation: 'twenty', presentationQuantity: mg(20) }).strengths[0]?.text(
        {},
        inEnglish,
      ),
    ).toBe('twenty');
    expect(withStrengths({ presentationQuantity: mg(20) }).strengths[0]?.text({}, inEnglish)).toBe('20 mg');
  });

  it('is taken from the entries that have an amount, and is null if no entry has one', () => {
    expect(
      withStrengths({ basis: { text: 'active ingredient' } }, { presentationQuantity: mg(20) }).strengthText(
        {},
        inEnglish,
      ),
    ).toBe('20 mg');
    expect(withStrengths({ basis: { text: 'active ingredient' } }).strengthText({}, inEnglish)).toBeNull();
    expect(withStrengths().strengthText({}, inEnglish)).toBeNull();
    expect(ingredient({}).strengthText({}, inEnglish)).toBeNull();
  });

  it('lists several different strengths with their differences', () => {
    const country = (code: string) => ({ coding: [{ system: emaList('100000000002'), code }] });
    const [germany, france] = [country('100000000403'), country('100000000395')];
    const several = withStrengths(
      { presentationQuantity: mg(5), country: [germany] },
      { presentationQuantity: mg(10), country: [france], measurementPoint: 'at release' },
    );
    const [one, other] = several.strengths;
    expect(one?.countries.map(({ code }) => code)).toEqual(['100000000403']);
    expect([one?.measurementPoint, other?.measurementPoint]).toEqual([null, 'at release']);
    expect(several.strengthText({}, inEnglish)).toBe(
      'Federal Republic of Germany: 5 mg; French Republic, at release: 10 mg',
    );
    // These two strengths cannot be told apart.
    expect(
      withStrengths({ presentationQuantity: mg(5) }, { concentrationQuantity: mg(10) }).strengthText(
        {},
        inEnglish,
      ),
    ).toBe('5 mg; 10 mg');
    // Equal strengths are listed once.
    expect(
      withStrengths(
        { presentationQuantity: mg(5), country: [germany] },
        { presentationQuantity: mg(5), country: [france] },
      ).strengthText({}, inEnglish),
    ).toBe('5 mg');
  });

  it('without a unit is the number alone', () => {
    expect(withStrengths({ presentationQuantity: { value: 20 } }).strengthText({}, inEnglish)).toBe('20');
  });

  it('may be a range or a text', () => {
    expect(
      withStrengths({
        presentationRatioRange: { lowNumerator: mg(10), highNumerator: mg(20), denominator: tablet },
      }).strengthText({}, inEnglish),
    ).toBe('10–20 mg/tablet');
    expect(
      withStrengths({ presentationCodeableConcept: { text: 'quantity sufficient' } }).strengthText(
        {},
        inEnglish,
      ),
    ).toBe('quantity sufficient');
    expect(
      withStrengths({
        concentrationRatioRange: { lowNumerator: mg(10), highNumerator: mg(20) },
      }).strengthText({}, inEnglish),
    ).toBe('10–20 mg');
  });

  it('names the reference substance if only this has a strength', () => {
    const reference = (substance: object) =>
      withStrengths({
        referenceStrength: [{ substance, strengthRatio: { numerator: mg(10), denominator: tablet } }],
      });
    expect(reference(amlodipine).strengthText({}, inEnglish)).toBe('10 mg/tablet (as amlodipine)');
    expect(reference(besilate).strengthText({}, inEnglish)).toBe('10 mg/tablet');
    expect(reference({ reference: { display: 'Amlodipine' } }).strengthText({}, inEnglish)).toBe(
      '10 mg/tablet (as amlodipine)',
    );
    expect(reference({}).strengthText({}, inEnglish)).toBeNull();
  });

  const ofBoth = (own: object, reference: object, substance: object = amlodipine) =>
    withStrengths({ ...own, referenceStrength: [{ substance, ...reference }] });
  const inTablet = (value: number) => ({ numerator: mg(value), denominator: tablet });
  const inMl = (value: number) => ({ numerator: mg(value), denominator: { value: 1, unit: 'ml' } });

  it.each<[string, Ingredient]>([
    [
      '5 mg amlodipine (as 6.94 mg amlodipine besilate)',
      ofBoth({ presentationRatio: inTablet(6.94) }, { strengthRatio: inTablet(5) }),
    ],
    [
      '5 mg amlodipine (as 6.94 mg amlodipine besilate)',
      ofBoth({ presentationQuantity: mg(6.94) }, { strengthRatio: inTablet(5) }),
    ],
    [
      '5 mg/ml amlodipine (as 6.94 mg/ml amlodipine besilate)',
      ofBoth({ concentrationRatio: inMl(6.94) }, { strengthRatio: inMl(5) }),
    ],
    [
      '5 mg/ml amlodipine (as 6.94 mg/tablet amlodipine besilate)',
      ofBoth({ presentationRatio: inTablet(6.94) }, { strengthRatio: inMl(5) }),
    ],
    [
      '5 mg AMLODIPINE (as 6.94 mg amlodipine besilate)',
      ofBoth(
        { presentationQuantity: mg(6.94) },
        { strengthQuantity: mg(5) },
        { reference: { display: 'AMLODIPINE' } },
      ),
    ],
    // If the reference is to the same substance, or lacks a name or an amount, it adds nothing to the text.
    ['6.94 mg', ofBoth({ presentationQuantity: mg(6.94) }, { strengthQuantity: mg(6.94) }, besilate)],
    ['6.94 mg', ofBoth({ presentationQuantity: mg(6.94) }, { strengthQuantity: mg(5) }, {})],
    ['6.94 mg', ofBoth({ presentationQuantity: mg(6.94) }, {})],
    [
      '6.94 mg',
      ofBoth(
        { presentationQuantity: mg(6.94) },
        { strengthQuantity: mg(5) },
        { concept: { coding: [{ code: '1', display: 'Amlodipine besilate' }] } },
      ),
    ],
  ])('with a strength and a reference strength in the record is "%s"', (text, each) => {
    expect(each.strengthText({}, inEnglish)).toBe(text);
  });

  it('has the names of salt and base in the requested language, if the terms have them', () => {
    const translated = (english: string, german: string) => ({
      concept: {
        coding: [
          {
            display: english,
            _display: {
              extension: [
                {
                  url: 'http://hl7.org/fhir/StructureDefinition/translation',
                  extension: [
                    { url: 'lang', valueCode: 'de' },
                    { url: 'content', valueString: german },
                  ],
                },
              ],
            },
          },
        ],
      },
    });
    const both = ingredient({
      substance: {
        code: translated('Amlodipine besilate', 'Amlodipinbesilat'),
        strength: [
          {
            presentationQuantity: mg(6.94),
            referenceStrength: [
              { substance: translated('Amlodipine', 'Amlodipin'), strengthQuantity: mg(5) },
            ],
          },
        ],
      },
    });
    expect(both.strengthText({ language: 'de' }, inEnglish)).toBe(
      '5 mg Amlodipin (= 6,94 mg Amlodipinbesilat)',
    );
    expect(both.strengthText({ language: 'fi' }, inEnglish)).toBe(
      '5 mg amlodipine (= 6,94 mg amlodipine besilate)',
    );
  });

  it('has a list of the reference strengths with their substances', () => {
    const [strength] = withStrengths({
      presentationRatio: { numerator: mg(13.9), denominator: tablet },
      referenceStrength: [{ substance: amlodipine, strengthQuantity: mg(10) }],
    }).strengths;
    const [reference] = strength?.references ?? [];
    expect(reference?.text({}, inEnglish)).toBe('10 mg');
    expect(reference?.strength?.numerator?.value).toBe(10);
    expect(reference?.substance?.concept?.code).toBe('100000085259');
    expect(reference?.substance?.concept?.text({}, inEnglish)).toBe('Amlodipine');
  });

  const worlds = [
    [
      'the sandbox data',
      () => sampleResources({ quirks: true }).filter(({ resourceType }) => resourceType === 'Ingredient'),
      true,
    ],
    [`the published records${unlessPublished}`, () => publishedOf('Ingredient'), isPublishedHere],
  ] as const;
  it.each(worlds.filter(([, , isHere]) => isHere))(
    'has a text for each record with a strength among %s',
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
        for (const text of [strength.text({}, inEnglish), strength.ofEach({}, inEnglish)]) {
          expect(text, JSON.stringify(sent)).toMatch(/^\S.*\S$|^\d$/);
          expect(text).not.toMatch(/\(s\)|undefined|NaN|null|\d{9}|\[object/);
        }
      }
    },
  );

  it.skipIf(!isPublishedHere)(
    `is printed as in a package leaflet for published records${unlessPublished}`,
    () => {
      const texts = new Set(
        publishedOf('Ingredient').map((resource) =>
          new Ingredient(held(resource)).strengthText({}, inEnglish),
        ),
      );
      for (const text of [
        '10 mg amlodipine (as 13.88 mg amlodipine besilate)',
        '3 mg/tablet',
        '500 mg amoxicillin (as 573.892 mg AMOXICILLIN TRIHYDRATE)',
        '1\u00a0500 mg cefuroxime (as 1\u00a0578 mg cefuroxime sodium)',
        '1.5 g cefuroxime (as 1.578 g cefuroxime sodium)',
        '60 mg/0.6 ml',
        '10 mg/g',
        '29 D antigen units/0.5 ml',
        '500 mg/pessary',
        '100 units/ml',
        '0.02 mg/tablet (as ethinylestradiol)',
        '15 micrograms',
        '50 micrograms/ml',
        '100 U/ml',
        '2\u00a0500 mg',
        '0 FFU',
        '200 mg',
      ]) {
        expect(texts).toContain(text);
      }
    },
  );
});

describe('an ingredient', () => {
  it('has its role, as a term and as one of five values', () => {
    const role = { coding: [{ system: emaList('100000072050'), code: '100000072072' }] };
    const active = ingredient({ role });
    expect([active.roleKind, active.role?.text({}, inEnglish)]).toEqual(['ACTIVE', 'Active']);
    expect(ingredient({ role: { text: 'secret' } }).roleKind).toBeNull();
    expect([ingredient({}).role, ingredient({}).roleKind]).toEqual([null, null]);
  });

  it('has a substance if the record has a code or a reference for it', () => {
    expect(ingredient({ substance: { code: besilate } }).substance?.concept?.code).toBe('100000090079');
    const referred = ingredient({
      substance: { code: { reference: { reference: 'SubstanceDefinition/1', display: 'Talc' } } },
    }).substance;
    expect([referred?.substance.reference?.display, referred?.concept]).toEqual(['Talc', null]);
    expect(ingredient({ substance: { code: {} } }).substance).toBeNull();
    expect(ingredient({}).substance).toBeNull();
  });

  it('has functions and allergens, or null if they are unknown', () => {
    const colour = ingredient({ function: [{ text: 'Colour' }], allergenicIndicator: true });
    expect([colour.function.map((each) => each.text({}, inEnglish)), colour.allergenic]).toEqual([
      ['Colour'],
      true,
    ]);
    expect([ingredient({}).function, ingredient({}).allergenic]).toEqual([[], null]);
  });
});
