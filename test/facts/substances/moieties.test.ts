/** Active moieties: the bases if the record gives them, else the substances, each once. */
import { describe, expect, it } from 'vitest';
import { moietiesOf } from '../../../src/facts/substances/moieties.js';
import { namedBy } from '../../../src/facts/substances/substances.js';
import { ingredient, record, substance } from '../ingredient-records.js';

const based = (...bases: readonly string[]) => ({
  strength: bases.map((base) => ({ referenceStrength: [{ substance: substance(base) }] })),
});
const amlodipine = '100000092222|Amlodipine';
const besilate = '100000093333|Amlodipine besilate';
const namesOf = (...ingredients: Parameters<typeof moietiesOf>[0]): readonly (string | undefined)[] =>
  moietiesOf(ingredients).map(({ substance: told }) => {
    const { names, reference } = namedBy(told);
    return names[0] ?? reference?.reference;
  });

describe('the active moieties of a product', () => {
  it.each([
    [
      'are the reference substances if the record has them',
      [ingredient(besilate, based(amlodipine))],
      ['Amlodipine'],
    ],
    [
      'are the substances themselves if the record has no reference substance',
      [ingredient(besilate)],
      ['Amlodipine besilate'],
    ],
    [
      'are listed once, however many ingredients have them',
      [ingredient(besilate, based(amlodipine, amlodipine)), ingredient(amlodipine)],
      ['Amlodipine'],
    ],
    [
      'are the reference substance of another ingredient of the same substance',
      [ingredient(besilate), ingredient(besilate, based(amlodipine))],
      ['Amlodipine'],
    ],
    [
      'include one for every substance',
      [ingredient(besilate, based(amlodipine)), ingredient('Valsartan')],
      ['Amlodipine', 'Valsartan'],
    ],
    [
      'are compared by their names if they have no code',
      [ingredient('Valsartan'), ingredient('VALSARTAN')],
      ['Valsartan'],
    ],
    [
      'may be references without a name',
      [ingredient('→80'), ingredient('→80'), ingredient('→81')],
      ['SubstanceDefinition/80', 'SubstanceDefinition/81'],
    ],
    [
      'are none if no ingredient has a substance',
      [record('Ingredient', '1'), record('Ingredient', '2', { substance: { strength: 3 } })],
      [],
    ],
  ])('%s', (_title, ingredients, expected) => {
    expect(namesOf(...ingredients)).toEqual(expected);
  });

  it('have the ingredient that names the reference substance', () => {
    const one = ingredient(besilate, based(amlodipine));
    expect(moietiesOf([ingredient(besilate), one]).map((each) => each.ingredient.id)).toEqual([one.id]);
  });
});
