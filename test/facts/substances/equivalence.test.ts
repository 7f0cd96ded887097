/** Whether two compositions are equivalent: yes, no, or undecided. By default this is so exactly if their keys are equal. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compositionKey, compositionOf, type Composed } from '../../../src/facts/substances/composition.js';
import {
  EquivalenceBy,
  isComparable,
  isEquivalent,
  substancesToFind,
} from '../../../src/facts/substances/equivalence.js';
import type { Verdict } from '../../../src/facts/verdict.js';
import type { ResourceOf } from '../../../src/fhir/resources.js';
import { emaList } from '../../support/views.js';
import { propertyRuns } from '../../support/tier.js';
import { given, ingredient, item, product, substance } from '../ingredient-records.js';
import { inWords, titled } from '../../support/titles.js';

type Ingredient = ResourceOf<'Ingredient'>;
const { ACTIVES, STRENGTH, DOSE_FORM, ROUTE } = EquivalenceBy;
const all = Object.values(EquivalenceBy);

const form = (code = '100000073664') => ({ coding: [{ system: emaList('200000000004'), code }] });
const route = (code = '100000073619') => ({ coding: [{ system: emaList('100000073345'), code }] });
const human = { coding: [{ code: '100000000012' }] };
const mg = (value: number) => ({ value, unit: 'mg' });
const inItem = (id: string) => [`ManufacturedItemDefinition/${id}`];

const amlodipine = '100000092222|Amlodipine';
const besilate = '100000093333|Amlodipine besilate';
const active = (written: string, value: number | undefined, of = '1'): Ingredient =>
  ingredient(written, {
    of: inItem(of),
    strength: value === undefined ? [] : [{ presentationQuantity: mg(value) }],
  });
const salt = (written: string, base: string, value: number | undefined, of = '1'): Ingredient =>
  ingredient(written, {
    of: inItem(of),
    strength: [
      {
        presentationQuantity: mg(9),
        referenceStrength: [
          { substance: substance(base), ...(value === undefined ? {} : { strengthQuantity: mg(value) }) },
        ],
      },
    ],
  });
const starch = (of = '1'): Ingredient => ingredient('Starch', { as: 'excipient', of: inItem(of) });

const told = { domain: human, combinedPharmaceuticalDoseForm: form(), route: [route()] };
const composed = (ingredients: readonly Ingredient[], others: object = {}, items = 1): Composed => ({
  product: product({ ...told, ...others }),
  items: Array.from({ length: items }, (_, at) => item(String(at + 1))),
  administrables: [],
  ingredients,
});
const verdict = (one: Composed, other: Composed, by: readonly EquivalenceBy[] = all): Verdict =>
  // The composition as the index stores it.
  isEquivalent({ by, to: compositionOf(one) }, JSON.parse(JSON.stringify(compositionOf(other))) as never);

const plain = composed([active(amlodipine, 5), starch()]);

describe('two compositions', () => {
  it.each(
    titled<[Verdict, string, Composed, Composed, (readonly EquivalenceBy[])?]>(
      [
        [true, 'have the same substance and amount', plain, composed([active(amlodipine, 5)])],
        [
          true,
          'have a base and its salt, with the same amount of the base',
          plain,
          composed([salt(besilate, amlodipine, 5)]),
        ],
        [
          true,
          'have two salts of one base, with the same amount of the base',
          composed([salt('100000094444', amlodipine, 5)]),
          composed([salt(besilate, amlodipine, 5)]),
        ],
        [false, 'have different amounts', plain, composed([active(amlodipine, 10)])],
        [
          true,
          'have different amounts, and amounts are not compared',
          plain,
          composed([active(amlodipine, 10)]),
          [ACTIVES],
        ],
        [
          true,
          'state only one of both amounts, and amounts are not compared',
          plain,
          composed([active(amlodipine, undefined)]),
          [ACTIVES, ROUTE],
        ],
        [undefined, 'state only one of both amounts', plain, composed([active(amlodipine, undefined)])],
        [
          undefined,
          'state the amount of only one base',
          plain,
          composed([salt(besilate, amlodipine, undefined)]),
        ],
        [
          false,
          'state only one of both amounts, and have different dose forms',
          plain,
          composed([active(amlodipine, undefined)], { combinedPharmaceuticalDoseForm: form('100000073665') }),
        ],
        [
          undefined,
          'have the same salt, and the second record has no base',
          composed([salt(besilate, amlodipine, 5)]),
          composed([active(besilate, 9)]),
        ],
        [
          undefined,
          'have the same salt, and the first record has no base',
          composed([active(besilate, 9)]),
          composed([salt(besilate, amlodipine, 5)]),
          [ACTIVES],
        ],
        [
          true,
          'have the same salt, and no record has a base',
          composed([active(besilate, 9)]),
          composed([active(besilate, 9)]),
        ],
        [
          false,
          'have two salts, and one record has no base',
          composed([salt(besilate, amlodipine, 5)]),
          composed([active('100000094444|Amlodipine maleate', 9)]),
        ],
        [false, 'have a base, and a salt whose record has no base', plain, composed([active(besilate, 9)])],
        [
          undefined,
          'have a code with a name, and the same name without a code',
          plain,
          composed([active('Amlodipine', 5)]),
        ],
        [
          false,
          'have a code with a name, and another name without a code',
          plain,
          composed([active('Valsartan', 5)]),
        ],
        [
          false,
          'have two codes without names',
          composed([active('100000092222', 5)]),
          composed([active('100000093333', 5)]),
        ],
        [false, 'have two codes with one name', plain, composed([active('100000093333|Amlodipine', 5)])],
        [
          false,
          'have two names without codes',
          composed([active('Amlodipine', 5)]),
          composed([active('Valsartan', 5)]),
        ],
        [
          true,
          'have one name in different letter case',
          composed([active('Amlodipine', 5)]),
          composed([active('amlodipine', 5)]),
        ],
        [
          undefined,
          'have a substance that is a reference without a name',
          plain,
          composed([active('→80', 5)]),
        ],
        [
          undefined,
          'have an EMA code and a UNII',
          composed([active('100000092222', 5)]),
          composed([active('1J444QC288', 5)]),
        ],
        [
          false,
          'have different dose forms',
          plain,
          composed([active(amlodipine, 5)], { combinedPharmaceuticalDoseForm: form('100000073665') }),
        ],
        [
          true,
          'have different dose forms, and forms are not compared',
          plain,
          composed([active(amlodipine, 5)], { combinedPharmaceuticalDoseForm: form('1') }),
          [ACTIVES, STRENGTH, ROUTE],
        ],
        [
          undefined,
          'have a dose form with a code, and one as a text',
          plain,
          composed([active(amlodipine, 5)], { combinedPharmaceuticalDoseForm: { text: 'Tablet' } }),
        ],
        [
          undefined,
          'state only one of both dose forms',
          plain,
          composed([active(amlodipine, 5)], { combinedPharmaceuticalDoseForm: undefined }),
        ],
        [undefined, 'state the route of only one', plain, composed([active(amlodipine, 5)], { route: [] })],
        [
          false,
          'differ by one more route',
          plain,
          composed([active(amlodipine, 5)], { route: [route(), route('100000073620')] }),
        ],
        [
          true,
          'differ by one more route, and routes are not compared',
          plain,
          composed([active(amlodipine, 5)], { route: [route(), route('1')] }),
          [ACTIVES, STRENGTH, DOSE_FORM],
        ],
        [
          false,
          'have different domains, and only active substances are compared',
          plain,
          composed([active(amlodipine, 5)], { domain: { coding: [{ code: '100000000013' }] } }),
          [ACTIVES],
        ],
        [
          undefined,
          'state only one of both domains',
          plain,
          composed([active(amlodipine, 5)], { domain: undefined }),
          [ACTIVES],
        ],
        [
          false,
          'differ by one more active substance',
          plain,
          composed([active(amlodipine, 5), active('Valsartan', 80)]),
        ],
        [
          false,
          'differ by one more active substance, and only active substances are compared',
          plain,
          composed([active(amlodipine, 5), active('Valsartan', 80)]),
          [ACTIVES],
        ],
        [
          undefined,
          'differ by one more ingredient of unknown role',
          plain,
          composed([active(amlodipine, 5), ingredient('Valsartan', { as: 'unknown' })]),
        ],
        [
          false,
          'differ by one more item, a placebo',
          plain,
          composed([active(amlodipine, 5), starch('2')], {}, 2),
        ],
        [
          true,
          'differ by one more item, a placebo, and only active substances are compared',
          plain,
          composed([active(amlodipine, 5), starch('2')], {}, 2),
          [ACTIVES],
        ],
        [
          undefined,
          'differ by one more item without ingredients',
          plain,
          composed([active(amlodipine, 5)], {}, 2),
        ],
        [
          undefined,
          'differ by one more item without ingredients, and only active substances are compared',
          plain,
          composed([active(amlodipine, 5)], {}, 2),
          [ACTIVES],
        ],
        [
          true,
          'differ by one more item that equals the other',
          plain,
          composed([active(amlodipine, 5), active(amlodipine, 5, '2')], {}, 2),
        ],
        [
          false,
          'differ by one more item with another amount',
          plain,
          composed([active(amlodipine, 5), active(amlodipine, 10, '2')], {}, 2),
        ],
        [
          false,
          'have the same active substances in one item and in two',
          composed([active(amlodipine, 5), active('Valsartan', 80)]),
          composed([active(amlodipine, 5), active('Valsartan', 80, '2')], {}, 2),
        ],
        [
          true,
          'have the same active substances in one item and in two, and only active substances are compared',
          composed([active(amlodipine, 5), active('Valsartan', 80)]),
          composed([active(amlodipine, 5), active('Valsartan', 80, '2')], {}, 2),
          [ACTIVES],
        ],
        [
          false,
          'have three amounts of one substance, of which one differs',
          composed([active(amlodipine, 5), active(amlodipine, 5), active(amlodipine, 10)]),
          composed([active(amlodipine, 5), active(amlodipine, 10), active(amlodipine, 10)]),
        ],
        [
          undefined,
          'have two amounts of one substance, of which one is missing',
          composed([active(amlodipine, 5), active(amlodipine, 10)]),
          composed([active(amlodipine, undefined), active(amlodipine, 5)]),
        ],
      ],
      (is, what) =>
        `${inWords(is, 'are equivalent', 'are not equivalent', 'may be equivalent')} if they ${what}`,
    ),
  )('%s', (_title, is, _what, one, other, by) => {
    expect(verdict(one, other, by)).toBe(is);
  });

  it('are undecided if the composition of one is unknown', () => {
    expect(isEquivalent({ by: all, to: compositionOf(plain) }, undefined)).toBeUndefined();
  });
});

describe('a composition', () => {
  it.each(
    titled<[string, Composed, readonly EquivalenceBy[], boolean]>(
      [
        ['has all facts', plain, all, true],
        ['has no domain', composed([active(amlodipine, 5)], { domain: undefined }), [ACTIVES], false],
        ['has no amount', composed([active(amlodipine, undefined)]), all, false],
        [
          'has no amount, and amounts are not compared',
          composed([active(amlodipine, undefined)]),
          [ACTIVES],
          true,
        ],
        [
          'has no dose form',
          composed([active(amlodipine, 5)], { combinedPharmaceuticalDoseForm: undefined }),
          all,
          false,
        ],
        ['has no route', composed([active(amlodipine, 5)], { route: [] }), [ACTIVES, ROUTE], false],
        [
          'has no dose form and no route, and neither is compared',
          composed([active(amlodipine, 5)], { route: [], combinedPharmaceuticalDoseForm: undefined }),
          [ACTIVES, STRENGTH],
          true,
        ],
        [
          'has a substance that is a reference without a name',
          composed([active('→80', 5)]),
          [ACTIVES],
          false,
        ],
        ['has no active substance', composed([starch()]), [ACTIVES], false],
        ['has no ingredient', composed([]), [ACTIVES], false],
        ['has an item without ingredients', composed([active(amlodipine, 5)], {}, 2), [ACTIVES], false],
        [
          'has ingredients of the administrable product only',
          {
            ...composed([
              ingredient(amlodipine, {
                of: ['AdministrableProductDefinition/9'],
                strength: [{ presentationQuantity: mg(5) }],
              }),
            ]),
            administrables: [given('9')],
          },
          all,
          true,
        ],
      ],
      (what, _one, _by, is) => `${is ? 'can' : 'cannot'} be compared if it ${what}`,
    ),
  )('%s', (_title, _what, one, by, is) => {
    expect(isComparable(by, compositionOf(one))).toBe(is);
  });

  it('gives one search for each substance, with the names and codes of salt and base', () => {
    expect(
      substancesToFind(compositionOf(composed([salt(besilate, amlodipine, 5), active('Valsartan', 80)]))),
    ).toEqual([
      { codes: ['100000092222', '100000093333'], names: ['AMLODIPINE', 'AMLODIPINE BESILATE'] },
      { codes: [], names: ['VALSARTAN'] },
    ]);
  });
});

describe('random products', () => {
  const written = fc.constantFrom(amlodipine, besilate, 'Valsartan', '→80');
  const amount = fc.constantFrom(5, 5, 10, undefined);
  const anActive = fc.oneof(
    fc.record({ written, amount }).map((each) => (of: string) => active(each.written, each.amount, of)),
    amount.map((value) => (of: string) => salt(besilate, amlodipine, value, of)),
  );
  const content = fc.array(anActive, { maxLength: 2 });
  const random = fc
    .record({
      items: fc.array(content, { minLength: 1, maxLength: 2 }),
      form: fc.constantFrom(form(), form('1'), { text: 'Tablet' }, undefined),
      routes: fc.constantFrom([route()], [route(), route('1')], []),
    })
    .map(({ items, form: combinedPharmaceuticalDoseForm, routes }) =>
      composed(
        items.flatMap((actives, at) => [
          ...actives.map((each) => each(String(at + 1))),
          starch(String(at + 1)),
        ]),
        { combinedPharmaceuticalDoseForm, route: routes },
        items.length,
      ),
    );

  it('are equivalent exactly if they have the same key, and those without a key cannot be compared', () => {
    fc.assert(
      fc.property(random, random, (one, other) => {
        const [key, otherKey] = [compositionKey(one), compositionKey(other)];
        expect(isComparable(all, compositionOf(one))).toBe(key !== undefined);
        if (key !== undefined) expect(verdict(one, other) === true).toBe(key === otherKey);
        if (key !== undefined) expect(verdict(one, one)).toBe(true);
      }),
      { numRuns: propertyRuns(20_000, 500) },
    );
  });

  it('are equivalent in both directions, and stay so if fewer aspects are compared', () => {
    const some = fc.subarray([STRENGTH, DOSE_FORM, ROUTE]).map((others) => [ACTIVES, ...others]);
    fc.assert(
      fc.property(random, random, some, (one, other, by) => {
        expect(verdict(one, other, by)).toBe(verdict(other, one, by));
        if (verdict(one, other) === true) expect(verdict(one, other, by)).toBe(true);
        if (verdict(one, other, by) === false) expect(verdict(one, other)).toBe(false);
      }),
      { numRuns: propertyRuns(20_000, 500) },
    );
  });
});
