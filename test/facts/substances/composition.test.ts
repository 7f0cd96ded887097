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
    ['whatever the excipients are', [amlodipine(perTablet(5)), ingredient('Talc', { as: 'excipient' })]],
    ['whatever stands in the order', [starch(), amlodipine(perTablet(5))]],
    [
      'whatever unit it is told in',
      [
        amlodipine({
          presentationRatio: {
            numerator: { value: 0.005, unit: 'g' },
            denominator: { value: 1, unit: 'Tablet' },
          },
        }),
      ],
    ],
    ['where the amount has no denominator', [amlodipine({ presentationQuantity: mg(5) })]],
    [
      'where the denominator has no unit',
      [amlodipine({ presentationRatio: { numerator: mg(5), denominator: { value: 1 } } })],
    ],
    [
      'where it is told for two tablets',
      [amlodipine({ presentationRatio: { numerator: mg(10), denominator: tablet(2) } })],
    ],
    [
      'where a salt tells its base',
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
      'where the base has a quantity',
      [
        ingredient(besilate, {
          strength: [{ ...perTablet(6.94), ...reference({ strengthQuantity: mg(5) }) }],
        }),
      ],
    ],
    [
      'where the denominator has no number',
      [amlodipine({ presentationRatio: { numerator: mg(5), denominator: { unit: 'Tablet' } } })],
    ],
    [
      'where the amount has what binary numbers add to it',
      [amlodipine({ presentationQuantity: { value: 0.005_000_000_000_000_001, unit: 'g' } })],
    ],
    [
      'where a concentration is told too',
      [amlodipine(perTablet(5), { concentrationRatio: { numerator: mg(5), denominator: ml(1) } })],
    ],
    [
      'where two items are alike',
      [
        amlodipine(perTablet(5)),
        ingredient('100000092222|Amlodipine', { of: inItem('2'), strength: [perTablet(5)] }),
      ],
      { items: [item('1'), item('2')] },
    ],
    [
      'where no item tells, of what is given',
      [ingredient('100000092222|Amlodipine', { of: inGiven('9'), strength: [perTablet(5)] }), starch()],
      { administrables: [given('9')] },
    ],
    [
      'where an item tells, whatever is told of what is given',
      [amlodipine(perTablet(5)), ingredient(besilate, { of: inGiven('9'), strength: [perTablet(7)] })],
      { administrables: [given('9')] },
    ],
    [
      'where the form is that of what is given',
      [amlodipine(perTablet(5))],
      {
        product: product({ route: [route()] }),
        administrables: [given('9', { administrableDoseForm: form })],
      },
    ],
    [
      'where the form is in EMA’s extension',
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
      'where the routes are those of what is given',
      [amlodipine(perTablet(5))],
      {
        product: product({ combinedPharmaceuticalDoseForm: form }),
        administrables: [given('9', { routeOfAdministration: [{ code: route() }, { code: route() }] })],
      },
    ],
  ])('does not depend on %s', (_title, ingredients, others) => {
    expect(plain).toBeDefined();
    expect(keyOf(ingredients, others)).toBe(plain);
  });

  it.each<[string, readonly Ingredient[], Partial<Composed>?]>([
    ['amount', [amlodipine(perTablet(10))]],
    ['substance', [ingredient('100000091111|Valsartan', { strength: [perTablet(5)] })]],
    ['kind of amount', [amlodipine({ concentrationRatio: { numerator: mg(5), denominator: ml(1) } })]],
    ['unit', [amlodipine({ presentationQuantity: { value: 5, unit: 'mmol' } })]],
    [
      'number of actives',
      [amlodipine(perTablet(5)), ingredient('100000091111|Valsartan', { strength: [perTablet(160)] })],
    ],
    ['number of a salt that tells no base', [ingredient(besilate, { strength: [perTablet(5)] })]],
    ['placebo beside it', [amlodipine(perTablet(5)), starch('2')], { items: [item('1'), item('2')] }],
    [
      'form',
      [amlodipine(perTablet(5))],
      {
        product: product({
          combinedPharmaceuticalDoseForm: { coding: [{ code: '100000073665' }] },
          route: [route()],
        }),
      },
    ],
    [
      'route',
      [amlodipine(perTablet(5))],
      {
        product: product({ combinedPharmaceuticalDoseForm: form, route: [route('100000073634')] }),
      },
    ],
    [
      'route more',
      [amlodipine(perTablet(5))],
      {
        product: product({ combinedPharmaceuticalDoseForm: form, route: [route(), route('100000073634')] }),
      },
    ],
  ])('differs for another %s', (_title, ingredients, others) => {
    const key = keyOf(ingredients, others);
    expect(key).toBeDefined();
    expect(key).not.toBe(plain);
  });

  it.each<[string, readonly Ingredient[], Partial<Composed>?]>([
    ['an ingredient', []],
    ['an item', [amlodipine(perTablet(5))], { items: [] }],
    ['an active substance', [starch()]],
    ['a role', [amlodipine(perTablet(5)), ingredient('Starch', { as: 'unknown' })]],
    ['an amount', [amlodipine()]],
    ['an amount in numbers', [amlodipine({ textPresentation: '5 mg' })]],
    ['a single amount', [amlodipine(perTablet(5), perTablet(6))]],
    [
      'an amount that is no range',
      [
        amlodipine({
          presentationRatioRange: { lowNumerator: mg(4), highNumerator: mg(6), denominator: tablet() },
        }),
      ],
    ],
    [
      'an amount in a unit that is known',
      [amlodipine({ presentationQuantity: { ...mg(5), code: '100000999999' } })],
    ],
    ['an amount above 0', [amlodipine({ presentationQuantity: mg(0) })]],
    ['an amount of a substance', [amlodipine({ presentationQuantity: tablet(2) })]],
    [
      'what a concentration is in',
      [amlodipine({ concentrationQuantity: mg(5) }), ingredient('Talc', { as: 'excipient' })],
    ],
    ['an amount that is no bound', [amlodipine({ presentationQuantity: { ...mg(5), comparator: '<' } })]],
    [
      'an amount by something',
      [amlodipine({ presentationRatio: { numerator: mg(5), denominator: { value: 0, unit: 'ml' } } })],
    ],
    [
      'the amount of the base',
      [ingredient(besilate, { strength: [{ ...perTablet(6.94), ...reference({}) }] })],
    ],
    [
      'a single base',
      [
        ingredient(besilate, {
          strength: [
            { ...perTablet(6.94), ...reference({ strengthQuantity: mg(5) }) },
            { referenceStrength: [{ substance: substance('Something'), strengthQuantity: mg(5) }] },
          ],
        }),
      ],
    ],
    ['a substance but a reference', [ingredient('→80', { strength: [perTablet(5)] })]],
    ['the contents of one of two items', [amlodipine(perTablet(5))], { items: [item('1'), item('2')] }],
    ['a form', [amlodipine(perTablet(5))], { product: product({ route: [route()] }) }],
    [
      'the form of one that is given',
      [amlodipine(perTablet(5))],
      {
        product: product({ route: [route()] }),
        administrables: [given('8', { administrableDoseForm: form }), given('9')],
      },
    ],
    ['a route', [amlodipine(perTablet(5))], { product: product({ combinedPharmaceuticalDoseForm: form }) }],
    [
      'the route of one that is given',
      [amlodipine(perTablet(5))],
      {
        product: product({ combinedPharmaceuticalDoseForm: form }),
        administrables: [given('8', { routeOfAdministration: [{ code: route() }] }), given('9')],
      },
    ],
  ])('is null without %s', (_title, ingredients, others) => {
    expect(keyOf(ingredients, others)).toBeUndefined();
  });

  it('distinguishes the content of a syringe from a concentration', () => {
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

  it('is equal for a million IU and 1 000 000 IU', () => {
    const keys = [
      { value: 3, system: emaList('100000110633'), code: '100000110848' },
      { value: 3_000_000, system: emaList('100000110633'), code: '100000110671' },
      { value: 3, system: 'http://unitsofmeasure.org', code: '10*6.[iU]' },
      { value: 3000, unit: 'thousand IU' },
    ].map((presentationQuantity) => keyOf([amlodipine({ presentationQuantity })]));
    expect(keys[0]).toBeDefined();
    expect(new Set(keys).size).toBe(1);
  });

  it('is that of a concentration if a vial has an amount for each millilitre', () => {
    const vial = { value: 1, system: emaList('200000000014'), code: '200000002158' };
    const inVial = keyOf([
      amlodipine({ presentationRatio: { numerator: { value: 50, unit: 'mg/ml' }, denominator: vial } }),
    ]);
    expect(inVial).toBeDefined();
    expect(inVial).toBe(keyOf([amlodipine({ concentrationQuantity: { value: 50, unit: 'mg/ml' } })]));
  });

  it('treats malformed records as if they were empty', () => {
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
