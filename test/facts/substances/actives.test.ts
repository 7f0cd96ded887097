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

describe('a filter by active substances', () => {
  it.each([
    ['matches a product with all of them', { all: both }, [valsartan, thiazide, starch], true],
    [
      'matches a product with all of them and another one',
      { all: both },
      [valsartan, thiazide, besilate],
      true,
    ],
    ['does not match a product with one of two', { all: both }, [valsartan, starch], false],
    ['by a base matches a product with its salt', { all: [named('amlodipine')] }, [besilate], true],
    ['by a salt matches a product with this salt', { all: [named('amlodipine besilate')] }, [besilate], true],
    [
      'does not match a product that has the substance as an excipient',
      { all: [named('starch')] },
      [valsartan, starch],
      false,
    ],
    [
      'is undecided for a product whose ingredient has no role',
      { all: [named('valsartan')] },
      [roleless],
      undefined,
    ],
    [
      'matches if another ingredient of the substance has the role active',
      { all: [named('valsartan')] },
      [roleless, valsartan],
      true,
    ],
    [
      'is undecided for an ingredient with a reference and no name',
      { all: [named('valsartan')] },
      [referred],
      undefined,
    ],
    ['does not match a product without ingredients', { all: [named('valsartan')] }, [], false],
    [
      'with `only` matches a product with all of them and excipients',
      { all: both, only: true },
      [valsartan, thiazide, starch],
      true,
    ],
    [
      'with `only` matches if a substance is named twice, for item and product',
      { all: both, only: true },
      [valsartan, valsartan, thiazide],
      true,
    ],
    [
      'with `only` does not match a product with another active substance',
      { all: both, only: true },
      [valsartan, thiazide, besilate],
      false,
    ],
    [
      'with `only` by a base matches a product with its salt',
      { all: [named('amlodipine')], only: true },
      [besilate, starch],
      true,
    ],
    [
      'with `only` is undecided if another ingredient has a reference and no name',
      { all: [named('valsartan')], only: true },
      [valsartan, referred],
      undefined,
    ],
    [
      'with `only` is undecided if another ingredient has no role',
      { all: [named('valsartan')], only: true },
      [valsartan, roleless],
      undefined,
    ],
    [
      'with `only` does not match if one other is active and another has no role',
      { all: [named('valsartan')], only: true },
      [valsartan, besilate, roleless],
      false,
    ],
    [
      'with `only` does not match a product with one of two and another ingredient without a role',
      { all: both, only: true },
      [valsartan, ingredient('Talc', { as: 'unknown' })],
      false,
    ],
  ])('%s', (_title, asked, ingredients, expected) => {
    expect(hasActives<string>(asked, ingredients, true, never)).toBe(expected);
  });

  it.each([
    ['matches if all of them were read', { all: both }, [valsartan, thiazide], true],
    ['is undecided if one of two was read', { all: both }, [valsartan], undefined],
    [
      'with `only` is undecided if all of them were read',
      { all: both, only: true },
      [valsartan, thiazide],
      undefined,
    ],
    [
      'with `only` does not match if another active substance was read',
      { all: both, only: true },
      [valsartan, thiazide, besilate],
      false,
    ],
  ])('%s, before all records were read', (_title, asked, ingredients, expected) => {
    expect(hasActives<string>(asked, ingredients, false, never)).toBe(expected);
  });
});

describe('the strength in a filter by active substances', () => {
  const strong =
    (told: Readonly<Record<string, boolean | undefined>>) =>
    (_ingredient: unknown, _foundBy: FoundBy, strength: string): boolean | undefined =>
      told[strength];

  it.each([
    ['matches a product whose ingredient of this substance has it', true, true],
    ['does not match a product whose ingredient of this substance has another', false, false],
    [
      'is undecided for a product whose ingredient of this substance has no exact strength',
      undefined,
      undefined,
    ],
  ])('%s', (_title, verdict, expected) => {
    const asked = { all: [named('valsartan', '160 mg')] };
    expect(hasActives(asked, [valsartan, thiazide], true, strong({ '160 mg': verdict }))).toBe(expected);
  });

  it('is compared only with the ingredient of its own substance', () => {
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

  it('is not compared with an ingredient whose substance is unknown', () => {
    expect(hasActives({ all: [named('valsartan', '160 mg')] }, [referred], true, never)).toBeUndefined();
  });
});
