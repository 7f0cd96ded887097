/** Records that could not be read are not reported as absent, as dangling or as complete. */
import type { Resource } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { startFacade, startTestService, type GraphqlAnswer } from '../support/service.js';
import { json, searchset, startUpstream, type Asked } from '../support/upstream.js';

const product = { resourceType: 'MedicinalProductDefinition', id: 'X', name: [{ productName: 'Alpha' }] };
const marketing = { coding: [{ code: '220000000061' }] };
const authorization = {
  resourceType: 'RegulatedAuthorization',
  id: 'ra',
  type: marketing,
  subject: [{ reference: 'MedicinalProductDefinition/X' }],
};

/** Returns the answer over an upstream that offers products and `$everything`, with the given responses by path. */
async function answerOver(paths: Readonly<Record<string, unknown>>, query: string): Promise<GraphqlAnswer> {
  const upstream = await startUpstream(({ url }: Asked, response) => {
    const body = paths[url];
    if (typeof body === 'number') response.writeHead(body).end();
    else if (body === undefined) json(response, { resourceType: 'OperationOutcome', issue: [] }, 404);
    else json(response, body);
  });
  const facade = await startFacade({ kind: 'fhir', baseUrl: new URL(upstream.origin) });
  const answer = await facade.query(query);
  await facade.stop();
  return answer;
}

const everything = '/MedicinalProductDefinition/X/$everything';
const bundled = (...resources: readonly object[]): Record<string, unknown> => ({
  [everything]: searchset([product, ...resources]),
});

function codesOf({ errors = [] }: GraphqlAnswer): readonly string[] {
  return errors.map(({ extensions }) => extensions.code);
}

function gapsOf({
  extensions,
}: GraphqlAnswer): readonly { readonly reason: string; readonly reference?: string }[] {
  return (extensions['upstream'] as { readonly incomplete: readonly { readonly reason: string }[] })
    .incomplete;
}

describe('a product whose record is not in its $everything bundle', () => {
  const document = '{ product(id: "X") { pmsId packages { totalCount } } }';

  it('fails with UPSTREAM_INCOMPLETE if a page of the bundle cannot be read', async () => {
    const pack = { resourceType: 'PackagedProductDefinition', id: 'p' };
    const paths = { [everything]: searchset([pack], `${everything}?page=2`), [`${everything}?page=2`]: 503 };
    const answer = await answerOver(paths, document);
    expect(answer.data).toEqual({ product: null });
    expect(codesOf(answer)).toEqual(['UPSTREAM_INCOMPLETE']);
  });

  it('is read by its id if the complete bundle lacks the record', async () => {
    const pack = {
      resourceType: 'PackagedProductDefinition',
      id: 'p',
      packageFor: [{ reference: 'MedicinalProductDefinition/X' }],
    };
    const paths = { [everything]: searchset([pack]), '/MedicinalProductDefinition/X': product };
    const { data } = await answerOver(paths, document);
    expect(data).toEqual({ product: { pmsId: 'X', packages: { totalCount: 1 } } });
  });

  it('fails with UPSTREAM_UNSUPPORTED, and is not reported as nonexistent, if the upstream answers 404 with a web page', async () => {
    const upstream = await startUpstream((_asked, response) =>
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>'),
    );
    const facade = await startFacade({ kind: 'fhir', baseUrl: new URL(upstream.origin) });
    const answer = await facade.query('{ product(id: "X") { pmsId } }');
    await facade.stop();
    expect([answer.data, codesOf(answer)]).toEqual([{ product: null }, ['UPSTREAM_UNSUPPORTED']]);
  });
});

describe('a product that does not exist', () => {
  it.each([
    [
      'with the error UPSTREAM_UNSUPPORTED, without read and $everything',
      'absent',
      'absent',
      ['UPSTREAM_UNSUPPORTED'],
    ],
    ['without an error, with $everything only', 'absent', 'present', []],
    ['without an error, with read by id only', 'present', 'absent', []],
  ] as const)('is null %s', async (_how, read, everything, codes) => {
    const service = await startTestService({ profile: 'auto', sandbox: { guise: { read, everything } } });
    const answer = await service.query('{ product(id: "0") { pmsId packages { totalCount } } }');
    await service.stop();
    expect([answer.data, codesOf(answer)]).toEqual([{ product: null }, codes]);
  });
});

describe('a product whose $everything gets 404', () => {
  it('is null if it does not exist, and fails if the upstream no longer offers $everything', async () => {
    const service = await startTestService({ profile: 'everything' });
    const packages = '{ ... on Product { packages { totalCount } } }';
    await service.query(`{ nodes(ids: ["Product:600000000001"]) ${packages} }`);
    service.sandbox.clearRequests();
    const ids = ['600000000001', '7', '8', '9'].map((id) => `"Product:${id}"`).join();
    const query = `{ nodes(ids: [${ids}]) ${packages} }`;
    const missing = await service.query(query);
    expect(missing.errors).toBeUndefined();
    expect(missing.data).toMatchObject({ nodes: [{ packages: {} }, null, null, null] });
    expect(service.sandbox.requests).toHaveLength(4);
    service.sandbox.clearRequests();
    const none = await service.query(`{ nodes(ids: ["Product:8", "Product:9"]) ${packages} }`);
    expect([none.errors, none.data]).toEqual([undefined, { nodes: [null, null] }]);
    expect(service.sandbox.requests).toHaveLength(3);
    service.sandbox.setFaults([{ kind: 'status', status: 404, match: '$everything' }]);
    const gone = await service.query(query);
    await service.stop();
    expect(new Set(codesOf(gone))).toEqual(new Set(['UPSTREAM_UNSUPPORTED']));
    expect(gone.data).toMatchObject({ nodes: [{ packages: null }, null, null, null] });
  });
});

describe('records in a $everything bundle', () => {
  it('belong to the bundle’s product if they name it by an identifier, or by an unusable reference', async () => {
    const byIdentifier = { identifier: { system: 'http://ema.europa.eu/fhir/pmsId', value: 'X' } };
    const { data, errors } = await answerOver(
      bundled(
        { resourceType: 'PackagedProductDefinition', id: 'p1', packageFor: [byIdentifier] },
        { resourceType: 'PackagedProductDefinition', id: 'p2', packageFor: [{ reference: 'urn:uuid:1' }] },
        { resourceType: 'AdministrableProductDefinition', id: 'a', formOf: [byIdentifier] },
        { ...authorization, subject: [byIdentifier] },
        { resourceType: 'ClinicalUseDefinition', id: 'c', type: 'indication', subject: [byIdentifier] },
      ),
      `{ product(id: "X") { packages { nodes { id } } administrableProducts { id }
         authorizations { id } clinicalUses { id } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      product: {
        packages: { nodes: [{ id: 'Package:p1' }, { id: 'Package:p2' }] },
        administrableProducts: [{ id: 'AdministrableProduct:a' }],
        authorizations: [{ id: 'RegulatedAuthorization:ra' }],
        clinicalUses: [{ id: 'ClinicalUse:c' }],
      },
    });
  });

  it('of unsupported types, such as devices, are neither listed, nor reported as gaps or as dangling', async () => {
    const answer = await answerOver(
      bundled({
        resourceType: 'PackagedProductDefinition',
        id: 'p',
        packageFor: [{ reference: 'MedicinalProductDefinition/X' }],
        packaging: {
          containedItem: ['DeviceDefinition/spoon', 'PackagedProductDefinition/k2'].map((reference) => ({
            item: { reference: { reference } },
          })),
        },
      }),
      `{ product(id: "X") { manufacturedItems { id } ingredients { nodes { id } }
         packages { nodes { manufacturedItems { id } packaging { items { item { id } } } } } } }`,
    );
    expect(answer.data).toEqual({
      product: {
        manufacturedItems: [],
        ingredients: { nodes: [] },
        packages: {
          nodes: [{ manufacturedItems: [], packaging: { items: [{ item: null }, { item: null }] } }],
        },
      },
    });
    expect([codesOf(answer), gapsOf(answer)]).toEqual([[], []]);
  });

  it('that refer to a type that no bundle has contained fail with UPSTREAM_UNSUPPORTED, not as dangling', async () => {
    const answer = await answerOver(
      bundled({ ...authorization, holder: { reference: 'Organization/ORG-1' } }),
      '{ product(id: "X") { holder { name } } }',
    );
    expect(answer.data).toEqual({ product: { holder: null } });
    expect([codesOf(answer), gapsOf(answer)]).toEqual([['UPSTREAM_UNSUPPORTED'], []]);
  });

  it('that refer to a record on an unread page get the reason PAGE_FAILED', async () => {
    const contact = [{ contact: { reference: 'Organization/ORG-1', display: 'Fjordvik' } }];
    const answer = await answerOver(
      {
        [everything]: searchset([{ ...product, contact }], `${everything}?page=2`),
        [`${everything}?page=2`]: 503,
      },
      '{ product(id: "X") { contacts { name organization { name country } } } }',
    );
    expect(answer.data).toEqual({
      product: { contacts: [{ name: 'Fjordvik', organization: { name: 'Fjordvik', country: null } }] },
    });
    expect(answer.errors).toBeUndefined();
    expect(gapsOf(answer)).toEqual([
      {
        path: ['product', 'contacts', 0, 'organization'],
        reason: 'PAGE_FAILED',
        reference: 'Organization/ORG-1',
      },
    ]);
  });

  it('about another product do not make the lists of that product complete: its other records are searched for', async () => {
    const names = (...references: string[]): object => references.map((reference) => ({ reference }));
    const owning = (id: string): object[] => [
      { ...product, id },
      {
        resourceType: 'PackagedProductDefinition',
        id,
        packageFor: names(`MedicinalProductDefinition/${id}`),
        packaging: {
          containedItem: [{ item: { reference: { reference: `ManufacturedItemDefinition/${id}` } } }],
        },
      },
      { resourceType: 'ManufacturedItemDefinition', id },
      { resourceType: 'Ingredient', id, for: names(`ManufacturedItemDefinition/${id}`) },
    ];
    const shared = names('ManufacturedItemDefinition/A', 'ManufacturedItemDefinition/B');
    const service = await startTestService({
      profile: 'auto',
      sandbox: {
        profile: 'search',
        guise: { everything: 'present', ignores: ['subject'] },
        resources: [
          ...owning('A'),
          ...owning('B'),
          { resourceType: 'Ingredient', id: 'C', for: shared },
        ] as Resource[],
      },
    });
    const { data, errors } = await service.query(`{ product(id: "A") {
      authorizations { id }
      ingredients { nodes { id manufacturedItems { id ingredients { totalCount } } } }
    } }`);
    await service.stop();
    const item = (id: string): object => ({ id: `ManufacturedItem:${id}`, ingredients: { totalCount: 2 } });
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      product: {
        authorizations: [],
        ingredients: {
          nodes: [
            { id: 'Ingredient:A', manufacturedItems: [item('A')] },
            { id: 'Ingredient:C', manufacturedItems: [item('A'), item('B')] },
          ],
        },
      },
    });
  });

  it('with a packaging that is not an object fail only in the fields of that packaging', async () => {
    const answer = await answerOver(
      bundled({
        resourceType: 'PackagedProductDefinition',
        id: 'p',
        packageFor: [{ reference: 'MedicinalProductDefinition/X' }],
        packaging: {
          containedItem: [{ item: { reference: { reference: 'ManufacturedItemDefinition/gone' } } }],
          packaging: [{ containedItem: 5 }],
        },
      }),
      '{ product(id: "X") { pmsId packages { nodes { id packaging { items { item { id } } } } } } }',
    );
    expect(answer.data).toMatchObject({
      product: { pmsId: 'X', packages: { nodes: [{ id: 'Package:p' }] } },
    });
    expect(new Set(codesOf(answer))).toEqual(new Set(['UPSTREAM_BAD_RESPONSE']));
  });

  it('with a null in `classification` or `name` keep their other values', async () => {
    const { data } = await answerOver(
      { [everything]: searchset([{ ...product, classification: [null], name: [null, ...product.name] }]) },
      '{ product(id: "X") { pmsId atc { code } packages { totalCount } } }',
    );
    expect(data).toEqual({ product: { pmsId: 'X', atc: [], packages: { totalCount: 0 } } });
  });
});

describe('references in a $everything bundle', () => {
  const document = `{ product(id: "X") {
    packages { nodes { id products { pmsId } manufacturedItems { id } } }
    manufacturedItems { id ingredients { nodes { id manufacturedItems { id } } } }
    ingredients { nodes { id } }
    administrableProducts { id product { pmsId } }
  } }`;
  const expected = {
    product: {
      packages: {
        nodes: [
          { id: 'Package:k', products: [{ pmsId: 'X' }], manufacturedItems: [{ id: 'ManufacturedItem:m' }] },
        ],
      },
      manufacturedItems: [
        {
          id: 'ManufacturedItem:m',
          ingredients: { nodes: [{ id: 'Ingredient:i', manufacturedItems: [{ id: 'ManufacturedItem:m' }] }] },
        },
      ],
      ingredients: { nodes: [{ id: 'Ingredient:i' }] },
      administrableProducts: [{ id: 'AdministrableProduct:a', product: { pmsId: 'X' } }],
    },
  };
  /** Records that refer to a product and to an item by the given references. */
  const naming = (aProduct: string, item: string): readonly object[] => [
    { resourceType: 'ManufacturedItemDefinition', id: 'm' },
    {
      resourceType: 'PackagedProductDefinition',
      id: 'k',
      packageFor: [{ reference: aProduct }],
      packaging: { containedItem: [{ item: { reference: { reference: item } } }] },
    },
    { resourceType: 'Ingredient', id: 'i', for: [{ reference: item }] },
    { resourceType: 'AdministrableProductDefinition', id: 'a', formOf: [{ reference: aProduct }] },
  ];

  it.each([
    ['as type and id', 'MedicinalProductDefinition/X', 'ManufacturedItemDefinition/m'],
    ['with types that FHIR does not have', 'XYMedicinalProductDefinition/X', 'XYItem/m'],
    ['as the `fullUrl` of an entry', 'urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9', 'urn:oid:1.2.3'],
  ])('link records if they are written %s', async (_how, aProduct, item) => {
    const names: Readonly<Record<string, string>> = { X: aProduct, m: item };
    const page = bundled(...naming(aProduct, item))[everything] as { entry: { resource: { id: string } }[] };
    const entry = page.entry.map(({ resource }) => ({
      fullUrl: names[resource.id] ?? `urn:uuid:${resource.id}`,
      resource,
    }));
    const answer = await answerOver({ [everything]: { ...page, entry } }, document);
    expect([answer.errors, gapsOf(answer), answer.data]).toEqual([undefined, [], expected]);
  });

  it('of a type that FHIR does not have, to no entry, are reported as dangling', async () => {
    const answer = await answerOver(bundled(...naming('MedicinalProductDefinition/X', 'XYItem/n')), document);
    expect(answer.data).toMatchObject({
      product: {
        packages: { nodes: [{ id: 'Package:k', manufacturedItems: null }] },
        ingredients: { nodes: [{ id: 'Ingredient:i' }] },
      },
    });
    expect(codesOf(answer)).toContain('DANGLING_REFERENCE');
  });
});

describe('an organization', () => {
  const document = '{ product(id: "X") { holder { id name identifiers { value } } } }';

  it.each([
    ['known by a display only', { display: 'Fjordvik' }, 'Fjordvik', []],
    [
      'known by a display and a reference to a missing record',
      { reference: 'Organization/ORG-gone', display: 'Gone' },
      'Gone',
      ['ORG-gone'],
    ],
    ['in `contained` of the referring record', { reference: '#o1' }, 'Contained', ['LOC-1']],
  ])('%s is found again by the id that the service returned', async (_how, holder, name, values) => {
    const contained = [
      { resourceType: 'Organization', id: 'o1', name: 'Contained', identifier: [{ value: 'LOC-1' }] },
    ];
    const service = await startTestService({
      profile: 'search',
      sandbox: { resources: [product, { ...authorization, holder, contained }] as Resource[] },
    });
    const expected = { name, identifiers: values.map((value) => ({ value })) };
    const { data, errors } = await service.query(document);
    const { holder: found } = (data as { product: { holder: { id: string } } }).product;
    expect([errors, found]).toEqual([undefined, { id: found.id, ...expected }]);
    const again = await service.query(
      'query ($id: ID!) { organization(id: $id) { name identifiers { value } } }',
      { id: found.id },
    );
    await service.stop();
    expect(again.data).toEqual({ organization: expected });
  });

  it('known only by an identifier is null with DANGLING_REFERENCE, which names the identifier', async () => {
    const answer = await answerOver(
      bundled({ ...authorization, holder: { identifier: { value: 'ORG-100003918' } } }),
      document,
    );
    expect([answer.data, codesOf(answer)]).toEqual([{ product: { holder: null } }, ['DANGLING_REFERENCE']]);
    expect(gapsOf(answer)).toMatchObject([{ reason: 'DANGLING_REFERENCE', reference: 'ORG-100003918' }]);
  });

  it('as a contact is null if the reference has a type for persons, such as PractitionerRole', async () => {
    const contact = [
      { contact: { type: 'PractitionerRole', display: 'Dr A' } },
      { contact: { display: 'Desk' } },
    ];
    const { data, errors } = await answerOver(
      { [everything]: searchset([{ ...product, contact }]) },
      '{ product(id: "X") { contacts { name organization { name } } packages { totalCount } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      product: {
        contacts: [
          { name: 'Dr A', organization: null },
          { name: 'Desk', organization: { name: 'Desk' } },
        ],
      },
    });
  });
});

describe('the request budget', () => {
  it('is used completely before a list of products is cut off with the reason BUDGET', async () => {
    const service = await startTestService({
      budget: 60,
      sandbox: { maxPageSize: 3, products: 200 },
    });
    // The service only learns from a first bundle that bundles come in one page.
    await service.query('{ products(first: 2) { nodes { packages { nodes { id } } } } }');
    const { extensions } = await service.query(
      '{ products(first: 50) { nodes { packages { nodes { id } } } pageInfo { hasNextPage complete } } }',
    );
    await service.stop();
    expect(extensions['upstream']).toMatchObject({ requests: 60, incomplete: [{ reason: 'BUDGET' }] });
  });
});

describe('an upstream that limits the number of included records in a page', () => {
  it('returns complete lists for a later product, although an earlier product had fewer records than the limit', async () => {
    const names = (id: string): object[] => [{ reference: `MedicinalProductDefinition/${id}` }];
    const owning = (id: string, count: number): object[] =>
      Array.from({ length: count }, (_, index) => [
        { resourceType: 'PackagedProductDefinition', id: `${id}-${index}`, packageFor: names(id) },
        { ...authorization, id: `${id}-${index}`, subject: names(id) },
      ]).flat();
    const products = ['A', 'B', 'C'].map((id) => ({ ...product, id }));
    const resources = [...products, ...owning('A', 1), ...owning('B', 2), ...owning('C', 9)];
    const service = await startTestService({
      profile: 'include',
      // At the start the service cannot verify includes, because it cannot read any list of all products' children to the
      // end.
      sandbox: { resources: resources as Resource[], maxPageSize: 7, guise: { included: 2, uses: 0 } },
    });
    const below = '{ packages { totalCount } authorizations { id } }';
    const first = await service.query(`{ product(id: "A") ${below} }`);
    const { data } = await service.query(`{ product(id: "B") ${below} }`);
    await service.stop();
    expect(first.data).toMatchObject({ product: { packages: { totalCount: 1 }, authorizations: [{}] } });
    expect(data).toMatchObject({ product: { packages: { totalCount: 2 }, authorizations: [{}, {}] } });
  });
});

describe('one product whose $everything bundle fails', () => {
  const three = ['a', 'b', 'c'].map((id) => ({ ...product, id }));
  const holding = (id: string): object => ({
    ...authorization,
    id: `m${id}`,
    subject: [{ reference: `MedicinalProductDefinition/${id}` }],
    holder: { reference: `Organization/o${id}`, display: `Holder of ${id}` },
  });
  const bundleOf = (id: string): object => searchset([{ ...product, id }, holding(id)]);

  it.each([
    ['with the status 500', 500],
    ['with the status 404', 404],
    ['with a null entry', { resourceType: 'Bundle', entry: [null] }],
    ['with fewer entries than its total', { ...bundleOf('a'), total: 9 }],
    [
      'with a `next` link to another host',
      { ...bundleOf('a'), link: [{ relation: 'next', url: 'https://x.example/y' }] },
    ],
  ])('%s does not affect the holders of the other products', async (_what, failing) => {
    const answer = await answerOver(
      {
        '/MedicinalProductDefinition?_count=20': searchset(three),
        '/MedicinalProductDefinition/a/$everything': failing,
        '/MedicinalProductDefinition/b/$everything': bundleOf('b'),
        '/MedicinalProductDefinition/c/$everything': bundleOf('c'),
      },
      '{ products { nodes { pmsId holder { name } } } }',
    );
    expect(answer.data).toMatchObject({
      products: { nodes: [{}, { holder: { name: 'Holder of b' } }, { holder: { name: 'Holder of c' } }] },
    });
    expect((answer.errors ?? []).filter(({ path = [] }) => path[2] !== 0)).toEqual([]);
  });
});

describe('`next` links', () => {
  it('that form a circle end the list, which is marked incomplete with PAGE_FAILED', async () => {
    const page = (id: string, next: string): object =>
      searchset([{ ...product, id }], `/MedicinalProductDefinition?page=${next}`);
    const { data, extensions } = await answerOver(
      {
        '/MedicinalProductDefinition?_count=20': page('1', 'a'),
        '/MedicinalProductDefinition?page=a': page('2', 'b'),
        '/MedicinalProductDefinition?page=b': page('3', 'a'),
      },
      '{ products { nodes { id } pageInfo { hasNextPage complete } } }',
    );
    expect(data).toMatchObject({ products: { pageInfo: { hasNextPage: true, complete: false } } });
    expect(extensions['upstream']).toMatchObject({ requests: 3, incomplete: [{ reason: 'PAGE_FAILED' }] });
  });
});
