/** Records without an id, or with an id that FHIR does not allow: only lists that depend on the id are marked. */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

const to = (...references: readonly string[]): object => references.map((reference) => ({ reference }));
const long = 'x'.repeat(65);
const product = (id: unknown, name: string): object => ({
  resourceType: 'MedicinalProductDefinition',
  id,
  name: [{ productName: name }],
});
const pack = (id: unknown, of: string, ...items: readonly string[]): object => ({
  resourceType: 'PackagedProductDefinition',
  ...(id === undefined ? {} : { id }),
  packageFor: to(`MedicinalProductDefinition/${of}`),
  packaging: {
    containedItem: items.map((item) => ({
      item: { reference: { reference: `ManufacturedItemDefinition/${item}` } },
    })),
  },
});

const resources = [
  product('p1', 'Odd one'),
  ...['k_1', 'k,2', 7, 'metadata', long].map((id) => pack(id, 'p1')),
  pack('k1', 'p1', 'it_1', 'it2'),
  { resourceType: 'ManufacturedItemDefinition', id: 'it_1' },
  { resourceType: 'ManufacturedItemDefinition', id: 'it2' },
  { resourceType: 'Ingredient', id: 'i_1', for: to('ManufacturedItemDefinition/it2') },
  { resourceType: 'Ingredient', id: 'i2', for: to('ManufacturedItemDefinition/it_1') },
  { resourceType: 'RegulatedAuthorization', id: 'ra_1', subject: to('MedicinalProductDefinition/p1') },
  product('p2', 'Even one'),
  pack('k2', 'p2'),
  product('p3', 'Nameless one'),
  pack('k3', 'p3'),
  pack(undefined, 'p3'),
  { resourceType: 'RegulatedAuthorization', id: 'ra3', subject: to('MedicinalProductDefinition/p3') },
] as unknown as Resource[];

interface List {
  readonly totalCount: number | null;
  readonly pageInfo: { readonly complete: boolean };
  readonly nodes: readonly { readonly id: string }[];
}

const below = `packages { totalCount pageInfo { complete } nodes { id products { pmsId } } }
  authorizations { id subjects { ... on Product { pmsId } } }`;

describe.each(['everything', 'search', 'include'] as const)(
  'a record whose id FHIR does not allow, with the profile `%s`,',
  (profile) => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({ profile, sandbox: { resources } });
    });
    afterAll(() => service.stop());

    it('is listed under its encoded id, and does not affect records beside it', async () => {
      const { data, errors, extensions } = await service.query(
        `{ products(filter: { name: "one" }) { nodes { pmsId ${below} } } }`,
      );
      const { nodes } = data!['products'] as {
        nodes: { pmsId: string; packages: List; authorizations: object }[];
      };
      const byId = new Map(nodes.map((node) => [node.pmsId, node]));
      const ids = (id: string): readonly string[] | undefined =>
        byId.get(id)?.packages.nodes.map(({ id: own }) => own);
      expect(errors).toBeUndefined();
      expect(ids('p1')).toHaveLength(6);
      expect(new Set(ids('p1'))).toEqual(
        new Set([
          'Package:k1',
          'Package:k%5F1',
          'Package:k%2C2',
          'Package:7',
          'Package:%6Detadata',
          `Package:%78${'x'.repeat(64)}`,
        ]),
      );
      expect(byId.get('p1')).toMatchObject({
        packages: { totalCount: 6, pageInfo: { complete: true } },
        authorizations: [{ id: 'RegulatedAuthorization:ra%5F1', subjects: [{ pmsId: 'p1' }] }],
      });
      expect(byId.get('p2')?.packages).toEqual({
        totalCount: 1,
        pageInfo: { complete: true },
        nodes: [{ id: 'Package:k2', products: [{ pmsId: 'p2' }] }],
      });
      // A record without an id is left out, and the list of its own parent is marked as incomplete.
      expect(byId.get('p3')).toMatchObject({
        packages: { totalCount: null, pageInfo: { complete: false }, nodes: [{ id: 'Package:k3' }] },
        authorizations: [{ id: 'RegulatedAuthorization:ra3' }],
      });
      expect((extensions['upstream'] as { incomplete: unknown }).incomplete).toEqual([
        {
          path: ['products', 'nodes', nodes.findIndex(({ pmsId }) => pmsId === 'p3'), 'packages'],
          reason: 'UNREADABLE_ENTRIES',
          reference: expect.stringMatching(/^PackagedProductDefinition [0-9a-f]{8}$/),
        },
      ]);
    });

    it('makes a list incomplete that could only be searched for by that id', async () => {
      const { data, errors, extensions } = await service.query(
        `{ product(id: "p1") { ingredients { totalCount pageInfo { complete } nodes { id } }
           manufacturedItems { id ingredients { totalCount pageInfo { complete } nodes { id } } } } }`,
      );
      const isBundled = profile === 'everything';
      const list = (isWhole: boolean, ...ids: readonly string[]): object => ({
        totalCount: isWhole ? ids.length : null,
        pageInfo: { complete: isWhole },
        nodes: ids.map((id) => ({ id: `Ingredient:${id}` })),
      });
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        product: {
          ingredients: isBundled ? list(true, 'i2', 'i%5F1') : list(false, 'i%5F1'),
          manufacturedItems: [
            { id: 'ManufacturedItem:it2', ingredients: list(true, 'i%5F1') },
            // An include brings the item along; a search would need its id.
            ...(profile === 'search'
              ? []
              : [{ id: 'ManufacturedItem:it%5F1', ingredients: isBundled ? list(true, 'i2') : list(false) }]),
          ],
        },
      });
      const gaps = (extensions['upstream'] as { incomplete: readonly { readonly reference?: string }[] })
        .incomplete;
      expect(new Set(gaps.map(({ reference }) => reference))).toEqual(
        new Set(isBundled ? [] : ['ManufacturedItemDefinition/it%5F1']),
      );
    });

    it('is read by its id only through the product whose bundle contained it', async () => {
      await service.query('{ product(id: "p1") { packages { nodes { id } } } }');
      service.sandbox.clearRequests();
      const { data, errors = [] } = await service.query(
        '{ a: product(id: "p%5F1") { pmsId } b: node(id: "Package:k%5F1") { id } }',
      );
      const isSeen = profile === 'everything';
      expect(data).toEqual({ a: null, b: isSeen ? { id: 'Package:k%5F1' } : null });
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(
        Array(isSeen ? 1 : 2).fill('UPSTREAM_UNSUPPORTED'),
      );
      expect(service.sandbox.requests.map(({ path }) => path)).toEqual(
        isSeen ? ['/MedicinalProductDefinition/p1/$everything'] : [],
      );
    });

    it('is found by its id with $everything if the query states its product', async () => {
      const { data, errors } = await service.query('{ package(id: "k%5F1", product: "p1") { id } }');
      if (profile === 'everything')
        expect([errors, data]).toEqual([undefined, { package: { id: 'Package:k%5F1' } }]);
      else expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_UNSUPPORTED']);
    });
  },
);
