/** Products without a substance: a product only matches if its record has a list of excipients. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithoutSubstance, withNamesIn, type Contents } from '../../../src/facts/substances/without.js';
import type { ResourceOf } from '../../../src/fhir/resources.js';
import { ingredient, item, product, type RoleName } from '../ingredient-records.js';

const lactose = { codes: [], names: ['lactose'] };
const inItem = (id: string) => ({ of: [`ManufacturedItemDefinition/${id}`] });
const excipient = (written: string, id = '1') => ingredient(written, { as: 'excipient', ...inItem(id) });
const contents = (
  ingredients: readonly ResourceOf<'Ingredient'>[],
  others: Partial<Contents> = {},
): Contents => ({ product: product(), items: [item()], ingredients, areAllRead: true, ...others });
const enalapril = ingredient('100000091001|Enalapril maleate');

describe('the filter without lactose', () => {
  it.each([
    [
      'matches if the excipients are other substances',
      contents([enalapril, excipient('Maize starch')]),
      true,
    ],
    ['does not match if lactose is an excipient', contents([enalapril, excipient('Lactose')]), false],
    [
      'does not match if lactose monohydrate is an excipient',
      contents([enalapril, excipient('Lactose monohydrate')]),
      false,
    ],
    [
      'does not match if the name of an excipient contains the word',
      contents([excipient('Anhydrous LACTOSE, spray-dried')]),
      false,
    ],
    ['matches if galactose is an excipient', contents([enalapril, excipient('Galactose')]), true],
    [
      'is undecided if an excipient is Lactosemonohydrat, a compound word',
      contents([enalapril, excipient('Lactosemonohydrat')]),
      undefined,
    ],
    [
      'does not match if lactose is a reference substance',
      contents([
        excipient('Starch'),
        ingredient('Something', {
          strength: [{ referenceStrength: [{ substance: { concept: { text: 'Lactose' } } }] }],
        }),
      ]),
      false,
    ],
    [
      'does not match if lactose is the active substance',
      contents([ingredient('Lactose'), excipient('Starch')]),
      false,
    ],
    [
      'does not match if the product’s `ingredient` text names it',
      contents([enalapril, excipient('Starch')], {
        product: product({ ingredient: [{ text: 'lactose monohydrate' }] }),
      }),
      false,
    ],
    [
      'does not match if an item’s `ingredient` text names it',
      contents([enalapril, excipient('Starch')], {
        items: [item('1', { ingredient: [{ coding: [{ display: 'Lactose' }] }] })],
      }),
      false,
    ],
    [
      'is undecided if the product’s `ingredient` has a code without a name',
      contents([enalapril, excipient('Starch')], {
        product: product({ ingredient: [{ coding: [{ code: '100000092222' }] }] }),
      }),
      undefined,
    ],
    [
      'does not match if lactose was read, although not all records were',
      contents([excipient('Lactose')], { areAllRead: false }),
      false,
    ],
    [
      'is undecided if no lactose was read, and not all records were',
      contents([excipient('Starch')], { areAllRead: false }),
      undefined,
    ],
    ['is undecided for a product without excipients', contents([enalapril]), undefined],
    ['is undecided for a product without ingredients', contents([]), undefined],
    [
      'is undecided for a product without manufactured items',
      contents([excipient('Starch')], { items: [] }),
      undefined,
    ],
    [
      'is undecided if one of two items has no excipients',
      contents([excipient('Starch', '1'), ingredient('Ethinylestradiol', inItem('2'))], {
        items: [item('1'), item('2')],
      }),
      undefined,
    ],
    [
      'matches if each of two items has other excipients',
      contents([excipient('Starch', '1'), excipient('Talc', '2')], { items: [item('1'), item('2')] }),
      true,
    ],
    [
      'is undecided if the excipients belong to the product and to no item',
      contents([
        enalapril,
        ingredient('Starch', { as: 'excipient', of: ['MedicinalProductDefinition/600000000001'] }),
      ]),
      undefined,
    ],
    [
      'is undecided if the other ingredients have no role',
      contents([enalapril, ingredient('Starch', { as: 'unknown' })]),
      undefined,
    ],
    [
      'matches if the only inactive ingredient is a solvent',
      contents([enalapril, ingredient('Water for injections', { as: 'solvent' })]),
      true,
    ],
    [
      'is undecided if an excipient is a reference without a name',
      contents([enalapril, excipient('→80')]),
      undefined,
    ],
    [
      'matches if an excipient is a reference with another display',
      contents([enalapril, excipient('→80|Talc')]),
      true,
    ],
    [
      'is undecided if an excipient is a code without a name',
      contents([enalapril, excipient('100000092222')]),
      undefined,
    ],
    [
      'is undecided if an excipient has no substance',
      contents([enalapril, excipient('Starch'), ingredient('', { as: 'excipient' })]),
      undefined,
    ],
  ] satisfies readonly (readonly [string, Contents, boolean | undefined])[])(
    '%s',
    (_title, told, expected) => {
      expect(isWithoutSubstance(lactose, told)).toBe(expected);
    },
  );

  it.each([
    ['does not match if the terms name this code lactose', ['Lactose monohydrate'], false],
    ['matches if the terms name this code otherwise', ['Magnesium stearate'], true],
  ])('%s, for an excipient with a code only', (_title, names, expected) => {
    const told = contents([enalapril, excipient('100000092222')]);
    expect(isWithoutSubstance(lactose, told, (code) => (code === '100000092222' ? names : []))).toBe(
      expected,
    );
  });
});

describe('the filter without a substance, by a code,', () => {
  const monohydrate = { codes: ['100000092222'], names: ['Lactose monohydrate'] };
  const bare = { codes: ['100000092222'], names: [] };

  it.each([
    ['does not match a record with the same code', monohydrate, '100000092222', false],
    ['does not match a name with all words of the code’s name', monohydrate, 'monohydrate of lactose', false],
    ['matches a name with only one word of the code’s name', monohydrate, 'Lactose', true],
    ['is undecided for another code without a name', monohydrate, '100000093333', undefined],
    ['with no known name matches another code of the same register', bare, '100000093333', true],
    ['with no known name is undecided for a code of another register', bare, 'R16CO5Y76E', undefined],
    ['with no known name is undecided for a name without a code', bare, 'Starch', undefined],
  ])('%s', (_title, asked, written, expected) => {
    const active = ingredient('100000091001|Enalapril maleate');
    expect(isWithoutSubstance(asked, contents([active, excipient(written)]))).toBe(expected);
  });
});

describe('a substance code that is in no term list', () => {
  it('has the names that ingredients have for it', () => {
    const bare = { codes: ['100000092222'], names: [] };
    const others = [
      ingredient('100000091001|Enalapril maleate'),
      excipient('100000092222|Lactose monohydrate'),
      excipient('100000092222'),
    ];
    const asked = withNamesIn(others, bare);
    expect(asked).toEqual({ codes: ['100000092222'], names: ['Lactose monohydrate'] });
    // The code alone would stand for another substance.
    const written = excipient('100000093333|Monohydrate of lactose');
    const other = contents([ingredient('100000091001|Enalapril maleate'), written]);
    expect(isWithoutSubstance(bare, other)).toBe(true);
    expect(isWithoutSubstance(asked, other)).toBe(false);
  });
});

describe('the filter without lactose over random ingredients', () => {
  const names = [
    'Lactose',
    'Lactose monohydrate',
    'Starch',
    'Talc',
    '→80',
    '100000092222',
    '100000091001|Enalapril',
    '',
  ];
  const anIngredient = fc
    .record({
      name: fc.constantFrom(...names),
      as: fc.constantFrom<RoleName>('active', 'excipient', 'solvent', 'adjuvant', 'unknown'),
      of: fc.constantFrom(
        'ManufacturedItemDefinition/1',
        'ManufacturedItemDefinition/2',
        '2',
        'AdministrableProductDefinition/9',
        'MedicinalProductDefinition/600000000001',
      ),
    })
    .map(({ name, as, of }) => ({ name, as, of, resource: ingredient(name, { as, of: [of] }) }));

  it('matches only if every item has an inactive ingredient and all ingredients have names', () => {
    const seen = new Set<boolean | undefined>();
    fc.assert(
      fc.property(
        fc.array(anIngredient, { maxLength: 6 }),
        fc.subarray(['1', '2']),
        fc.boolean(),
        (ingredients, ids, areAllRead) => {
          const verdict = isWithoutSubstance(lactose, {
            product: product(),
            items: ids.map((id) => item(id)),
            ingredients: ingredients.map(({ resource }) => resource),
            areAllRead,
          });
          seen.add(verdict);
          const hasLactose = ingredients.some(({ name }) => name.startsWith('Lactose'));
          expect(verdict === false).toBe(hasLactose);
          if (verdict !== true) return;
          expect(areAllRead).toBe(true);
          expect(ids.length).toBeGreaterThan(0);
          for (const id of ids) {
            expect(
              ingredients.some(
                ({ as, of }) =>
                  as !== 'active' &&
                  as !== 'unknown' &&
                  (of === id || of === `ManufacturedItemDefinition/${id}`),
              ),
            ).toBe(true);
          }
          expect(
            ingredients.every(({ name }) => ['Starch', 'Talc', '100000091001|Enalapril'].includes(name)),
          ).toBe(true);
        },
      ),
      { numRuns: 2_000, seed: 22 },
    );
    expect(seen.size).toBe(3);
  });

  it('never matches if the inactive ingredients are removed from a record', () => {
    fc.assert(
      fc.property(fc.array(anIngredient, { maxLength: 6 }), fc.subarray(['1', '2']), (ingredients, ids) => {
        const verdict = isWithoutSubstance(lactose, {
          product: product(),
          items: ids.map((id) => item(id)),
          ingredients: ingredients
            .filter(({ as }) => as === 'active' || as === 'unknown')
            .map(({ resource }) => resource),
          areAllRead: true,
        });
        expect(verdict).not.toBe(true);
      }),
      { numRuns: 500, seed: 22 },
    );
  });
});
