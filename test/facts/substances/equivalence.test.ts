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
  it.each<[Verdict, string, Composed, Composed, (readonly EquivalenceBy[])?]>([
    [true, 'are alike', plain, composed([active(amlodipine, 5)])],
    [true, 'are of a salt and of its base', plain, composed([salt(besilate, amlodipine, 5)])],
    [
      true,
      'are of two salts of one base',
      composed([salt('100000094444', amlodipine, 5)]),
      composed([salt(besilate, amlodipine, 5)]),
    ],
    [false, 'are of another amount', plain, composed([active(amlodipine, 10)])],
    [
      true,
      'are of another amount, which is not compared',
      plain,
      composed([active(amlodipine, 10)]),
      [ACTIVES],
    ],
    [
      true,
      'do not tell an amount, which is not compared',
      plain,
      composed([active(amlodipine, undefined)]),
      [ACTIVES, ROUTE],
    ],
    [undefined, 'do not tell an amount', plain, composed([active(amlodipine, undefined)])],
    [
      undefined,
      'do not tell the amount of the base',
      plain,
      composed([salt(besilate, amlodipine, undefined)]),
    ],
    [
      false,
      'do not tell an amount, and are of another form',
      plain,
      composed([active(amlodipine, undefined)], { combinedPharmaceuticalDoseForm: form('100000073665') }),
    ],
    [
      undefined,
      'are of one salt, of which one tells no base',
      composed([salt(besilate, amlodipine, 5)]),
      composed([active(besilate, 9)]),
    ],
    [
      undefined,
      'are of one salt, the other of which tells no base',
      composed([active(besilate, 9)]),
      composed([salt(besilate, amlodipine, 5)]),
      [ACTIVES],
    ],
    [
      true,
      'are of one salt, of which none tells a base',
      composed([active(besilate, 9)]),
      composed([active(besilate, 9)]),
    ],
    [
      false,
      'are of two salts, of which one tells no base',
      composed([salt(besilate, amlodipine, 5)]),
      composed([active('100000094444|Amlodipine maleate', 9)]),
    ],
    [false, 'are of a base and of a salt that tells none', plain, composed([active(besilate, 9)])],
    [undefined, 'are of a code and of its name', plain, composed([active('Amlodipine', 5)])],
    [false, 'are of a code and of another name', plain, composed([active('Valsartan', 5)])],
    [
      false,
      'are of two codes without names',
      composed([active('100000092222', 5)]),
      composed([active('100000093333', 5)]),
    ],
    [false, 'are of two codes with one name', plain, composed([active('100000093333|Amlodipine', 5)])],
    [false, 'are of two names', composed([active('Amlodipine', 5)]), composed([active('Valsartan', 5)])],
    [
      true,
      'are of one name, in other letters',
      composed([active('Amlodipine', 5)]),
      composed([active('amlodipine', 5)]),
    ],
    [undefined, 'are of a substance that is referred to alone', plain, composed([active('→80', 5)])],
    [
      undefined,
      'are of codes of two registers',
      composed([active('100000092222', 5)]),
      composed([active('1J444QC288', 5)]),
    ],
    [
      false,
      'are of another form',
      plain,
      composed([active(amlodipine, 5)], { combinedPharmaceuticalDoseForm: form('100000073665') }),
    ],
    [
      true,
      'are of another form, which is not compared',
      plain,
      composed([active(amlodipine, 5)], { combinedPharmaceuticalDoseForm: form('1') }),
      [ACTIVES, STRENGTH, ROUTE],
    ],
    [
      undefined,
      'tell a form in words, and by a term',
      plain,
      composed([active(amlodipine, 5)], { combinedPharmaceuticalDoseForm: { text: 'Tablet' } }),
    ],
    [
      undefined,
      'tell no form',
      plain,
      composed([active(amlodipine, 5)], { combinedPharmaceuticalDoseForm: undefined }),
    ],
    [undefined, 'tell no route', plain, composed([active(amlodipine, 5)], { route: [] })],
    [
      false,
      'have one route more',
      plain,
      composed([active(amlodipine, 5)], { route: [route(), route('100000073620')] }),
    ],
    [
      true,
      'have one route more, which is not compared',
      plain,
      composed([active(amlodipine, 5)], { route: [route(), route('1')] }),
      [ACTIVES, STRENGTH, DOSE_FORM],
    ],
    [
      false,
      'are of another domain, whatever is compared',
      plain,
      composed([active(amlodipine, 5)], { domain: { coding: [{ code: '100000000013' }] } }),
      [ACTIVES],
    ],
    [undefined, 'tell no domain', plain, composed([active(amlodipine, 5)], { domain: undefined }), [ACTIVES]],
    [false, 'have one active more', plain, composed([active(amlodipine, 5), active('Valsartan', 80)])],
    [
      false,
      'have one active more, by actives alone',
      plain,
      composed([active(amlodipine, 5), active('Valsartan', 80)]),
      [ACTIVES],
    ],
    [
      undefined,
      'have one more of unknown role',
      plain,
      composed([active(amlodipine, 5), ingredient('Valsartan', { as: 'unknown' })]),
    ],
    [
      false,
      'have an item more that is a placebo',
      plain,
      composed([active(amlodipine, 5), starch('2')], {}, 2),
    ],
    [
      true,
      'have an item more that is a placebo, by actives alone',
      plain,
      composed([active(amlodipine, 5), starch('2')], {}, 2),
      [ACTIVES],
    ],
    [undefined, 'have an item more that tells nothing', plain, composed([active(amlodipine, 5)], {}, 2)],
    [
      undefined,
      'have an item more that tells nothing, by actives alone',
      plain,
      composed([active(amlodipine, 5)], {}, 2),
      [ACTIVES],
    ],
    [
      true,
      'have an item more that is alike',
      plain,
      composed([active(amlodipine, 5), active(amlodipine, 5, '2')], {}, 2),
    ],
    [
      false,
      'have an item more of another amount',
      plain,
      composed([active(amlodipine, 5), active(amlodipine, 10, '2')], {}, 2),
    ],
    [
      false,
      'have their actives in other items',
      composed([active(amlodipine, 5), active('Valsartan', 80)]),
      composed([active(amlodipine, 5), active('Valsartan', 80, '2')], {}, 2),
    ],
    [
      true,
      'have their actives in other items, by actives alone',
      composed([active(amlodipine, 5), active('Valsartan', 80)]),
      composed([active(amlodipine, 5), active('Valsartan', 80, '2')], {}, 2),
      [ACTIVES],
    ],
    [
      false,
      'have a substance twice, in other amounts',
      composed([active(amlodipine, 5), active(amlodipine, 5), active(amlodipine, 10)]),
      composed([active(amlodipine, 5), active(amlodipine, 10), active(amlodipine, 10)]),
    ],
    [
      undefined,
      'have a substance twice, one amount of which is not told',
      composed([active(amlodipine, 5), active(amlodipine, 10)]),
      composed([active(amlodipine, undefined), active(amlodipine, 5)]),
    ],
  ])('are equivalent (%s) if they %s', (is, _what, one, other, by) => {
    expect(verdict(one, other, by)).toBe(is);
  });

  it('are undecided if one was not read', () => {
    expect(isEquivalent({ by: all, to: compositionOf(plain) }, undefined)).toBeUndefined();
  });
});

describe('a composition to compare', () => {
  it.each<[string, Composed, readonly EquivalenceBy[], boolean]>([
    ['tells all', plain, all, true],
    ['tells no domain', composed([active(amlodipine, 5)], { domain: undefined }), [ACTIVES], false],
    ['tells no amount', composed([active(amlodipine, undefined)]), all, false],
    ['tells no amount, which is not compared', composed([active(amlodipine, undefined)]), [ACTIVES], true],
    [
      'tells no form',
      composed([active(amlodipine, 5)], { combinedPharmaceuticalDoseForm: undefined }),
      all,
      false,
    ],
    ['tells no route', composed([active(amlodipine, 5)], { route: [] }), [ACTIVES, ROUTE], false],
    [
      'tells no form and no route, which are not compared',
      composed([active(amlodipine, 5)], { route: [], combinedPharmaceuticalDoseForm: undefined }),
      [ACTIVES, STRENGTH],
      true,
    ],
    ['names a substance by a reference', composed([active('→80', 5)]), [ACTIVES], false],
    ['has no active substance', composed([starch()]), [ACTIVES], false],
    ['has nothing in it', composed([]), [ACTIVES], false],
    ['has an item that tells nothing', composed([active(amlodipine, 5)], {}, 2), [ACTIVES], false],
    [
      'tells what is given alone',
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
  ])('can be compared or not if it %s', (_what, one, by, is) => {
    expect(isComparable(by, compositionOf(one))).toBe(is);
  });

  it('is searched for by each of its substances, with the base and the salt together', () => {
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

  it('are equivalent exactly if they have the same key, and a product without a key has no equivalents', () => {
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

  it('are equivalent in both directions, and a comparison of fewer aspects finds no fewer products', () => {
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
