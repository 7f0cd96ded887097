/**
 * Includes of the sandbox: which resources are included with the matches of a page, and what the CapabilityStatement
 * declares.
 */

import type {
  Bundle,
  CapabilityStatement,
  Ingredient,
  MedicinalProductDefinition,
  PackagedProductDefinition,
  Resource,
} from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { connect, keyOf, nextOf, resourcesOf, type Client } from './client.js';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
  sandbox = await startSandbox({ profile: 'include' });
  client = await connect(sandbox);
});

afterAll(() => sandbox.stop());

const product = '/MedicinalProductDefinition?_id=600000000014';
const wholeTree =
  '_revinclude=PackagedProductDefinition:package-for' +
  '&_revinclude=AdministrableProductDefinition:form-of' +
  '&_include:iterate=PackagedProductDefinition:manufactured-item' +
  '&_revinclude:iterate=Ingredient:for';

function keysOf(bundle: Bundle, mode: 'match' | 'include'): string[] {
  return (bundle.entry ?? [])
    .filter(({ search }) => search?.mode === mode)
    .map(({ resource }) => keyOf(resource as Resource));
}

function typesOf(keys: readonly string[]): string[] {
  return [...new Set(keys.map((key) => key.split('/')[0] ?? ''))].sort();
}

describe('included resources of the sandbox', () => {
  test('are after the matches on a page, and the total counts only the matches', async () => {
    const bundle = await client.bundle(
      '/MedicinalProductDefinition?_id=600000000001,600000000002&_revinclude=PackagedProductDefinition:package-for',
    );
    expect(bundle.total).toBe(2);
    expect(bundle.entry?.map(({ search }) => search?.mode)).toEqual([
      ...Array<string>(2).fill('match'),
      ...Array<string>(5).fill('include'),
    ]);
    expect(typesOf(keysOf(bundle, 'include'))).toEqual(['PackagedProductDefinition']);
    expect(bundle.link?.[0]?.url).toContain('_revinclude=');
  });

  test('by `_include` are those to which a match refers', async () => {
    const bundle = await client.bundle(
      '/RegulatedAuthorization?_id=10000000102&_include=RegulatedAuthorization:holder&_include=RegulatedAuthorization:subject',
    );
    expect(typesOf(keysOf(bundle, 'include'))).toEqual(['Organization', 'PackagedProductDefinition']);
  });

  test.each(['manufactured-item', 'contained-item'])(
    'by `%s` are those of the outermost packaging only',
    async (name) => {
      const path = `_include=PackagedProductDefinition:${name}`;
      const nested = await client.bundle(`/PackagedProductDefinition?package-for=600000000001&${path}`);
      const outermost = await client.bundle(`/PackagedProductDefinition?package-for=600000000014&${path}`);
      expect(keysOf(nested, 'include')).toEqual([]);
      expect(typesOf(keysOf(outermost, 'include'))).toEqual(['ManufacturedItemDefinition']);
    },
  );

  test('lead to further included resources only with `:iterate`', async () => {
    const iterating = await client.bundle(`${product}&${wholeTree}`);
    const plain = await client.bundle(
      `${product}&_revinclude=PackagedProductDefinition:package-for&_revinclude=Ingredient:for`,
    );
    expect(typesOf(keysOf(iterating, 'include'))).toEqual([
      'AdministrableProductDefinition',
      'Ingredient',
      'ManufacturedItemDefinition',
      'PackagedProductDefinition',
    ]);
    expect(typesOf(keysOf(plain, 'include'))).toEqual(['PackagedProductDefinition']);
  });

  test('by `_include:iterate` include those to which the matches refer', async () => {
    const bundle = await client.bundle(
      '/RegulatedAuthorization?_id=10000000102&_include:iterate=RegulatedAuthorization:subject',
    );
    expect(keysOf(bundle, 'include')).toHaveLength(1);
  });

  test('are of the given target type if a reference may have several types', async () => {
    const path = '/Ingredient?for=20000000100,30000000100&_include=Ingredient:for';
    const [all, items] = [
      await client.bundle(path),
      await client.bundle(`${path}:ManufacturedItemDefinition`),
    ];
    expect(typesOf(keysOf(all, 'include'))).toEqual([
      'AdministrableProductDefinition',
      'ManufacturedItemDefinition',
    ]);
    expect(typesOf(keysOf(items, 'include'))).toEqual(['ManufacturedItemDefinition']);
  });

  test('by `_revinclude` refer to matches of the target type', async () => {
    const path =
      '/MedicinalProductDefinition?_id=600000000001&_revinclude=PackagedProductDefinition:package-for&_revinclude:iterate=RegulatedAuthorization:subject';
    const bundle = await client.bundle(`${path}:PackagedProductDefinition`);
    const authorizations = resourcesOf(bundle).filter(
      ({ resourceType }) => resourceType === 'RegulatedAuthorization',
    );
    expect(authorizations.length).toBeGreaterThan(0);
    expect(
      JSON.stringify(authorizations.map((each) => (each as { subject?: unknown }).subject)),
    ).not.toContain('MedicinalProductDefinition');
  });

  test('are on the page of their match, and occur once', async () => {
    const path =
      '/Ingredient?role=100000072072&_count=20&_include=Ingredient:for&_include=Ingredient:substance-definition';
    const matches: string[] = [];
    let pages = 0;
    for (let next: string | undefined = path; next !== undefined; pages += 1) {
      const page: Bundle = await client.bundle(next);
      const keys = resourcesOf(page).map(keyOf);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keysOf(page, 'match').length).toBeLessThanOrEqual(20);
      expect(new Set(keysOf(page, 'include'))).toEqual(targetsOn(page));
      matches.push(...keysOf(page, 'match'));
      next = nextOf(page);
    }
    expect(pages).toBeGreaterThan(2);
    expect(matches).toEqual((await client.all('/Ingredient?role=100000072072')).map(keyOf));
  });

  test('do not contain a match again', async () => {
    const bundle = await client.bundle(
      '/Organization?_id=ORG-100900001&_revinclude=RegulatedAuthorization:holder&_include:iterate=RegulatedAuthorization:holder',
    );
    expect(keysOf(bundle, 'include')).not.toContain('Organization/ORG-100900001');
    expect(keysOf(bundle, 'include').length).toBeGreaterThan(0);
  });

  test.each([
    ['untyped', '600000000059'],
    ['versioned', '600000000060'],
    ['absolute', '600000000061'],
  ])('include those with %s references', async (_, id) => {
    const bundle = await client.bundle(`/MedicinalProductDefinition?_id=${id}&${wholeTree}`);
    const back = await client.bundle(
      `/PackagedProductDefinition?package-for=${id}&_include=PackagedProductDefinition:package-for`,
    );
    expect(typesOf(keysOf(bundle, 'include'))).toContain('Ingredient');
    expect(keysOf(back, 'include')).toEqual([`MedicinalProductDefinition/${id}`]);
  });

  test('are the same for POST _search as for GET on every page', async () => {
    const body = new URLSearchParams({
      'package-for': '600000000014,600000000001',
      _count: '1',
      _include: 'PackagedProductDefinition:package-for',
    });
    const first = await client.bundle('/PackagedProductDefinition/_search', { method: 'POST', body });
    const second = await client.bundle(nextOf(first) ?? '');
    expect([keysOf(first, 'include').length, keysOf(second, 'include').length]).toEqual([1, 1]);
  });

  test.each([
    '_include=PackagedProductDefinition:colour',
    '_include=PackagedProductDefinition:status',
    '_include=PackagedProductDefinition',
    '_include=Ingredient:for',
    '_include:recurse=PackagedProductDefinition:package-for',
    '_include=PackagedProductDefinition:package-for:Ingredient',
    '_revinclude=Ingredient:for',
    '_revinclude:iterate=Nonsense:for',
  ])('by the parameter %s are refused in a search for packages', async (inclusion) => {
    expect(await client.outcome(`/PackagedProductDefinition?${inclusion}`)).toMatchObject({
      status: 400,
      issue: [{ code: 'not-supported' }],
    });
  });
});

/** Returns the keys to which the ingredients of a page refer, by a plain walk. */
function targetsOn(page: Bundle): Set<string> {
  const held = new Set(sandbox.resources.map(keyOf));
  const ingredients = (page.entry ?? [])
    .filter(({ search }) => search?.mode === 'match')
    .map(({ resource }) => resource as Ingredient);
  const named = ingredients.flatMap((ingredient) => [
    ...(ingredient.for ?? []).map(({ reference = '' }) => plain(reference)),
    ingredient.substance.code.reference?.reference ?? '',
  ]);
  return new Set(named.filter((key) => held.has(key)));
}

/** Returns the key of a reference, in whatever form it is written. */
function plain(reference: string): string {
  const key = reference.replace(/\/_history.*/, '').replace(/^.*\/([A-Z]\w+\/[^/]+)$/, '$1');
  if (key.includes('/')) return key;
  return `${key.startsWith('2') ? 'ManufacturedItem' : 'AdministrableProduct'}Definition/${key}`;
}

describe('the parameter `_elements` of the sandbox, with includes,', () => {
  const path = `${product}&_revinclude=PackagedProductDefinition:package-for`;

  test('reduces every resource if it has an element name without a type', async () => {
    const resources = resourcesOf(await client.bundle(`${path}&_elements=identifier,packageFor`));
    for (const resource of resources) {
      expect(Object.keys(resource).filter((name) => !/^(resourceType|id|meta)$/.test(name))).not.toContain(
        'packaging',
      );
      expect(resource.meta?.tag?.at(-1)).toEqual({
        system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
        code: 'SUBSETTED',
      });
    }
    expect(resources.length).toBeGreaterThan(1);
  });

  test('reduces resources of one type if it has an element name with this type', async () => {
    const bundle = await client.bundle(
      `${path}&_elements=PackagedProductDefinition.packageFor,PackagedProductDefinition.status`,
    );
    const [whole, ...packs] = resourcesOf(bundle) as [
      MedicinalProductDefinition,
      ...PackagedProductDefinition[],
    ];
    expect(whole).toEqual((await client.all(product))[0]);
    expect(packs.map((pack) => Object.keys(pack).sort())).toEqual(
      packs.map(() => ['id', 'meta', 'packageFor', 'resourceType', 'status']),
    );
  });
});

describe('the CapabilityStatement of the sandbox', () => {
  test('declares exactly the includes that work', async () => {
    const statement = JSON.parse((await client.send('/metadata')).text) as CapabilityStatement;
    const types = statement.rest?.[0]?.resource ?? [];
    const everyJoin = [...new Set(types.flatMap(({ searchInclude }) => searchInclude ?? []))];
    expect(everyJoin).toContain('PackagedProductDefinition:manufactured-item');
    for (const { type, interaction, searchInclude = [], searchRevInclude = [], operation } of types) {
      expect(interaction).toEqual([{ code: 'read' }, { code: 'search-type' }]);
      expect(operation).toBeUndefined();
      for (const join of everyJoin) {
        const include = await client.send(`/${type}?_count=0&_include=${join}`);
        const revInclude = await client.send(`/${type}?_count=0&_revinclude=${join}`);
        expect([join, include.status, revInclude.status]).toEqual([
          join,
          searchInclude.includes(join) ? 200 : 400,
          searchRevInclude.includes(join) ? 200 : 400,
        ]);
      }
    }
  });

  test('declares which resources may be included with a product', async () => {
    const statement = JSON.parse((await client.send('/metadata')).text) as CapabilityStatement;
    const types = statement.rest?.[0]?.resource ?? [];
    const found = types.find(({ type }) => type === 'MedicinalProductDefinition');
    expect(found?.searchInclude).toEqual([
      'MedicinalProductDefinition:contact',
      'MedicinalProductDefinition:master-file',
    ]);
    expect(found?.searchRevInclude).toEqual([
      'PackagedProductDefinition:package-for',
      'Ingredient:for',
      'RegulatedAuthorization:subject',
      'AdministrableProductDefinition:form-of',
      'ClinicalUseDefinition:subject',
      'ClinicalUseDefinition:product',
    ]);
  });
});
