/**
 * The substances of products in the index: each once, from A to Z, with its names, its codes and the number of its products.
 */
import type { CodeableReference, Ingredient } from 'fhir/r5.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rowsOfProduct } from '../../src/catalogue/profiles/held/rows-of-product.js';
import type { FhirResource } from '../../src/fhir/resources.js';
import { openIndex } from '../../src/search-index/open-index.js';
import type { SubstanceQuery } from '../../src/search-index/substances.js';
import { IngredientRole } from '../../src/terms/ema-codes.js';

const { ACTIVE, EXCIPIENT } = IngredientRole;
const roles = { [ACTIVE]: '100000072072', [EXCIPIENT]: '100000072082' } as const;

function coded(code: string, display?: string): CodeableReference {
  return { concept: { coding: [{ code, ...(display === undefined ? {} : { display }) }] } };
}

interface Told {
  readonly code: CodeableReference;
  readonly role?: keyof typeof roles;
  readonly base?: CodeableReference;
}

function recordsOf(id: string, ingredients: readonly Told[]): readonly FhirResource[] {
  const product = { resourceType: 'MedicinalProductDefinition', id, name: [{ productName: id }] };
  const told = ingredients.map(({ code, role, base }, at): Ingredient => ({
    resourceType: 'Ingredient',
    id: `${id}-${at}`,
    status: 'active',
    role: role ? { coding: [{ code: roles[role] }] } : {},
    for: [{ reference: `MedicinalProductDefinition/${id}` }],
    substance: { code, ...(base && { strength: [{ referenceStrength: [{ substance: base } as never] }] }) },
  }));
  return [product, ...told] as unknown as readonly FhirResource[];
}

async function indexOf(products: Readonly<Record<string, readonly Told[]>>) {
  const index = await openIndex({ file: undefined, identity: 'test', maxBytes: 2 ** 30 });
  onTestFinished(() => index.close());
  const put = async (all: Readonly<Record<string, readonly Told[]>>): Promise<void> => {
    const held = Object.entries(all).map(([id, told]) => {
      const records = recordsOf(id, told);
      const derived = rowsOfProduct({
        product: `MedicinalProductDefinition/${id}`,
        records,
        unidentified: [],
      });
      if (!derived) throw new Error('no rows of a product');
      return { id, asOf: new Date(), url: '/', records, unidentified: [], derived };
    });
    await index.put(held);
  };
  await put(products);
  return {
    index,
    put,
    async rows(query: Partial<SubstanceQuery> = {}) {
      const { rows, ...others } = await index.substances({ first: 100, ...query });
      return {
        ...others,
        rows: rows.map(({ place, products: count }) => `${place.name} (${place.key}): ${count}`),
      };
    },
  };
}

const amlodipine = coded('100000085259', 'Amlodipine');
const besilate = coded('100000091236', 'Amlodipine besilate');
const lactose = coded('100000092001', 'Lactose');

const some: Readonly<Record<string, readonly Told[]>> = {
  '600000000001': [
    { code: besilate, role: ACTIVE, base: amlodipine },
    { code: lactose, role: EXCIPIENT },
  ],
  '600000000002': [
    { code: amlodipine, role: ACTIVE },
    { code: amlodipine, role: ACTIVE },
    { code: lactose, role: EXCIPIENT },
  ],
  '600000000003': [{ code: { concept: { text: 'Élixir of  roses' } }, role: EXCIPIENT }],
};

describe('the substances in the index', () => {
  it('are sorted by normalized name, each with its products and the products of its salts', async () => {
    const { rows } = await indexOf(some);
    expect(await rows()).toEqual({
      rows: [
        'AMLODIPINE (code 100000085259): 2',
        'AMLODIPINE BESILATE (code 100000091236): 1',
        'ELIXIR OF ROSES (name ELIXIR OF ROSES): 1',
        'LACTOSE (code 100000092001): 2',
      ],
      total: 4,
      hasNext: false,
      untold: 0,
    });
  });

  it('are found by code and by role', async () => {
    const { rows } = await indexOf(some);
    expect((await rows({ code: '100000092001' })).rows).toEqual(['LACTOSE (code 100000092001): 2']);
    expect((await rows({ code: '100000099999' })).rows).toEqual([]);
    const names = async (role: IngredientRole): Promise<readonly string[]> =>
      (await rows({ role })).rows.map((row) => row.replace(/ \(.*/, ''));
    expect(await names(ACTIVE)).toEqual(['AMLODIPINE', 'AMLODIPINE BESILATE']);
    expect(await names(EXCIPIENT)).toEqual(['ELIXIR OF ROSES', 'LACTOSE']);
  });

  it.each<[string, Partial<SubstanceQuery>, readonly string[]]>([
    ['are found by the beginning of a word', { text: 'bes' }, ['AMLODIPINE BESILATE']],
    ['are found by several words', { text: 'amlodipine B' }, ['AMLODIPINE BESILATE']],
    ['are found in any case, and with other accents', { text: 'ELIXÍR' }, ['ELIXIR OF ROSES']],
    ['are found by a whole code', { text: '100000092001' }, ['LACTOSE']],
    ['are not found by the beginning of a code', { text: '1000000' }, []],
    ['are not found by a part inside a word', { text: 'dipine' }, []],
    ['are not found by a sign alone', { text: '_' }, []],
    ['are found by the first letters of the name', { startsWith: 'él' }, ['ELIXIR OF ROSES']],
    ['are not found by the first letters of a later word', { startsWith: 'roses' }, []],
    [
      'are found by a word and the first letters together',
      { text: 'of', startsWith: 'e' },
      ['ELIXIR OF ROSES'],
    ],
  ])('%s', async (_what, query, names) => {
    const { rows } = await indexOf(some);
    expect((await rows(query)).rows.map((row) => row.replace(/ \(.*/, ''))).toEqual(names);
  });

  it('are returned in pages, which continue after the last row when rows are inserted', async () => {
    const { index, put } = await indexOf(some);
    const one = await index.substances({ first: 2 });
    expect(one).toMatchObject({ hasNext: true, total: 4 });
    await put({ '600000000004': [{ code: coded('100000000001', 'Bisoprolol'), role: ACTIVE }] });
    const after = one.rows[1]?.place;
    if (!after) throw new Error('a page has two rows');
    const two = await index.substances({ first: 2, after });
    expect(two.rows.map(({ place }) => place.name)).toEqual(['BISOPROLOL', 'ELIXIR OF ROSES']);
    expect(two).toMatchObject({ hasNext: true, total: 5 });
  });

  it('disappear with their last product', async () => {
    const { index, rows } = await indexOf(some);
    await index.putGone('600000000003', new Date());
    expect((await rows({ text: 'elixir' })).total).toBe(0);
  });

  it('have the name that most records use, and are found by every name', async () => {
    const { index, rows } = await indexOf({
      '600000000001': [{ code: coded('100000085259', 'Amlodipinum'), role: ACTIVE }],
      '600000000002': [{ code: amlodipine, role: ACTIVE }],
      '600000000003': [{ code: amlodipine, role: EXCIPIENT }],
      // Records without the name have the same code as records with the name.
      ...Object.fromEntries(
        [4, 5, 6].map((at) => [`60000000000${at}`, [{ code: coded('100000085259'), role: ACTIVE }]]),
      ),
    });
    expect((await rows()).rows).toEqual(['AMLODIPINE (code 100000085259): 6']);
    expect((await rows({ text: 'amlodipinum' })).rows).toEqual(['AMLODIPINE (code 100000085259): 6']);
    expect((await index.substances({ first: 1 })).rows[0]?.told).toEqual(amlodipine);
  });

  it('report ingredients without code and name, or without a role, as undecided', async () => {
    const { rows } = await indexOf({
      '600000000001': [{ code: { reference: { reference: 'SubstanceDefinition/x' } }, role: ACTIVE }],
      '600000000002': [{ code: lactose }],
      '600000000003': [{ code: lactose, role: EXCIPIENT }],
    });
    expect(await rows()).toMatchObject({ rows: ['LACTOSE (code 100000092001): 2'], untold: 1 });
    expect(await rows({ role: EXCIPIENT })).toMatchObject({
      rows: ['LACTOSE (code 100000092001): 1'],
      untold: 2,
    });
    expect(await rows({ role: EXCIPIENT, text: 'sugar' })).toMatchObject({ rows: [], untold: 1 });
  });
});
