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

describe('a product is without lactose', () => {
  it.each([
    ['where its list of excipients has others', contents([enalapril, excipient('Maize starch')]), true],
    ['not where it is one', contents([enalapril, excipient('Lactose')]), false],
    ['not where it has lactose monohydrate', contents([enalapril, excipient('Lactose monohydrate')]), false],
    [
      'not where its name stands in other words',
      contents([excipient('Anhydrous LACTOSE, spray-dried')]),
      false,
    ],
    ['which galactose is not', contents([enalapril, excipient('Galactose')]), true],
    ['which a compound word may be', contents([enalapril, excipient('Lactosemonohydrat')]), undefined],
    [
      'not where a base is lactose',
      contents([
        excipient('Starch'),
        ingredient('Something', {
          strength: [{ referenceStrength: [{ substance: { concept: { text: 'Lactose' } } }] }],
        }),
      ]),
      false,
    ],
    ['not where it is the active substance', contents([ingredient('Lactose'), excipient('Starch')]), false],
    [
      'not where the product’s words name it',
      contents([enalapril, excipient('Starch')], {
        product: product({ ingredient: [{ text: 'lactose monohydrate' }] }),
      }),
      false,
    ],
    [
      'not where an item’s words name it',
      contents([enalapril, excipient('Starch')], {
        items: [item('1', { ingredient: [{ coding: [{ display: 'Lactose' }] }] })],
      }),
      false,
    ],
    [
      'which the product’s codes do not tell',
      contents([enalapril, excipient('Starch')], {
        product: product({ ingredient: [{ coding: [{ code: '100000092222' }] }] }),
      }),
      undefined,
    ],
    [
      'not where it was found before all was read',
      contents([excipient('Lactose')], { areAllRead: false }),
      false,
    ],
    [
      'which is not told before all was read',
      contents([excipient('Starch')], { areAllRead: false }),
      undefined,
    ],
    ['which is not told without a list of excipients', contents([enalapril]), undefined],
    ['which is not told without any ingredient', contents([]), undefined],
    ['which is not told without any item', contents([excipient('Starch')], { items: [] }), undefined],
    [
      'which is not told where one of two items has no list',
      contents([excipient('Starch', '1'), ingredient('Ethinylestradiol', inItem('2'))], {
        items: [item('1'), item('2')],
      }),
      undefined,
    ],
    [
      'where each of two items has a list',
      contents([excipient('Starch', '1'), excipient('Talc', '2')], { items: [item('1'), item('2')] }),
      true,
    ],
    [
      'which is not told where the list is that of the product alone',
      contents([
        enalapril,
        ingredient('Starch', { as: 'excipient', of: ['MedicinalProductDefinition/600000000001'] }),
      ]),
      undefined,
    ],
    [
      'which is not told where roles are unknown',
      contents([enalapril, ingredient('Starch', { as: 'unknown' })]),
      undefined,
    ],
    [
      'where what is not active is a solvent',
      contents([enalapril, ingredient('Water for injections', { as: 'solvent' })]),
      true,
    ],
    ['which is not told by a reference alone', contents([enalapril, excipient('→80')]), undefined],
    ['which the display of a reference tells', contents([enalapril, excipient('→80|Talc')]), true],
    [
      'which is not told by a code without a name',
      contents([enalapril, excipient('100000092222')]),
      undefined,
    ],
    [
      'which is not told where a substance is left out',
      contents([enalapril, excipient('Starch'), ingredient('', { as: 'excipient' })]),
      undefined,
    ],
  ] satisfies readonly (readonly [string, Contents, boolean | undefined])[])(
    'as expected: %s',
    (_title, told, expected) => {
      expect(isWithoutSubstance(lactose, told)).toBe(expected);
    },
  );

  it.each([
    ['by the names that are known for a code', ['Lactose monohydrate'], false],
    ['by other names', ['Magnesium stearate'], true],
  ])('if a code has no name in the record: %s', (_title, names, expected) => {
    const told = contents([enalapril, excipient('100000092222')]);
    expect(isWithoutSubstance(lactose, told, (code) => (code === '100000092222' ? names : []))).toBe(
      expected,
    );
  });
});

describe('a substance code in the filter', () => {
  const monohydrate = { codes: ['100000092222'], names: ['Lactose monohydrate'] };
  const bare = { codes: ['100000092222'], names: [] };

  it.each([
    ['is found by itself', monohydrate, '100000092222', false],
    ['is found by the words of its names', monohydrate, 'monohydrate of lactose', false],
    ['is not one of whose names only one word is there', monohydrate, 'Lactose', true],
    [
      'is not told by a code without a name, where words are to be looked for',
      monohydrate,
      '100000093333',
      undefined,
    ],
    ['is compared with codes of its register where no name is known', bare, '100000093333', true],
    ['is not told by a code of another register', bare, 'R16CO5Y76E', undefined],
    ['is not told by a name where none of its own is known', bare, 'Starch', undefined],
  ])('%s', (_title, asked, written, expected) => {
    const active = ingredient('100000091001|Enalapril maleate');
    expect(isWithoutSubstance(asked, contents([active, excipient(written)]))).toBe(expected);
  });
});

describe('a substance code that no known term has', () => {
  it('has the names that ingredients give it', () => {
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

describe('the absence of a list of excipients', () => {
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

  it('leaves open whether lactose is absent, unless every item has an inactive ingredient and all ingredients have names', () => {
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

  it('is not taken for absence of lactose if the excipients are removed from a record', () => {
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
