/** Text search for products: several words in any order, misspelt words, other scripts, and the reason of each match. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOfProduct } from '../../../src/catalogue/profiles/held/rows-of-product.js';
import type { FhirResource } from '../../../src/fhir/resources.js';
import { everythingAbout } from '../../../src/sandbox/everything.js';
import { createHoldings } from '../../../src/sandbox/holdings.js';
import { sampleResources } from '../../../src/sandbox/world/sample.js';
import { listedWorld } from '../../../src/sandbox/world/world.js';
import { openIndex } from '../../../src/search-index/open-index.js';
import type { TextQuery } from '../../../src/search-index/query.js';
import type { SearchIndex } from '../../../src/search-index/search-index.js';

const pcid = 'EU-100900001-00000001-002';

let index: SearchIndex;
const names = new Map<string, string>();

beforeAll(async () => {
  index = await openIndex({ file: undefined, identity: 'test', maxBytes: 2 ** 30 });
  const listed = listedWorld(sampleResources({ quirks: true }));
  const holdings = createHoldings(listed);
  const products = [...listed.each('MedicinalProductDefinition')].map(({ resource }) => resource.id ?? '');
  const held = products.flatMap((id) => {
    const records = (everythingAbout(holdings, id) ?? []) as unknown as readonly FhirResource[];
    const derived = rowsOfProduct({ product: `MedicinalProductDefinition/${id}`, records, unidentified: [] });
    return derived ? [{ id, asOf: new Date(), url: '/', records, unidentified: [], derived }] : [];
  });
  for (const { id, records } of held) {
    const [own] = records as unknown as readonly {
      readonly name?: readonly { readonly productName: string }[];
    }[];
    names.set(id, own?.name?.[0]?.productName ?? '');
  }
  await index.put(held);
  await index.enumerated({ asOf: Date.now(), listed: held.length, total: held.length, gaps: [] });
  await index.know({ words: [], atcCodes: [], hasSubstances: true });
});
afterAll(() => index.close());

async function search(text: string | undefined, query: Partial<TextQuery> = {}) {
  const found = await index.search({
    filter: {},
    first: 10,
    typos: true,
    ...(text !== undefined && { text }),
    ...query,
  });
  return { ...found, rows: found.rows.map((row) => ({ ...row, name: names.get(row.id) ?? '' })) };
}

const idsOf = ({ rows }: Awaited<ReturnType<typeof search>>) => rows.map(({ id }) => id);

/** Returns all rows, page by page. */
async function walk(text: string | undefined, query: Partial<TextQuery>) {
  const rows: Awaited<ReturnType<typeof search>>['rows'] = [];
  for (;;) {
    const last = rows.at(-1);
    const page = await search(text, { ...query, ...(last && { after: last }) });
    expect(page.isPlaceLost).toBe(false);
    rows.push(...page.rows);
    if (!page.hasNext) return rows;
  }
}

describe('a text search', () => {
  it('finds products by their active substances, and states the matched field and value', async () => {
    const found = await search('Amlodipine', { first: 100 });
    expect(found.total).toBe(found.rows.length);
    expect(idsOf(found)).toContain('600000000001');
    expect(found.rows[0]?.match).toEqual({
      field: 'SUBSTANCE',
      value: 'Amlodipine besilate',
      distance: 0,
      isAmbiguous: false,
    });
    expect(found.didYouMean).toEqual([]);
  });

  it('finds products by a misspelt word, and marks each match as corrected', async () => {
    const [right, wrong] = [
      await search('amlodipine 5', { first: 100 }),
      await search('amlodipne 5', { first: 100 }),
    ];
    expect(idsOf(wrong).sort()).toEqual(idsOf(right).sort());
    expect(wrong.rows.map(({ match }) => match?.distance)).toEqual(right.rows.map(() => 1));
    expect(wrong.rows[0]?.match?.value).toMatch(/amlodipine/i);
    expect(wrong.didYouMean).toEqual(['amlodipine 5']);
    expect(await search('amlodipne 5', { typos: false })).toMatchObject({
      rows: [],
      total: 0,
      didYouMean: [],
    });
  });

  it('finds products by the name of an ATC class if the record has only its code', async () => {
    const { rows } = await search('tramadol');
    expect(rows).toMatchObject([
      { id: '600000000021', match: { field: 'ATC', value: 'tramadol', distance: 0, isAmbiguous: false } },
    ]);
    const suggested = await index.suggest({ text: 'tramad', first: 5 });
    expect(suggested).toMatchObject([{ text: 'tramadol (N02AX02)', filter: { atc: ['N02AX02'] } }]);
  });

  it('ignores the order of words, and finds numbers only exactly', async () => {
    const names = async (text: string) => (await search(text)).rows.map(({ name }) => name);
    expect(await names('tablets 5 avelanta')).toEqual(['Avelanta 5 mg film-coated tablets']);
    expect(await names('avelanta 5mg')).toEqual(['Avelanta 5 mg film-coated tablets']);
    expect(await names('avelanta 1')).toEqual([]);
    expect(await names('epikalymmena')).toContain(
      'Amoxavil Plus 875 mg/125 mg επικαλυμμένα με λεπτό υμένιο δισκία',
    );
    expect(await names('forslag till ingenting')).toEqual([]);
  });

  it('returns products with exactly the typed name first', async () => {
    for (const [id, name] of names) {
      // Nobody types names of more than eight words completely.
      if (name.split(' ').length > 8) continue;
      const { rows } = await search(name, { first: 3 });
      expect(rows[0]?.name.toLowerCase(), `${id} by its name`).toBe(name.toLowerCase());
      expect(rows[0]?.match?.distance).toBe(0);
    }
    const [first] = (await search('imatara')).rows;
    expect(first?.name).toMatch(/^Imatara/);
  });

  it.each([
    ['EU/1/24/9001/001', 'AUTHORIZATION_NUMBER'],
    [' eu/1/24/9001/001 ', 'AUTHORIZATION_NUMBER'],
    ['600000000001', 'IDENTIFIER'],
    [pcid, 'PACKAGE'],
    [` ${pcid.toLowerCase()} `, 'PACKAGE'],
  ])('for %j finds the product with this number', async (text, field) => {
    const { rows } = await search(text);
    expect(rows.map(({ id }) => id)).toEqual(['600000000001']);
    expect(rows[0]?.match).toMatchObject({ field, distance: 0, isAmbiguous: false });
  });

  it('with a filter finds the products that match both', async () => {
    const filter = { atc: ['C09'] } as const;
    const both = await search('tablets', { filter, first: 100 });
    const [byText, byFilter] = [
      await search('tablets', { first: 100 }),
      await search(undefined, { filter, first: 100 }),
    ];
    const wanted = idsOf(byText).filter((id) => idsOf(byFilter).includes(id));
    expect(idsOf(both).sort()).toEqual(wanted.sort());
  });

  it.each([
    ['an empty text', ''],
    ['blanks', '   '],
    ['dots', '...'],
    ['201 characters', 'x'.repeat(201)],
    ['a control character', 'a\u0000b'],
    ['nine words', 'a b c d e f g h i'],
  ])('for %s fails with BAD_USER_INPUT', async (_what, text) => {
    await expect(search(text)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('a text search by an ATC code', () => {
  it('finds products by the beginning of their code, from C to C08CA01', async () => {
    for (const text of ['C', 'C0', 'C08', 'C08C', 'C08CA', 'C08CA0', 'C08CA01'])
      expect(idsOf(await search(text, { first: 100 })), text).toContain('600000000001');
    expect((await search('C08CA02')).total).toBe(0);
  });
});

describe('the rows of a text search', () => {
  it.each([
    ['for "mg"', 'mg'],
    ['for "tabl"', 'tabl'],
    ['for "solution"', 'solution'],
    ['without a text', undefined],
  ])('%s are returned once each, in pages of 1, 3 and 7', async (_what, text) => {
    const whole = await search(text, { first: 100 });
    expect(whole.hasNext).toBe(false);
    for (const first of [1, 3, 7]) {
      const rows = await walk(text, { first });
      expect(rows.map(({ id }) => id)).toEqual(idsOf(whole));
    }
  });

  it('are sorted by name, ascending or descending, on request', async () => {
    const sort = { by: 'NAME', isDescending: true, language: 'en' } as const;
    const { rows } = await search('tablet', { first: 100, sort });
    const { rows: others } = await search('tablet', { first: 100, sort: { ...sort, isDescending: false } });
    expect(rows.map(({ name }) => name)).toEqual(others.map(({ name }) => name).toReversed());
  });

  it.each(['AUTHORIZATION', 'COMPOSITION', 'BRAND'] as const)(
    'are grouped by %s, with each product in one group',
    async (collapse) => {
      const plain = await search(undefined, { first: 100 });
      const rows = await walk(undefined, { first: 7, collapse });
      const all = rows.flatMap(({ id, folded }) => [id, ...folded]);
      expect(all.toSorted()).toEqual(idsOf(plain).toSorted());
      expect(rows.length).toBeLessThan(plain.rows.length);
      expect((await search(undefined, { collapse })).total).toBe(plain.total);
    },
  );

  it('of one brand are one group under its first name, if they are grouped by BRAND', async () => {
    const { rows } = await search('valtensa hct', { collapse: 'BRAND' });
    const [row] = rows;
    expect(rows).toHaveLength(1);
    expect([row?.id, ...(row?.folded ?? [])].map((id) => names.get(id ?? ''))).toEqual([
      'Valtensa HCT 80 mg/12,5 mg Filmtabletten',
      'Valtensa HCT 160 mg/12,5 mg Filmtabletten',
      'Valtensa HCT 320 mg/12,5 mg Filmtabletten',
    ]);
  });
});

/** Returns an index of products that have only names. */
async function indexOfNames(products: Readonly<Record<string, readonly string[]>>): Promise<SearchIndex> {
  const own = await openIndex({ file: undefined, identity: 'test', maxBytes: 2 ** 30 });
  const held = Object.entries(products).map(([id, all]) => {
    const name = all.map((productName) => ({ productName }));
    const records = [
      { resourceType: 'MedicinalProductDefinition', id, name },
    ] as unknown as readonly FhirResource[];
    const derived = rowsOfProduct({ product: `MedicinalProductDefinition/${id}`, records, unidentified: [] });
    if (!derived) throw new Error('no rows of a product');
    return { id, asOf: new Date(), url: '/', records, unidentified: [], derived };
  });
  await own.put(held);
  return own;
}

it('a text search has names equal to the text first, then names that begin with it, then words that begin with it', async () => {
  const own = await indexOfNames({
    '1': ['Alfa Zeta'],
    '2': ['Zeta Forte'],
    '3': ['Zz', 'Zeta'],
    '4': ['Alfa Zetax'],
    '5': ['Alfa Zota'],
  });
  const { rows } = await own.search({ text: 'zeta', filter: {}, first: 9, typos: true });
  expect(rows.map(({ id }) => id)).toEqual(['3', '2', '1', '4']);
  // The index may be incomplete, so either corrected word may stand for a word that it lacks.
  const corrected = await own.search({ text: 'zetta alfa', filter: {}, first: 9, typos: true });
  expect(corrected.rows.map(({ match }) => match?.isAmbiguous)).toContain(true);
  expect(corrected.rows.map(({ match }) => match?.isAmbiguous)).not.toContain(false);
  await own.close();
});

it('products are not found or suggested after a purge of the index', async () => {
  const other = await indexOfNames({ '1': ['Gone'] });
  const asked = { text: 'gone', filter: {}, first: 5, typos: true } as const;
  expect((await other.search(asked)).total).toBe(1);
  expect(await other.suggest({ text: 'gon', first: 5 })).toHaveLength(1);
  await other.purge();
  expect((await other.search(asked)).total).toBe(0);
  expect(await other.suggest({ text: 'gon', first: 5 })).toEqual([]);
  await other.close();
});
