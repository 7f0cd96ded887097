/** The key of a composition: equal for the same contents, form and routes, and null if one of them is not stated. */
import { describe, expect, it } from 'vitest';
import { compositionKey, type Composed } from '../../../src/facts/substances/composition.js';
import type { ResourceOf } from '../../../src/fhir/resources.js';
import { emaList } from '../../support/views.js';
import { given, ingredient, item, product, substance } from '../ingredient-records.js';

type Ingredient = ResourceOf<'Ingredient'>;

const form = { coding: [{ system: emaList('200000000004'), code: '100000073664' }] };
const route = (code = '100000073619') => ({ coding: [{ system: emaList('100000073345'), code }] });
const mg = (value: number) => ({ value, system: emaList('100000110633'), code: '100000110655' });
const ml = (value: number) => ({ value, system: 'http://unitsofmeasure.org', code: 'mL' });
const tablet = (value = 1) => ({ value, system: emaList('200000000014'), code: '200000002152' });
const inItem = (id: string) => [`ManufacturedItemDefinition/${id}`];
const inGiven = (id: string) => [`AdministrableProductDefinition/${id}`];

const besilate = '100000093333|Amlodipine besilate';
const amlodipine = (...strength: readonly object[]): Ingredient =>
  ingredient('100000092222|Amlodipine', { strength });
const perTablet = (value: number) => ({ presentationRatio: { numerator: mg(value), denominator: tablet() } });
const starch = (id = '1'): Ingredient => ingredient('Starch', { as: 'excipient', of: inItem(id) });

const told = product({ combinedPharmaceuticalDoseForm: form, route: [route()] });
const composed = (ingredients: readonly Ingredient[], others: Partial<Composed> = {}): Composed => ({
  product: told,
  items: [item()],
  administrables: [],
  ingredients,
  ...others,
});
const keyOf = (ingredients: readonly Ingredient[], others?: Partial<Composed>): string | undefined =>
  compositionKey(composed(ingredients, others));

const plain = keyOf([amlodipine(perTablet(5)), starch()]);

describe('the key of a composition', () => {
  it('is opaque, and begins with the version of its rule', () => {
    expect(plain).toMatch(/^c2-[\w-]{27}$/);
  });

  it('is stable: a rule with other results has a new version', () => {
    expect([plain, keyOf([amlodipine({ concentrationQuantity: { value: 50, unit: 'mg/ml' } })])]).toEqual([
      'c2-el49itANGrmlqP6HXrue6gEFEMI',
      'c2-31M0ZFzhM2ArQEQu9LAJ3V_QJuU',
    ]);
  });

  const reference = (content: object) => ({
    referenceStrength: [{ substance: substance('100000092222|Amlodipine'), ...content }],
  });

  it.each<[string, readonly Ingredient[], Partial<Composed>?]>([
    ['with other excipients', [amlodipine(perTablet(5)), ingredient('Talc', { as: 'excipient' })]],
    ['for any order of the ingredients', [starch(), amlodipine(perTablet(5))]],
    [
      'if the amount is in another unit',
      [
        amlodipine({
          presentationRatio: {
            numerator: { value: 0.005, unit: 'g' },
            denominator: { value: 1, unit: 'Tablet' },
          },
        }),
      ],
    ],
    ['if the amount has no denominator', [amlodipine({ presentationQuantity: mg(5) })]],
    [
      'if the denominator has no unit',
      [amlodipine({ presentationRatio: { numerator: mg(5), denominator: { value: 1 } } })],
    ],
    [
      'if the amount is that of two tablets',
      [amlodipine({ presentationRatio: { numerator: mg(10), denominator: tablet(2) } })],
    ],
    [
      'for a salt whose reference substance is the base',
      [
        ingredient(besilate, {
          strength: [
            {
              ...perTablet(6.94),
              ...reference({ strengthRatio: { numerator: mg(5), denominator: tablet() } }),
            },
          ],
        }),
      ],
    ],
    [
      'for a salt whose base has a quantity instead of a ratio',
      [
        ingredient(besilate, {
          strength: [{ ...perTablet(6.94), ...reference({ strengthQuantity: mg(5) }) }],
        }),
      ],
    ],
    [
      'if the denominator has no number',
      [amlodipine({ presentationRatio: { numerator: mg(5), denominator: { unit: 'Tablet' } } })],
    ],
    [
      'if the amount has a rounding error of binary numbers',
      [amlodipine({ presentationQuantity: { value: 0.005_000_000_000_000_001, unit: 'g' } })],
    ],
    [
      'if the record has a concentration too',
      [amlodipine(perTablet(5), { concentrationRatio: { numerator: mg(5), denominator: ml(1) } })],
    ],
    [
      'if there are two equal items',
      [
        amlodipine(perTablet(5)),
        ingredient('100000092222|Amlodipine', { of: inItem('2'), strength: [perTablet(5)] }),
      ],
      { items: [item('1'), item('2')] },
    ],
    [
      'if the ingredients belong to the administrable product and not to an item',
      [ingredient('100000092222|Amlodipine', { of: inGiven('9'), strength: [perTablet(5)] }), starch()],
      { administrables: [given('9')] },
    ],
    [
      'if the administrable product has other ingredients than the item',
      [amlodipine(perTablet(5)), ingredient(besilate, { of: inGiven('9'), strength: [perTablet(7)] })],
      { administrables: [given('9')] },
    ],
    [
      'if the dose form is in the administrable product',
      [amlodipine(perTablet(5))],
      {
        product: product({ route: [route()] }),
        administrables: [given('9', { administrableDoseForm: form })],
      },
    ],
    [
      'if the dose form is in EMA’s extension',
      [amlodipine(perTablet(5))],
      {
        product: product({
          route: [route()],
          extension: [
            { url: 'http://ema.europa.eu/fhir/extension/authorisedDoseForm', valueCoding: form.coding[0] },
          ],
        }),
      },
    ],
    [
      'if the routes are in the administrable product',
      [amlodipine(perTablet(5))],
      {
        product: product({ combinedPharmaceuticalDoseForm: form }),
        administrables: [given('9', { routeOfAdministration: [{ code: route() }, { code: route() }] })],
      },
    ],
  ])('is the same %s', (_title, ingredients, others) => {
    expect(plain).toBeDefined();
    expect(keyOf(ingredients, others)).toBe(plain);
  });

  it.each<[string, readonly Ingredient[], Partial<Composed>?]>([
    ['another amount', [amlodipine(perTablet(10))]],
    ['another substance', [ingredient('100000091111|Valsartan', { strength: [perTablet(5)] })]],
    ['a concentration', [amlodipine({ concentrationRatio: { numerator: mg(5), denominator: ml(1) } })]],
    ['another unit', [amlodipine({ presentationQuantity: { value: 5, unit: 'mmol' } })]],
    [
      'one more active substance',
      [amlodipine(perTablet(5)), ingredient('100000091111|Valsartan', { strength: [perTablet(160)] })],
    ],
    ['a salt without a reference substance', [ingredient(besilate, { strength: [perTablet(5)] })]],
    [
      'one more item that is a placebo',
      [amlodipine(perTablet(5)), starch('2')],
      { items: [item('1'), item('2')] },
    ],
    [
      'another dose form',
      [amlodipine(perTablet(5))],
      {
        product: product({
          combinedPharmaceuticalDoseForm: { coding: [{ code: '100000073665' }] },
          route: [route()],
        }),
      },
    ],
    [
      'another route',
      [amlodipine(perTablet(5))],
      {
        product: product({ combinedPharmaceuticalDoseForm: form, route: [route('100000073634')] }),
      },
    ],
    [
      'one more route',
      [amlodipine(perTablet(5))],
      {
        product: product({ combinedPharmaceuticalDoseForm: form, route: [route(), route('100000073634')] }),
      },
    ],
  ])('differs for %s', (_title, ingredients, others) => {
    const key = keyOf(ingredients, others);
    expect(key).toBeDefined();
    expect(key).not.toBe(plain);
  });

  it.each<[string, readonly Ingredient[], Partial<Composed>?]>([
    ['a product without ingredients', []],
    ['a product without items', [amlodipine(perTablet(5))], { items: [] }],
    ['a product without an active substance', [starch()]],
    ['an ingredient without a role', [amlodipine(perTablet(5)), ingredient('Starch', { as: 'unknown' })]],
    ['an ingredient without an amount', [amlodipine()]],
    ['an amount that is a text', [amlodipine({ textPresentation: '5 mg' })]],
    ['two amounts of one ingredient', [amlodipine(perTablet(5), perTablet(6))]],
    [
      'an amount that is a range',
      [
        amlodipine({
          presentationRatioRange: { lowNumerator: mg(4), highNumerator: mg(6), denominator: tablet() },
        }),
      ],
    ],
    [
      'an amount in an unknown unit',
      [amlodipine({ presentationQuantity: { ...mg(5), code: '100000999999' } })],
    ],
    ['an amount of 0', [amlodipine({ presentationQuantity: mg(0) })]],
    ['an amount in tablets', [amlodipine({ presentationQuantity: tablet(2) })]],
    [
      'a concentration in mg, without a volume',
      [amlodipine({ concentrationQuantity: mg(5) }), ingredient('Talc', { as: 'excipient' })],
    ],
    [
      'an amount with the comparator <',
      [amlodipine({ presentationQuantity: { ...mg(5), comparator: '<' } })],
    ],
    [
      'an amount to 0 ml',
      [amlodipine({ presentationRatio: { numerator: mg(5), denominator: { value: 0, unit: 'ml' } } })],
    ],
    [
      'a base without an amount',
      [ingredient(besilate, { strength: [{ ...perTablet(6.94), ...reference({}) }] })],
    ],
    [
      'two reference substances of one ingredient',
      [
        ingredient(besilate, {
          strength: [
            { ...perTablet(6.94), ...reference({ strengthQuantity: mg(5) }) },
            { referenceStrength: [{ substance: substance('Something'), strengthQuantity: mg(5) }] },
          ],
        }),
      ],
    ],
    ['a substance that is a reference without a name', [ingredient('→80', { strength: [perTablet(5)] })]],
    [
      'two items of which one has no ingredient',
      [amlodipine(perTablet(5))],
      { items: [item('1'), item('2')] },
    ],
    ['a product without a dose form', [amlodipine(perTablet(5))], { product: product({ route: [route()] }) }],
    [
      'an administrable product without a dose form',
      [amlodipine(perTablet(5))],
      {
        product: product({ route: [route()] }),
        administrables: [given('8', { administrableDoseForm: form }), given('9')],
      },
    ],
    [
      'a product without a route',
      [amlodipine(perTablet(5))],
      { product: product({ combinedPharmaceuticalDoseForm: form }) },
    ],
    [
      'an administrable product without a route',
      [amlodipine(perTablet(5))],
      {
        product: product({ combinedPharmaceuticalDoseForm: form }),
        administrables: [given('8', { routeOfAdministration: [{ code: route() }] }), given('9')],
      },
    ],
  ])('is undefined for %s', (_title, ingredients, others) => {
    expect(keyOf(ingredients, others)).toBeUndefined();
  });

  it('differs for 20 mg in a syringe of 0.4 ml, 40 mg in one of 0.8 ml, and a concentration of 50 mg/ml', () => {
    const syringe = (value: number, volume: number): string | undefined =>
      keyOf([amlodipine({ presentationRatio: { numerator: mg(value), denominator: ml(volume) } })]);
    const concentration = keyOf([
      amlodipine({ concentrationRatio: { numerator: mg(50), denominator: ml(1) } }),
    ]);
    expect(syringe(20, 0.4)).toBeDefined();
    expect(new Set([syringe(20, 0.4), syringe(40, 0.8), concentration]).size).toBe(3);
    expect(keyOf([amlodipine({ concentrationQuantity: { value: 50, unit: 'mg/ml' } })])).toBe(concentration);
    expect(keyOf([amlodipine({ concentrationRatio: { numerator: mg(100), denominator: ml(2) } })])).toBe(
      concentration,
    );
  });

  it('is the same for 3 million IU and 3 000 000 IU', () => {
    const keys = [
      { value: 3, system: emaList('100000110633'), code: '100000110848' },
      { value: 3_000_000, system: emaList('100000110633'), code: '100000110671' },
      { value: 3, system: 'http://unitsofmeasure.org', code: '10*6.[iU]' },
      { value: 3000, unit: 'thousand IU' },
    ].map((presentationQuantity) => keyOf([amlodipine({ presentationQuantity })]));
    expect(keys[0]).toBeDefined();
    expect(new Set(keys).size).toBe(1);
  });

  it('is that of the concentration if the amount is 50 mg/ml per vial', () => {
    const vial = { value: 1, system: emaList('200000000014'), code: '200000002158' };
    const inVial = keyOf([
      amlodipine({ presentationRatio: { numerator: { value: 50, unit: 'mg/ml' }, denominator: vial } }),
    ]);
    expect(inVial).toBeDefined();
    expect(inVial).toBe(keyOf([amlodipine({ concentrationQuantity: { value: 50, unit: 'mg/ml' } })]));
  });

  it('treats malformed elements as missing', () => {
    for (const strength of [
      4,
      [null],
      [{ presentationRatio: 'x' }],
      [{ presentationRatio: { numerator: mg(5), denominator: null } }],
    ])
      expect(() => keyOf([ingredient('Amlodipine', { strength: strength as never })])).not.toThrow();
    expect(
      keyOf([amlodipine(perTablet(5))], {
        product: product({ combinedPharmaceuticalDoseForm: 'x', route: 7 }),
      }),
    ).toBeUndefined();
  });
});
