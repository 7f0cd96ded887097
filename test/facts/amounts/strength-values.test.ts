/** Texts of strengths as facet values: each text finds its strength again, and the texts are ordered by size. */
import type { Ingredient, IngredientSubstanceStrength, Quantity } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { isStrengthFault, readStrength } from '../../../src/facts/amounts/strength-filter.js';
import { meetsStrength } from '../../../src/facts/amounts/strength.js';
import { compareStrengths, strengthValues } from '../../../src/facts/amounts/strength-values.js';
import { sampleResources } from '../../../src/sandbox/world/sample.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../../support/published.js';
import { brief, titled } from '../../support/titles.js';

const ucum = (value: number, code: string): Quantity => ({
  value,
  code,
  system: 'http://unitsofmeasure.org',
});
const ingredient = (...strength: object[]) =>
  ({
    resourceType: 'Ingredient',
    substance: { code: {}, strength: strength as IngredientSubstanceStrength[] },
  }) as Ingredient;
const presented = (value: number, code: string, per: Quantity = ucum(1, '{tablet}')) => ({
  presentationRatio: { numerator: ucum(value, code), denominator: per },
});
const textsOf = (...strength: object[]) =>
  strengthValues(ingredient(...strength), 'own').map(({ text }) => text.replaceAll('\u00a0', ' '));

describe('the text of a strength in a facet', () => {
  it.each(
    titled<[string, object]>(
      [
        ['5 mg', presented(5, 'mg')],
        ['5 mg', presented(5000, 'ug')],
        ['5 mg', presented(0.005, 'g')],
        ['1 000 mg', presented(1, 'g')],
        ['20 g', presented(20, 'g')],
        ['100 micrograms', presented(0.1, 'mg')],
        ['1.5 micrograms', presented(1.5, 'ug')],
        ['30 ng', presented(30, 'ng')],
        ['5 000 IU', presented(5000, '[iU]')],
        ['100 units', presented(100, 'U')],
        ['20 mmol', presented(20, 'mmol')],
        ['573.8920 mg', presented(573.892, 'mg')],
        ['0.5 mEq', presented(0.5, 'meq')],
        ['50 mg/ml', presented(20, 'mg', ucum(0.4, 'mL'))],
        ['200 mg/3 ml', presented(20, 'mg', ucum(0.3, 'mL'))],
        ['5 mg/3 units', presented(5, 'mg', ucum(3, '{tablet}'))],
        ['10 mg/g', presented(10, 'mg', ucum(1, 'g'))],
        ['50 micrograms/h', presented(1.2, 'mg', ucum(24, 'h'))],
        ['5 mg/dose', presented(5, 'mg', ucum(1, '{dose}'))],
        ['10%', presented(10, '%')],
        ['40 d antigen unit', { presentationQuantity: { value: 40, unit: 'D antigen unit(s)' } }],
      ],
      (text, strength) => `is "${text}" for ${brief(strength)}`,
    ),
  )('%s', (_title, text, strength) => {
    expect(textsOf(strength).map((each) => each.toLowerCase())).toEqual([text.toLowerCase()]);
  });

  it('is one text for equal strengths, and one for each different strength', () => {
    const both = { ...presented(20, 'mg', ucum(0.4, 'mL')), concentrationQuantity: ucum(50, 'mg/mL') };
    expect(textsOf(both)).toEqual(['50 mg/ml']);
    expect(textsOf(presented(10, 'mg'), presented(5, 'mg'))).toEqual(['5 mg', '10 mg']);
  });

  it('does not exist for an unreadable strength and for 0', () => {
    expect(textsOf({ presentationQuantity: ucum(5, 'spoonful-ish') }, presented(0, 'mg'), {})).toEqual([]);
  });

  it('of percent w/v is one with and one without "w/v", because both filters match', () => {
    expect(textsOf({ presentationQuantity: { value: 10, unit: 'percent weight/volume' } })).toEqual([
      '10%',
      '10% w/v',
    ]);
  });

  it('includes the strength of the reference substance only on request', () => {
    const record = ingredient({
      ...presented(6.94, 'mg'),
      referenceStrength: [{ substance: {}, strengthQuantity: ucum(5, 'mg') }],
    });
    expect(strengthValues(record, 'own').map(({ text }) => text)).toEqual(['6.94 mg']);
    expect(strengthValues(record, 'any').map(({ text }) => text)).toEqual(['5 mg', '6.94 mg']);
  });

  const worlds = [
    ['the sandbox data', () => sampleResources({ quirks: true }).filter(isIngredient), true],
    [`the published records${unlessPublished}`, () => publishedOf('Ingredient'), isPublishedHere],
  ] as const;
  it.each(worlds.filter(([, , isHere]) => isHere))(
    'matches its own record when it is used as a filter: %s',
    (_, resources) => {
      let found = 0;
      for (const record of resources()) {
        for (const { text } of strengthValues(record, 'any')) {
          const asked = readStrength(text);
          if (isStrengthFault(asked)) throw new Error(`${text} ${asked.message}`);
          expect(meetsStrength(asked, record, 'any'), text).toBe(true);
          found += 1;
        }
      }
      expect(found).toBeGreaterThan(90);
    },
  );
});

describe('the order of strengths', () => {
  it('is by size within a dimension: masses first, then masses per volume, then other units', () => {
    const values = [
      presented(100, '%'),
      presented(1, 'U'),
      presented(3, '[iU]'),
      presented(1, 'mg', ucum(1, 'mL')),
      presented(20, 'mmol'),
      presented(1, 'g'),
      presented(200, 'mg'),
      presented(30, 'mg'),
      presented(900, 'ug'),
    ].flatMap((strength) => strengthValues(ingredient(strength), 'own'));
    expect(values.toSorted(compareStrengths).map(({ text }) => text.replaceAll('\u00a0', ' '))).toEqual([
      '900 micrograms',
      '30 mg',
      '200 mg',
      '1 000 mg',
      '1 mg/ml',
      '20 mmol',
      '3 IU',
      '1 units',
      '100%',
    ]);
  });

  it('treats 1 g and 1000 mg as equal', () => {
    const [one, other] = [presented(1, 'g'), presented(1000, 'mg')].flatMap((strength) =>
      strengthValues(ingredient(strength), 'own'),
    );
    expect(one).toEqual(other);
  });
});

function isIngredient(resource: { readonly resourceType: string }): resource is Ingredient {
  return resource.resourceType === 'Ingredient';
}
