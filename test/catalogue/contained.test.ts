/** Contained FHIR records: on every profile they are children of the record that contains them. */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

const to = (...references: readonly string[]): object => references.map((reference) => ({ reference }));
const packaging = (item: string): object => ({
  containedItem: [{ item: { reference: { reference: item } } }],
});
const active = { coding: [{ code: '100000072072' }] };
const role = { coding: [{ code: '100000072082' }] };

const resources = [
  {
    resourceType: 'MedicinalProductDefinition',
    id: 'p1',
    name: [{ productName: 'Insula' }],
    contained: [
      {
        resourceType: 'PackagedProductDefinition',
        id: 'pack',
        packageFor: to('#'),
        packaging: packaging('#tablet'),
        manufacturer: to('#maker'),
        description: 'Of 20',
      },
      { resourceType: 'PackagedProductDefinition', id: 'loose', description: 'Says of nothing whose it is' },
      { resourceType: 'ManufacturedItemDefinition', id: 'tablet' },
      { resourceType: 'ManufacturedItemDefinition', id: 'spare' },
      {
        resourceType: 'AdministrableProductDefinition',
        id: 'given',
        formOf: to('#'),
        producedFrom: to('#tablet'),
      },
      {
        resourceType: 'Ingredient',
        id: 'own',
        for: to('#'),
        role: active,
        substance: { code: { concept: { coding: [{ code: '100000091436' }] } } },
      },
      { resourceType: 'Ingredient', id: 'ofTablet', role, for: to('ManufacturedItemDefinition/tablet') },
      { resourceType: 'Ingredient', id: 'ofGiven', role, for: to('#given') },
      { resourceType: 'Ingredient', id: 'elsewhere', role, for: to('ManufacturedItemDefinition/m1') },
      { resourceType: 'Organization', id: 'maker', name: 'Inner Works' },
      { resourceType: 'Ingredient', role },
      null,
    ],
  },
  {
    resourceType: 'PackagedProductDefinition',
    id: 'k1',
    packageFor: to('MedicinalProductDefinition/p1'),
    packaging: packaging('ManufacturedItemDefinition/m1'),
  },
  { resourceType: 'ManufacturedItemDefinition', id: 'm1' },
  {
    resourceType: 'AdministrableProductDefinition',
    id: 'a1',
    formOf: to('MedicinalProductDefinition/p1'),
    contained: [
      {
        resourceType: 'Ingredient',
        id: 'i1',
        role,
        for: to('#'),
        substance: { code: { reference: { reference: '#s' } } },
      },
      { resourceType: 'SubstanceDefinition', id: 's', description: 'Of the inner kind' },
    ],
  },
  { resourceType: 'MedicinalProductDefinition', id: 'p2', name: [{ productName: 'Insula duo' }] },
  { resourceType: 'PackagedProductDefinition', id: 'k2', packageFor: to('MedicinalProductDefinition/p2') },
] as unknown as Resource[];

const all = `
  packages { totalCount pageInfo { complete } nodes { id description products { pmsId } manufacturedItems { id } manufacturers { name } } }
  manufacturedItems { id ingredients { totalCount nodes { id } } }
  administrableProducts { id product { pmsId } producedFrom { id } ingredients { totalCount nodes { id substance { definition { id description } } } } }
  ingredients { totalCount nodes { id } }
  activeSubstances { code }`;

const ids = (type: string, ...of: readonly string[]): object[] => of.map((id) => ({ id: `${type}:${id}` }));
const inside = (type: string, ...of: readonly string[]): object[] => ids(type, ...of.map((id) => `p1#${id}`));
const counted = (nodes: readonly object[]): object => ({ totalCount: nodes.length, nodes });
const innermost = 'AdministrableProductDefinition/a1#i1';

const expected = {
  packages: {
    totalCount: 3,
    pageInfo: { complete: true },
    nodes: [
      {
        id: 'Package:k1',
        description: null,
        products: [{ pmsId: 'p1' }],
        manufacturedItems: ids('ManufacturedItem', 'm1'),
        manufacturers: [],
      },
      {
        id: 'Package:p1#loose',
        description: 'Says of nothing whose it is',
        products: [],
        manufacturedItems: [],
        manufacturers: [],
      },
      {
        id: 'Package:p1#pack',
        description: 'Of 20',
        products: [{ pmsId: 'p1' }],
        manufacturedItems: inside('ManufacturedItem', 'tablet'),
        manufacturers: [{ name: 'Inner Works' }],
      },
    ],
  },
  manufacturedItems: [
    { id: 'ManufacturedItem:m1', ingredients: counted([]) },
    { id: 'ManufacturedItem:p1#spare', ingredients: counted([]) },
    { id: 'ManufacturedItem:p1#tablet', ingredients: counted(inside('Ingredient', 'ofTablet')) },
  ],
  administrableProducts: [
    {
      id: 'AdministrableProduct:a1',
      product: { pmsId: 'p1' },
      producedFrom: [],
      ingredients: counted([
        {
          id: `Ingredient:${innermost}`,
          substance: {
            definition: {
              id: 'SubstanceDefinition:AdministrableProductDefinition/a1#s',
              description: 'Of the inner kind',
            },
          },
        },
      ]),
    },
    {
      id: 'AdministrableProduct:p1#given',
      product: { pmsId: 'p1' },
      producedFrom: inside('ManufacturedItem', 'tablet'),
      ingredients: counted([{ id: 'Ingredient:p1#ofGiven', substance: null }]),
    },
  ],
  ingredients: counted([
    ...ids('Ingredient', innermost),
    ...inside('Ingredient', '%2310', 'elsewhere', 'ofGiven', 'ofTablet', 'own'),
  ]),
  activeSubstances: [{ code: '100000091436' }],
};

describe.each(['everything', 'search', 'include'] as const)(
  'a record in `contained`, with the profile `%s`,',
  (profile) => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({ profile, sandbox: { resources } });
    });
    afterAll(() => service.stop());

    it('of a product is returned with the product by its id', async () => {
      const { data, errors } = await service.query(`{ product(id: "p1") { ${all} } }`);
      expect([errors, data]).toEqual([undefined, { product: expected }]);
    });

    it('of a product is returned when the product comes from the cache', async () => {
      const remembering = await startTestService({ profile, sandbox: { resources }, cacheTtlMs: 60_000 });
      await remembering.query('{ product(id: "p1") { pmsId } }');
      await remembering.query('{ product(id: "p1") { packages { totalCount } } }');
      const answers = [
        await remembering.query(`{ product(id: "p1") { ${all} } }`),
        await remembering.query(`{ product(id: "p1") { ${all} } }`),
      ];
      await remembering.stop();
      for (const { data, errors } of answers)
        expect([errors, data]).toEqual([undefined, { product: expected }]);
    });

    it('of a product is returned when a search finds the product', async () => {
      const { data, errors } = await service.query(
        `{ products(filter: { name: "Insula" }) { nodes { pmsId ${all} } } }`,
      );
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({
        products: {
          nodes: [
            { pmsId: 'p1', ...expected },
            { pmsId: 'p2', packages: { totalCount: 1, nodes: [{ id: 'Package:k2' }] } },
          ],
        },
      });
    });

    it('of a product is returned for its own id, such as Package:p1#pack', async () => {
      const { data, errors } = await service.query(`{
      node(id: "Package:p1#pack") { id ... on Package { products { pmsId } manufacturedItems { id ingredients { totalCount } } } }
      package(id: "p1#pack", product: "p1") { id source { reference } }
      nodes(ids: ["Ingredient:p1#ofTablet", "Package:p1#gone", "Package:p9#pack"]) { id ... on Ingredient { manufacturedItems { id } } }
    }`);
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        node: {
          id: 'Package:p1#pack',
          products: [{ pmsId: 'p1' }],
          manufacturedItems: [{ id: 'ManufacturedItem:p1#tablet', ingredients: { totalCount: 1 } }],
        },
        package: { id: 'Package:p1#pack', source: { reference: 'MedicinalProductDefinition/p1#pack' } },
        nodes: [
          { id: 'Ingredient:p1#ofTablet', manufacturedItems: inside('ManufacturedItem', 'tablet') },
          null,
          null,
        ],
      });
    });

    it('of another record is returned for its own id after the containing record was read', async () => {
      await service.query('{ product(id: "p1") { ingredients { nodes { id } } } }');
      const { data, errors = [] } = await service.query(
        '{ node(id: "Ingredient:AdministrableProductDefinition/a1#i1") { id ... on Ingredient { administrableProducts { id } } } }',
      );
      const found = {
        id: `Ingredient:${innermost}`,
        administrableProducts: ids('AdministrableProduct', 'a1'),
      };
      expect([data, errors]).toEqual([{ node: found }, []]);
    });

    it.each([
      'Package:#pack',
      'Package:p1#',
      'Package:p1#a#b',
      'Package:a/b#c',
      'Package:Nothing/b#c',
      'Package:p1#a b',
    ])('is refused with BAD_USER_INPUT for the malformed id %s, before any request', async (id) => {
      service.sandbox.clearRequests();
      const { errors = [] } = await service.query('query ($id: ID!) { node(id: $id) { id } }', { id });
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
      expect(service.sandbox.requests).toEqual([]);
    });
  },
);
