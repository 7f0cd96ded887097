/**
 * Malformed elements: the error has the path of the field, and only the parents of the element fail. The proof `mutations`
 * tries every node.
 */
import type { Resource } from 'fhir/r5.js';
import { afterEach, describe, expect, it } from 'vitest';
import { startSpoiltUpstream } from '../prove/mutations/upstream.js';
import { mutated } from '../prove/mutations/mutate.js';
import { startFacade, type GraphqlAnswer } from '../support/service.js';
import { oneIn } from '../support/tier.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const profiles = ['everything', 'search', 'include'] as const;
type Profile = (typeof profiles)[number];

const marketing = { coding: [{ code: '220000000061' }] };
const active = { coding: [{ code: '100000072072' }] };
const records = ['A', 'B', 'C'].flatMap((id) => [
  {
    resourceType: 'MedicinalProductDefinition',
    id,
    identifier: [{ value: `N-${id}` }],
    name: [{ productName: `Alpha ${id}` }],
  },
  {
    resourceType: 'PackagedProductDefinition',
    id: `${id}-p`,
    identifier: [{ value: `P-${id}-1` }],
    packageFor: [{ reference: `MedicinalProductDefinition/${id}` }],
    packaging: {
      containedItem: [{ item: { reference: { reference: `ManufacturedItemDefinition/${id}-m` } } }],
    },
  },
  { resourceType: 'ManufacturedItemDefinition', id: `${id}-m` },
  {
    resourceType: 'Ingredient',
    id: `${id}-i`,
    for: [{ reference: `ManufacturedItemDefinition/${id}-m` }],
    role: active,
    substance: { code: { concept: { coding: [{ code: '100000090079' }] } } },
  },
  {
    resourceType: 'RegulatedAuthorization',
    id: `${id}-a`,
    type: marketing,
    identifier: [{ value: `EU/1/${id}/001` }],
    subject: [{ reference: `PackagedProductDefinition/${id}-p` }],
    holder: { display: `Holder ${id}` },
  },
]) as unknown as readonly Resource[];

/** Returns the answers over an upstream with one malformed record or bundle entry. */
async function answerOver(
  profile: Profile,
  spoilt: string,
  spoil: (entry: { readonly resource?: unknown }) => unknown,
  query: string,
): Promise<GraphqlAnswer> {
  const upstream = await startSpoiltUpstream(profile, records);
  const facade = await startFacade({ kind: 'fhir', baseUrl: upstream.baseUrl }, { profile });
  stops.push(
    () => facade.stop(),
    () => upstream.stop(),
  );
  upstream.spoils.set(spoilt, spoil);
  upstream.isSpoiling = true;
  return facade.query(query);
}

function at(
  path: readonly (string | number)[],
  value?: unknown,
): (entry: { readonly resource?: unknown }) => unknown {
  return (entry) => ({ ...entry, resource: mutated(entry.resource as never, path, value as never) });
}

function codesOf({ errors = [] }: GraphqlAnswer): readonly (readonly [string | undefined, string])[] {
  return errors.map(({ path = [], extensions }) => [path.join('.'), extensions.code]);
}

describe.each(oneIn(2, profiles))('with the profile `%s`', (profile) => {
  it.each([
    ['missing', undefined],
    ['a number', 5],
  ])(
    'an authorization whose subject is %s is not returned as the product’s, and its list is reported incomplete',
    async (_what, value) => {
      const answer = await answerOver(
        profile,
        'RegulatedAuthorization/A-a',
        at(['subject'], value),
        `{ product(id: "A") { authorizations { id } marketingAuthorization { number }
         packages { nodes { id marketingAuthorizationNumber authorizations { id } } } } }`,
      );
      expect(answer.data).toEqual({
        product: {
          // A search finds the authorization for the package, but not for the product.
          authorizations: profile === 'everything' ? null : [],
          marketingAuthorization: null,
          packages: {
            nodes: [{ id: 'Package:A-p', marketingAuthorizationNumber: null, authorizations: null }],
          },
        },
      });
      expect(new Set(codesOf(answer).map(([, code]) => code))).toEqual(new Set(['UPSTREAM_INCOMPLETE']));
    },
  );

  it.each(['role', 'substance'])(
    'an ingredient whose `%s` is a number makes `activeSubstances` null with UPSTREAM_BAD_RESPONSE',
    async (element) => {
      const answer = await answerOver(
        profile,
        'Ingredient/A-i',
        at([element], 5),
        `{ product(id: "A") { name activeSubstances { concept { code } }
         ingredients { totalCount nodes { id roleKind substance { concept { code } } } } } }`,
      );
      expect(answer.data).toMatchObject({
        product: {
          name: 'Alpha A',
          activeSubstances: null,
          ingredients: { totalCount: 1, nodes: [{ id: 'Ingredient:A-i' }] },
        },
      });
      expect(codesOf(answer)).toContainEqual(['product.activeSubstances', 'UPSTREAM_BAD_RESPONSE']);
      expect(codesOf(answer)).toContainEqual([
        `product.ingredients.nodes.0.${element === 'role' ? 'roleKind' : element}`,
        'UPSTREAM_BAD_RESPONSE',
      ]);
    },
  );

  it.each([
    ['a number as its packaging', at(['packaging'], 5)],
    ['a number as the item of its packaging', at(['packaging', 'containedItem', 0, 'item'], 5)],
  ])('a package with %s fails only in its field `manufacturedItems`', async (_what, spoil) => {
    const answer = await answerOver(
      profile,
      'PackagedProductDefinition/A-p',
      spoil,
      '{ product(id: "A") { packages { nodes { id manufacturedItems { id } } } } }',
    );
    expect(answer.data).toEqual({
      product: { packages: { nodes: [{ id: 'Package:A-p', manufacturedItems: null }] } },
    });
    expect(codesOf(answer)).toEqual([
      ['product.packages.nodes.0.manufacturedItems', 'UPSTREAM_BAD_RESPONSE'],
    ]);
  });

  it.each([
    ['a Bundle entry without a record', () => ({})],
    ['a Bundle entry that is a number', () => 5],
    ['a package that does not say of which product it is', at(['packageFor'])],
    ['a package that names its product by a number', at(['packageFor', 0, 'reference'], 5)],
  ])('%s does not affect the package lists of other products', async (_what, spoil) => {
    const answer = await answerOver(
      profile,
      'PackagedProductDefinition/B-p',
      spoil,
      '{ products(first: 10) { nodes { pmsId packages { totalCount nodes { id } pageInfo { complete } } } } }',
    );
    expect(codesOf(answer)).toEqual([]);
    const { nodes } = (
      answer.data as { readonly products: { readonly nodes: readonly { readonly pmsId: string }[] } }
    ).products;
    const whole = (id: string): object => ({
      pmsId: id,
      packages: { totalCount: 1, nodes: [{ id: `Package:${id}-p` }], pageInfo: { complete: true } },
    });
    expect(nodes.filter(({ pmsId }) => pmsId !== 'B')).toEqual([whole('A'), whole('C')]);
    const own = nodes.find(({ pmsId }) => pmsId === 'B');
    // A package in a product's bundle belongs to the product, whatever its reference names.
    const isInBundle = profile === 'everything' && _what.startsWith('a package');
    expect(own).toEqual(
      isInBundle
        ? whole('B')
        : { pmsId: 'B', packages: { totalCount: null, nodes: [], pageInfo: { complete: false } } },
    );
  });

  it('a product with a malformed name is left out of a filter by name, and the list is marked NOT_TOLD', async () => {
    const answer = await answerOver(
      profile,
      'MedicinalProductDefinition/B',
      at(['name', 0, 'productName'], 5),
      '{ products(filter: { nameStartsWith: "Alpha" }) { totalCount nodes { pmsId } pageInfo { complete } } }',
    );
    expect(answer.data).toEqual({
      products: {
        totalCount: null,
        nodes: [{ pmsId: 'A' }, { pmsId: 'C' }],
        pageInfo: { complete: false },
      },
    });
    expect(answer.extensions).toMatchObject({ upstream: { incomplete: [{ reason: 'NOT_TOLD' }] } });
  });

  it('a product with a malformed identifier makes the lookup of its number UNSEARCHABLE', async () => {
    const answer = await answerOver(
      profile,
      'MedicinalProductDefinition/A',
      at(['identifier', 0, 'value'], 5),
      '{ lookup(terms: ["N-A"]) { term kind matches { product { pmsId } } } }',
    );
    expect([answer.errors, answer.data]).toEqual([
      undefined,
      { lookup: [{ term: 'N-A', kind: 'UNSEARCHABLE', matches: [] }] },
    ]);
  });
});

interface LookedUp {
  readonly term: string;
  readonly kind: string;
  readonly matches: readonly { readonly product: { readonly pmsId: string } }[];
}

interface Found {
  readonly nodes: readonly { readonly pmsId: string }[];
  readonly pageInfo: { readonly complete: boolean };
}

describe('a malformed element of a record in the index', () => {
  /** Returns an index over products A, B and C, in which one element of B or of its children is malformed. */
  async function indexOver(
    spoilt: string,
    path: readonly (string | number)[],
    value: unknown,
  ): Promise<(text: string) => Promise<GraphqlAnswer>> {
    const upstream = await startSpoiltUpstream('everything', records);
    upstream.spoils.set(spoilt, at(path, value));
    upstream.isSpoiling = true;
    const facade = await startFacade(
      { kind: 'fhir', baseUrl: upstream.baseUrl },
      { profile: 'everything', index: true, cacheTtlMs: 600_000 },
    );
    stops.push(
      () => facade.stop(),
      () => upstream.stop(),
    );
    return facade.query;
  }

  /** Returns the kinds of the lookups, with the products found. */
  async function kindsOver(
    spoilt: string,
    path: readonly (string | number)[],
    value: unknown,
    terms: string,
  ): Promise<Readonly<Record<string, string>>> {
    const query = await indexOver(spoilt, path, value);
    const { data, errors } = await query(
      `{ lookup(terms: ${terms}) { term kind matches { product { pmsId } } } }`,
    );
    expect(errors).toEqual(undefined);
    return Object.fromEntries(
      (data as { readonly lookup: readonly LookedUp[] }).lookup.map(({ term, kind, matches }) => [
        term,
        [kind, ...matches.map(({ product }) => product.pmsId)].join(' '),
      ]),
    );
  }

  it.each([
    ['a product number', 'MedicinalProductDefinition/B', ['identifier', 0, 'value'], 5, 'N-B'],
    ['all product numbers', 'MedicinalProductDefinition/B', ['identifier'], 'N-B', 'N-B'],
    ['a product name', 'MedicinalProductDefinition/B', ['name', 0, 'productName'], {}, 'Alpha B'],
    [
      'the number of an authorization',
      'RegulatedAuthorization/B-a',
      ['identifier', 0, 'value'],
      [],
      'EU/1/B/001',
    ],
  ] as const)(
    'instead of %s makes lookup terms UNSEARCHABLE that the record may contain',
    async (_what, record, path, value, term) => {
      const kinds = await kindsOver(record, path, value, `["${term}", "N-C", "N-Z"]`);
      expect(kinds).toEqual({ [term]: 'UNSEARCHABLE', 'N-C': 'UNSEARCHABLE C', 'N-Z': 'UNSEARCHABLE' });
    },
  );

  it.each([
    ['an authorization', 'RegulatedAuthorization/B-a', ['identifier', 0, 'value'], []],
    ['a product', 'MedicinalProductDefinition/B', ['identifier'], 'N-B'],
  ] as const)(
    'instead of the number of %s does not affect the lookup of names',
    async (_what, record, path, value) => {
      const kinds = await kindsOver(
        record,
        path,
        value,
        '["Alpha C", "Alpha B", "Omega plus", "EU/1/99/999"]',
      );
      expect(kinds).toEqual({
        'Alpha C': 'EXACT C',
        'Alpha B': 'EXACT B',
        'Omega plus': 'NONE',
        'EU/1/99/999': 'UNSEARCHABLE',
      });
    },
  );

  it('instead of a substance code makes lookups of substances UNSEARCHABLE, with the known matches', async () => {
    const terms = '["100000090079", "Nobodium", "N-C"]';
    const kinds = await kindsOver('Ingredient/B-i', ['substance', 'code'], 5, terms);
    expect(kinds).toEqual({
      '100000090079': 'UNSEARCHABLE A C',
      Nobodium: 'UNSEARCHABLE',
      'N-C': 'EXACT C',
    });
  });

  /** Returns a function that searches a text, and returns the products found and whether they are complete. */
  function searchingOver(
    query: (text: string) => Promise<GraphqlAnswer>,
  ): (text: string) => Promise<unknown> {
    return async (text) => {
      const { data, errors } = await query(
        `{ searchProducts(text: "${text}", first: 5) { nodes { pmsId } pageInfo { complete } } }`,
      );
      expect(errors).toBeUndefined();
      const { nodes, pageInfo } = (data as { readonly searchProducts: Found }).searchProducts;
      const ids = nodes.map(({ pmsId }) => pmsId).sort();
      return [ids.join(''), pageInfo.complete];
    };
  }

  it.each([
    ['a product name', 'MedicinalProductDefinition/B', ['name', 0, 'productName']],
    ['a substance code', 'Ingredient/B-i', ['substance', 'code']],
    ['a packaging, which a text search does not read,', 'PackagedProductDefinition/B-p', ['packaging']],
  ] as const)(
    'instead of %s marks a text search incomplete exactly if its words may be in that element',
    async (what, record, path) => {
      const query = await indexOver(record, path, 5);
      const asked = searchingOver(query);
      const isTold = what.startsWith('a packaging');
      // Search texts still find the readable parts of the product.
      expect(await asked('alpha')).toEqual([
        what === 'a product name' ? 'AC' : 'ABC',
        isTold || what === 'a substance code',
      ]);
      expect(await asked('nobodium')).toEqual(['', isTold]);
    },
  );

  it.each([
    ['the number of a package', 'PackagedProductDefinition/B-p', ['identifier']],
    ['the number of a product', 'MedicinalProductDefinition/B', ['identifier']],
    ['the number of an authorization', 'RegulatedAuthorization/B-a', ['identifier']],
  ] as const)(
    'instead of %s marks the search for a number incomplete, and no search for words',
    async (_what, record, path) => {
      const query = await indexOver(record, path, 5);
      const asked = searchingOver(query);
      expect(await asked('alpha')).toEqual(['ABC', true]);
      expect(await asked('EU/9/99/999')).toEqual(['', false]);
    },
  );

  it.each(['text: "alpha"', 'filter: { name: "Alpha" }'])(
    'instead of a product name makes the facets of the search `%s` incomplete (NOT_TOLD)',
    async (asked) => {
      const counted = `{ searchProducts(${asked}) { facets(fields: [STATUS]) { missing other values { count } } } }`;
      const query = await indexOver('MedicinalProductDefinition/B', ['name', 0, 'productName'], 5);
      const { errors, extensions } = await query(counted);
      expect(errors).toBeUndefined();
      expect(extensions).toMatchObject({
        upstream: { incomplete: [{ path: ['searchProducts'], reason: 'NOT_TOLD' }] },
      });
      const sound = await indexOver('nobody', [], 5);
      expect((await sound(counted)).extensions).toMatchObject({ upstream: { incomplete: [] } });
    },
  );

  it('is the only cause of UNSEARCHABLE: without one, a lookup answers EXACT or NONE', async () => {
    const kinds = await kindsOver('nobody', [], undefined, '["N-B", "N-Z"]');
    expect(kinds).toEqual({ 'N-B': 'EXACT B', 'N-Z': 'NONE' });
  });
});
