/** Searches of both profiles of the sandbox: names, pages, references, tokens. */

import type { Ingredient, MedicinalProductDefinition, PackagedProductDefinition, Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { connect, keyOf, nextOf, resourcesOf, type Client } from './client.js';

let everything: { sandbox: Sandbox; client: Client };
let search: { sandbox: Sandbox; client: Client };

async function open(profile: 'everything' | 'search'): Promise<{ sandbox: Sandbox; client: Client }> {
  const sandbox = await startSandbox({ profile });
  return { sandbox, client: await connect(sandbox) };
}

beforeAll(async () => {
  everything = await open('everything');
  search = await open('search');
});

afterAll(async () => {
  await everything.sandbox.stop();
  await search.sandbox.stop();
});

function ofType<T extends Resource>(type: T['resourceType']): T[] {
  return search.sandbox.resources.filter(({ resourceType }) => resourceType === type) as T[];
}

async function names(client: Client, query: Readonly<Record<string, string>>): Promise<string[]> {
  const found = await client.all(`/MedicinalProductDefinition?${new URLSearchParams(query)}`);
  return (found as MedicinalProductDefinition[]).map(({ name }) => name[0]?.productName ?? '');
}

describe('paging through a search of the sandbox', () => {
  test.each([1, 7, 20, 69, 100])(
    'with pages of %i rows returns every product exactly once, in the order of ids',
    async (size) => {
      const ids = (await everything.client.all(`/MedicinalProductDefinition?_count=${size}`)).map(
        ({ id }) => id,
      );
      const expected = ofType<MedicinalProductDefinition>('MedicinalProductDefinition').map(({ id }) => id);
      expect(ids).toEqual(expected.sort());
    },
  );

  test('has 20 rows on a page by default, and the total of all rows', async () => {
    const page = await everything.client.bundle('/MedicinalProductDefinition?name=a');
    const total = (await everything.client.all('/MedicinalProductDefinition?name=a&_count=100')).length;
    expect(page.entry).toHaveLength(20);
    expect(page.total).toBe(total);
    expect(page.entry?.[0]?.search?.mode).toBe('match');
    expect(page.entry?.[0]?.fullUrl).toBe(
      `${everything.sandbox.baseUrl}/MedicinalProductDefinition/600000000001`,
    );
  });

  test('has absolute `next` links below the base URL that do not contain the query', async () => {
    const next = nextOf(await everything.client.bundle('/MedicinalProductDefinition?name=secretive,a'));
    expect(next?.startsWith(`${everything.sandbox.baseUrl}/MedicinalProductDefinition?_page=`)).toBe(true);
    expect(next).not.toContain('secretive');
  });

  test('with an unknown `next` link gets the answer for an expired link', async () => {
    expect((await everything.client.outcome('/MedicinalProductDefinition?_page=made-up')).status).toBe(410);
  });

  test('with a `_count` above the maximum has pages of the maximum size', async () => {
    const sandbox = await startSandbox({ maxPageSize: 5 });
    const page = await (await connect(sandbox)).bundle('/MedicinalProductDefinition?_count=50');
    expect(page.entry).toHaveLength(5);
    await sandbox.stop();
  });

  test('with `_count=0` gives the total and no rows', async () => {
    const page = await everything.client.bundle('/MedicinalProductDefinition?_count=0');
    expect(page).toMatchObject({ entry: [], total: ofType('MedicinalProductDefinition').length });
    expect(nextOf(page)).toBeUndefined();
  });

  test.each(['-1', 'many', '1.5'])('with `_count=%s` is refused', async (count) => {
    expect((await everything.client.outcome(`/MedicinalProductDefinition?_count=${count}`)).status).toBe(400);
  });
});

describe('searches of the sandbox by name', () => {
  test.each([
    ['lidocaine aurelia', 'Lidocaïne Aurélia 2 % solution injectable'],
    ['LIDOCAÏNE', 'Lidocaïne Aurélia 2 % solution injectable'],
    ['aurélia 2 %', 'Lidocaïne Aurélia 2 % solution injectable'],
    ['hydrokortison\\, fj', 'Hydrokortison, Fjordvik 1 % kräm'],
    ['"forte"', 'Calcigena "Forte" 1 000 mg Brausetabletten'],
    ["o'rell", "O'Rell Chloroquine 250 mg tablets"],
  ])('for the text %s find the product "%s"', async (text, expected) => {
    const found = await names(everything.client, { name: text });
    expect(found).toEqual([expected]);
  });

  test('with an unescaped comma find the products with one of both texts', async () => {
    const found = await names(everything.client, { name: 'polivaxa,lumenglow' });
    expect(found.map((name) => name.split(' ')[0])).toEqual(['Polivaxa', 'Lumenglow']);
  });

  test('ignore accents in every script', async () => {
    expect((await names(everything.client, { name: 'υμενιο' })).length).toBeGreaterThan(5);
  });

  test('find a product by its name in any language', async () => {
    expect(await names(everything.client, { name: 'Polivaxa injektioneste' })).toHaveLength(1);
  });

  test('compare the beginning of words, as R5 requires, without `:contains` or `:exact`', async () => {
    expect(await names(search.client, { name: 'velanta' })).toEqual([]);
    expect(await names(search.client, { name: 'plus' })).toEqual([expect.stringContaining('Amoxavil Plus')]);
    expect(await names(search.client, { 'name:contains': 'velanta' })).toHaveLength(2);
    const exact = 'Polivaxa suspension for injection in pre-filled syringe';
    expect(await names(search.client, { 'name:exact': exact })).toEqual([exact]);
    expect(await names(search.client, { 'name:exact': exact.toLowerCase() })).toEqual([]);
  });
});

describe('searches of the sandbox for packages, ingredients and authorizations', () => {
  test('with a comma in a reference parameter find records of one of both products, also without the type', async () => {
    const found = (await search.client.all(
      '/PackagedProductDefinition?package-for=600000000001,MedicinalProductDefinition/600000000002&_count=2',
    )) as PackagedProductDefinition[];
    const parents = found.map(({ packageFor }) => packageFor?.[0]?.reference);
    expect(parents).toEqual([
      ...Array<string>(3).fill('MedicinalProductDefinition/600000000001'),
      ...Array<string>(2).fill('MedicinalProductDefinition/600000000002'),
    ]);
  });

  test('with a repeated parameter find only the records that match both values', async () => {
    const both = await search.client.all(
      '/Ingredient?for=ManufacturedItemDefinition/20000000100&for=AdministrableProductDefinition/30000000100',
    );
    const either = await search.client.all('/Ingredient?for=20000000100,30000000100');
    expect([both.length, either.length]).toEqual([1, 4]);
  });

  test('by POST _search give the same rows as by GET, and their `next` links can be followed', async () => {
    const body = new URLSearchParams({ for: '20000000100,20000000200', _count: '3' });
    const posted = await search.client.bundle('/Ingredient/_search', { method: 'POST', body });
    const got = await search.client.bundle(`/Ingredient?${body}`);
    expect(posted.total).toBe(8);
    expect(resourcesOf(posted)).toEqual(resourcesOf(got));
    expect(await search.client.all(nextOf(posted) ?? '')).toHaveLength(5);
  });

  test('by a POST that is too long for a URL can be read to the last page', async () => {
    const items = ofType('ManufacturedItemDefinition').map(keyOf);
    const ids = Array.from({ length: 500 }, () => items)
      .flat()
      .slice(0, 5_000);
    const body = new URLSearchParams({ for: ids.join(','), _count: '100' });
    const first = await search.client.bundle('/Ingredient/_search', { method: 'POST', body });
    const rest = await search.client.all(nextOf(first) ?? '');
    expect(resourcesOf(first).length + rest.length).toBe(first.total);
  });

  test.each([
    ['untyped', '600000000059'],
    ['versioned', '600000000060'],
    ['absolute', '600000000061'],
  ])('find records with %s references', async (_, id) => {
    const tail = id.slice(5);
    const packs = await search.client.all(
      `/PackagedProductDefinition?package-for=MedicinalProductDefinition/${id}`,
    );
    const ingredients = await search.client.all(`/Ingredient?for=ManufacturedItemDefinition/20${tail}00`);
    expect([packs.length, ingredients.length]).toEqual([2, 2]);
  });

  test('by `manufactured-item` find items of the outermost packaging only', async () => {
    expect(await search.client.all('/PackagedProductDefinition?manufactured-item=20000000100')).toEqual([]);
    expect(await search.client.all('/PackagedProductDefinition?manufactured-item=20000001400')).toHaveLength(
      1,
    );
  });

  test('by a token find records by code, and by system with code, but not by another system', async () => {
    const system = 'http://spor.ema.europa.eu/v1/lists/100000072050';
    const byCode = await search.client.all('/Ingredient?role=100000072073');
    const both = await search.client.all(`/Ingredient?role=${encodeURIComponent(`${system}|100000072073`)}`);
    expect(byCode.length).toBeGreaterThan(1);
    expect(both).toEqual(byCode);
    expect(await search.client.all('/Ingredient?role=urn:other|100000072073')).toEqual([]);
    expect(await search.client.all('/Ingredient?role=|100000072073')).toEqual([]);
  });

  test('find authorizations by number, procedure and holder', async () => {
    const byNumber = await search.client.all('/RegulatedAuthorization?identifier=EU/1/24/9001/002');
    const byCase = await search.client.all('/RegulatedAuthorization?case=EMEA/H/C/009012');
    const byHolder = await search.client.all('/RegulatedAuthorization?holder=ORG-100900008');
    expect(byNumber.map(keyOf)).toEqual(['RegulatedAuthorization/10000000102']);
    expect(byCase).toHaveLength(6);
    expect(byHolder.length).toBeGreaterThan(5);
  });

  test('with `_elements` return the requested and the mandatory elements, and the tag SUBSETTED', async () => {
    const [resource] = await search.client.all('/Ingredient?_id=40000000100&_elements=role');
    expect(Object.keys(resource ?? {}).sort()).toEqual(['id', 'meta', 'resourceType', 'role']);
    expect(resource?.meta?.tag?.map(({ code }) => code)).toContain('SUBSETTED');
  });

  test('by `_id` find the records of several ids', async () => {
    const found = await search.client.all(
      '/ManufacturedItemDefinition?_id=20000000101,20000000100,20000000500,nothing',
    );
    expect(found.map(({ id }) => id)).toEqual(['20000000100', '20000000500']);
  });

  test('also find organizations and substances by name and code', async () => {
    expect(await search.client.all('/Organization?name=o%27rell')).toHaveLength(1);
    expect(await search.client.all('/SubstanceDefinition?code=100000090270')).toHaveLength(1);
    expect(await search.client.all('/SubstanceDefinition?name=simva')).toHaveLength(1);
  });

  test.each([
    '/Ingredient?colour=blue',
    '/Ingredient?role:exact=1',
    '/MedicinalProductDefinition?name:missing=true',
    '/PackagedProductDefinition?_include=PackagedProductDefinition:package-for',
  ])('by %s are refused, because the parameter does not exist', async (path) => {
    const outcome = await search.client.outcome(path);
    expect(outcome).toMatchObject({
      status: 400,
      resourceType: 'OperationOutcome',
      issue: [{ code: 'not-supported' }],
    });
  });

  test('find the same records as a loop over all resources', async () => {
    for (const { id } of ofType('AdministrableProductDefinition').slice(0, 20)) {
      const expected = ofType<Ingredient>('Ingredient').filter((ingredient) =>
        ingredient.for?.some(({ reference }) => reference?.replace(/\/_history.*/, '').endsWith(id ?? '')),
      );
      const found = await search.client.all(`/Ingredient?for=AdministrableProductDefinition/${id ?? ''}`);
      expect(found.map(keyOf)).toEqual(expected.map(keyOf));
    }
  });
});
