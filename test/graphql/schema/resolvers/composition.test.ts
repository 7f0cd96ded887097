/** The composition of a product, on every profile: its active moieties, and its composition key. */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../../support/service.js';

const form = { coding: [{ code: '100000073664' }] };
const route = { coding: [{ code: '100000073619' }] };
const active = { coding: [{ code: '100000072072' }] };
const excipient = { coding: [{ code: '100000072082' }] };
const coded = (code: string, display: string) => ({ concept: { coding: [{ code, display }] } });
const amlodipine = coded('100000092222', 'Amlodipine');
const besilate = coded('100000093333', 'Amlodipine besilate');
const of = (value: number, unit: string) => ({
  numerator: { value, unit },
  denominator: { value: 1, unit: 'tablet' },
});
const contains = (id: string) => ({ item: { reference: { reference: `ManufacturedItemDefinition/${id}` } } });

/** Returns a product, a package, items and ingredients, with ids that end in the same digits. */
function family(id: string, items: readonly string[], ingredients: readonly object[]): readonly Resource[] {
  const product = { reference: `MedicinalProductDefinition/p${id}` };
  const made: readonly object[] = [
    {
      resourceType: 'MedicinalProductDefinition',
      id: `p${id}`,
      name: [
        { productName: `Exampla ${id}`, part: [{ part: 'EXAMPLA', type: { text: 'Invented name part' } }] },
      ],
      combinedPharmaceuticalDoseForm: form,
      route: [route],
    },
    {
      resourceType: 'PackagedProductDefinition',
      id: `k${id}`,
      packageFor: [product],
      packaging: { containedItem: items.map(contains) },
    },
    ...items
      .filter((item) => !item.startsWith('gone'))
      .map((item) => ({ resourceType: 'ManufacturedItemDefinition', id: item, status: 'active' })),
    ...ingredients.map((each, at) => ({ resourceType: 'Ingredient', id: `i${id}${at}`, ...each })),
  ];
  return made as readonly Resource[];
}

const to = (item: string) => [{ reference: `ManufacturedItemDefinition/${item}` }];
const reference = { referenceStrength: [{ substance: amlodipine, strengthRatio: of(5, 'mg') }] };

const world: readonly Resource[] = [
  ...family(
    '1',
    ['m1'],
    [
      {
        role: active,
        for: to('m1'),
        substance: { code: besilate, strength: [{ presentationRatio: of(6.94, 'mg'), ...reference }] },
      },
      { role: excipient, for: to('m1'), substance: { code: { concept: { text: 'Starch' } } } },
    ],
  ),
  ...family(
    '2',
    ['m2'],
    [
      {
        role: active,
        for: to('m2'),
        substance: { code: amlodipine, strength: [{ presentationRatio: of(0.005, 'g') }] },
      },
    ],
  ),
  ...family('3', ['m3'], [{ role: active, for: to('m3'), substance: { code: besilate } }]),
  ...family(
    '4',
    ['m4', 'gone'],
    [
      {
        role: active,
        for: to('m4'),
        substance: { code: amlodipine, strength: [{ presentationRatio: of(5, 'mg') }] },
      },
    ],
  ),
];

describe.each(['everything', 'search', 'include'] as const)(
  'the composition of a product with the profile `%s`',
  (profile) => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({ profile, sandbox: { resources: world } });
    });
    afterAll(() => service.stop());

    const product = (id: string) =>
      service.query(`{ product(id: "${id}") { brand activeMoieties { code name } compositionKey } }`);
    const keyIn = ({ data }: Awaited<ReturnType<typeof product>>): unknown =>
      (data as { readonly product: { readonly compositionKey: unknown } }).product.compositionKey;

    it('names the base of a salt as its moiety, and has equal keys for two products with the same contents', async () => {
      const [salt, base] = [await product('p1'), await product('p2')];
      expect(salt).toMatchObject({
        data: {
          product: { brand: 'EXAMPLA', activeMoieties: [{ code: '100000092222', name: 'Amlodipine' }] },
        },
      });
      expect([salt.errors, base.errors]).toEqual([undefined, undefined]);
      expect(keyIn(salt)).toMatch(/^c2-/);
      expect(keyIn(base)).toBe(keyIn(salt));
    });

    it('has no key, and causes no error, if an amount is missing from the record', async () => {
      const { data, errors } = await product('p3');
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({
        product: { activeMoieties: [{ name: 'Amlodipine besilate' }], compositionKey: null },
      });
    });

    it('has no key, and causes an error, if a referenced item does not exist', async () => {
      const { data, errors } = await product('p4');
      expect(data).toMatchObject({
        product: { activeMoieties: [{ name: 'Amlodipine' }], compositionKey: null },
      });
      expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions.code])).toEqual([
        ['product.compositionKey', 'DANGLING_REFERENCE'],
      ]);
    });
  },
);
