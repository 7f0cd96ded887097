/**
 * The filter `actives`: each requested substance needs its own ingredient, and with `only` the product has no other active
 * substance.
 */
import { describe, expect, it } from 'vitest';
import { hasActives, type FoundBy } from '../../../src/facts/substances/actives.js';
import { ingredient } from '../ingredient-records.js';

const named = (name: string, strength?: string) => ({ substance: { codes: [], names: [name] }, strength });
const base = (name: string) => ({
  strength: [
    {
      referenceStrength: [
        { substance: { concept: { text: name } }, strengthQuantity: { value: 5, unit: 'mg' } },
      ],
    },
  ],
});

const valsartan = ingredient('Valsartan');
const thiazide = ingredient('Hydrochlorothiazide');
const besilate = ingredient('Amlodipine besilate', base('Amlodipine'));
const starch = ingredient('Starch', { as: 'excipient' });
const roleless = ingredient('Valsartan', { as: 'unknown' });
const referred = ingredient('→80');

const both = [named('valsartan'), named('hydrochlorothiazide')];
const never = (): boolean => {
  throw new Error('no strength is asked for');
};

describe('the requested active substances', () => {
  it.each([
    ['are all there', { all: both }, [valsartan, thiazide, starch], true],
    ['are all there, with another', { all: both }, [valsartan, thiazide, besilate], true],
    ['are not all there', { all: both }, [valsartan, starch], false],
    ['are found by their bases', { all: [named('amlodipine')] }, [besilate], true],
    ['are found by themselves too', { all: [named('amlodipine besilate')] }, [besilate], true],
    ['are no excipients', { all: [named('starch')] }, [valsartan, starch], false],
    ['are not told of an ingredient without a role', { all: [named('valsartan')] }, [roleless], undefined],
    ['are told where another has the role', { all: [named('valsartan')] }, [roleless, valsartan], true],
    ['are not told by a reference alone', { all: [named('valsartan')] }, [referred], undefined],
    ['are not there where nothing is', { all: [named('valsartan')] }, [], false],
    ['are the only ones', { all: both, only: true }, [valsartan, thiazide, starch], true],
    [
      'are the only ones, told for item and product',
      { all: both, only: true },
      [valsartan, valsartan, thiazide],
      true,
    ],
    ['are not the only ones', { all: both, only: true }, [valsartan, thiazide, besilate], false],
    [
      'are the only ones by their bases',
      { all: [named('amlodipine')], only: true },
      [besilate, starch],
      true,
    ],
    [
      'may have another beside them',
      { all: [named('valsartan')], only: true },
      [valsartan, referred],
      undefined,
    ],
    [
      'are not told to be the only ones where a role is unknown',
      { all: [named('valsartan')], only: true },
      [valsartan, roleless],
      undefined,
    ],
    [
      'are certainly not the only ones',
      { all: [named('valsartan')], only: true },
      [valsartan, besilate, roleless],
      false,
    ],
    [
      'are not all there, whatever has no role',
      { all: both, only: true },
      [valsartan, ingredient('Talc', { as: 'unknown' })],
      false,
    ],
  ])('%s', (_title, asked, ingredients, expected) => {
    expect(hasActives<string>(asked, ingredients, true, never)).toBe(expected);
  });

  it.each([
    ['have been found already', { all: both }, [valsartan, thiazide], true],
    ['may be found yet', { all: both }, [valsartan], undefined],
    ['may have another beside them', { all: both, only: true }, [valsartan, thiazide], undefined],
    ['have another beside them already', { all: both, only: true }, [valsartan, thiazide, besilate], false],
  ])('are %s before all records were read', (_title, asked, ingredients, expected) => {
    expect(hasActives<string>(asked, ingredients, false, never)).toBe(expected);
  });
});

describe('the requested strength', () => {
  const strong =
    (told: Readonly<Record<string, boolean | undefined>>) =>
    (_ingredient: unknown, _foundBy: FoundBy, strength: string): boolean | undefined =>
      told[strength];

  it.each([
    ['holds', true, true],
    ['does not hold', false, false],
    ['is not told', undefined, undefined],
  ])('%s of the same ingredient', (_title, verdict, expected) => {
    const asked = { all: [named('valsartan', '160 mg')] };
    expect(hasActives(asked, [valsartan, thiazide], true, strong({ '160 mg': verdict }))).toBe(expected);
  });

  it('is compared with the ingredient of the found substance, and with no other', () => {
    const judged: unknown[] = [];
    const judge = (
      ingredientOf: { readonly id: string },
      { own, bases }: FoundBy,
      strength: string,
    ): boolean => {
      judged.push([
        ingredientOf.id,
        own,
        bases.map(({ names, told }) => [names, told.strengthQuantity?.value]),
        strength,
      ]);
      return true;
    };
    const all = [
      named('amlodipine', '5 mg'),
      named('valsartan', '160 mg'),
      named('amlodipine besilate', '6.94 mg'),
    ];
    expect(hasActives({ all }, [valsartan, besilate, starch], true, judge)).toBe(true);
    expect(judged).toEqual([
      [besilate.id, false, [[['Amlodipine'], 5]], '5 mg'],
      [valsartan.id, true, [], '160 mg'],
      [besilate.id, true, [], '6.94 mg'],
    ]);
  });

  it('is not compared with an ingredient that may be of another substance', () => {
    expect(hasActives({ all: [named('valsartan', '160 mg')] }, [referred], true, never)).toBeUndefined();
  });
});
