/**
 * Objects by their ids: the same object as before, null for one that does not exist, and no request if the id contains all
 * requested fields.
 */
import { parse, type OperationDefinitionNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../../support/service.js';
import { world } from './world.js';

const acme = `Organization:~${Buffer.from('Acme Holder').toString('base64url')}`;

describe.each(['everything', 'search', 'include'] as const)(
  '`node` and `nodes` with the profile `%s`',
  (profile) => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({ isKnown: true, profile, sandbox: { resources: world } });
    });
    afterAll(() => service.stop());

    async function ask(document: string, variables: Readonly<Record<string, unknown>> = {}) {
      service.sandbox.clearRequests();
      const answer = await service.query(document, variables);
      return {
        ...answer,
        requests: service.sandbox.requests.length,
        codes: (answer.errors ?? []).map(({ extensions }) => extensions.code),
      };
    }

    it('return a product by its id and by its PMS ID', async () => {
      const { data, codes } = await ask(
        '{ node(id: "Product:600000000001") { id ... on Product { pmsId } } product(id: "Product:600000000001") { pmsId } }',
      );
      expect(codes).toEqual([]);
      expect(data).toEqual({
        node: { id: 'Product:600000000001', pmsId: '600000000001' },
        product: { pmsId: '600000000001' },
      });
    });

    it('return null, without an error, for a record that does not exist', async () => {
      const { data, codes } = await ask(
        '{ node(id: "Product:600000009999") { id } product(id: "600000009999") { id } package(id: "9", product: "600000000001") { id } }',
      );
      expect(data).toEqual({ node: null, product: null, package: null });
      expect(codes).toEqual([]);
    });

    it.each([
      '600000000001',
      'Foo:1',
      'Product:',
      'Product:a b',
      'Product:../metadata',
      ':',
      '',
      'Organization:~',
      'constructor:1',
    ])('refuse the id "%s" before any upstream request', async (id) => {
      for (const document of [
        'query ($id: ID!) { node(id: $id) { id } }',
        'query ($id: ID!) { nodes(ids: [$id]) { id } }',
      ]) {
        const { codes, requests, errors } = await ask(document, { id });
        expect(codes).toEqual(['BAD_USER_INPUT']);
        expect(requests).toBe(0);
        if (/[ .]/.test(id)) expect(JSON.stringify(errors)).not.toContain(id);
      }
    });

    it.each([
      'product(id: "Package:1") { id }',
      'package(id: "Product:1") { id }',
      'organization(id: "Product:1") { id }',
      'package(id: "1", product: "Package:1") { id }',
    ])('refuse the id of another type before any upstream request: %s', async (field) => {
      const { codes, requests } = await ask(`{ ${field} }`);
      expect([codes, requests]).toEqual([['BAD_USER_INPUT'], 0]);
    });

    it('return an organization that has a name and no record, without an upstream request', async () => {
      const { data: found } = await ask(
        '{ product(id: "600000000001") { holder { id name source { reference } } } }',
      );
      expect(found).toEqual({ product: { holder: { id: acme, name: 'Acme Holder', source: null } } });
      const { data, codes, requests } = await ask(
        'query ($id: ID!) { node(id: $id) { id ... on Organization { name } } organization(id: $id) { id name identifiers { value } } }',
        { id: acme },
      );
      expect(codes).toEqual([]);
      expect(requests).toBe(0);
      expect(data).toEqual({
        node: { id: acme, name: 'Acme Holder' },
        organization: { id: acme, name: 'Acme Holder', identifiers: [] },
      });
    });

    it('return several objects in the order of their ids, with null for each id without a record', async () => {
      const ids = ['Product:600000000002', 'Product:600000009999', acme, 'Product:600000000002'];
      const { data, codes } = await ask(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Product { packages { totalCount } } } }',
        { ids },
      );
      expect(codes).toEqual([]);
      const second = { id: 'Product:600000000002', packages: { totalCount: 0 } };
      expect(data).toEqual({ nodes: [second, null, { id: acme }, second] });
      expect((await ask('{ nodes(ids: []) { id } }')).data).toEqual({ nodes: [] });
    });

    it('accept at most 100 ids', async () => {
      const ids = Array.from({ length: 101 }, (_, at) => `Product:${at}`);
      const { codes, requests } = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
      expect([codes, requests]).toEqual([['BAD_USER_INPUT'], 0]);
    });

    it('return a package and an ingredient within their product', async () => {
      const { data, codes } = await ask(`{
      package(id: "8485040", product: "600000000001") { id name product { pmsId } manufacturedItems { name } }
      ingredient(id: "Ingredient:50", product: "Product:600000000001") { id strengthText products { pmsId } }
    }`);
      expect(codes).toEqual([]);
      expect(data).toEqual({
        package: {
          id: 'Package:8485040',
          name: 'Exampla 28',
          product: { pmsId: '600000000001' },
          manufacturedItems: [{ name: 'Tablet' }],
        },
        ingredient: { id: 'Ingredient:50', strengthText: '13.9 mg', products: [{ pmsId: '600000000001' }] },
      });
    });

    it('return null for a package within another product than its own', async () => {
      const { data, codes } = await ask(`{
      other: package(id: "8485040", product: "600000000002") { id }
      nobody: package(id: "8485040", product: "600000009999") { id }
      own: product(id: "600000000001") { packages { nodes { id } } }
    }`);
      expect(codes).toEqual([]);
      expect(data).toMatchObject({ other: null, nobody: null, own: { packages: { nodes: [{}] } } });
      const { data: alone } = await ask('{ package(id: "8485040", product: "600000000002") { name } }');
      expect(alone).toEqual({ package: null });
    });

    it('return a record that was read before with its product', async () => {
      await ask('{ product(id: "600000000001") { packages { nodes { id } } } }');
      const { data, errors } = await ask(
        '{ package(id: "8485040") { name } nodes(ids: ["Package:8485040", "Product:600000000001", "ClinicalUse:91"]) { id } }',
      );
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        package: { name: 'Exampla 28' },
        nodes: [{ id: 'Package:8485040' }, { id: 'Product:600000000001' }, { id: 'ClinicalUse:91' }],
      });
    });

    it('return the same objects from the engine and from the plain GraphQL resolvers', async () => {
      const document = parse(`query ($ids: [ID!]!) {
      service { version profile capabilities { readsById } }
      node(id: "Product:600000000001") { __typename id }
      nodes(ids: $ids) { __typename id ... on ClinicalUse { text products { pmsId } } ... on Organization { name } }
      package(id: "8485040", product: "600000000001") { id size { text } }
      lookup(terms: ["a"]) { kind }
    }`);
      const operation = document.definitions[0] as OperationDefinitionNode;
      const variables = { ids: ['Product:600000000001', 'ClinicalUse:90', acme, 'Product:1'] };
      const request = { document, operation, variables, languages: ['en'] };
      const [projected, resolved] = [
        await service.executor.execute(request),
        await service.reference(request),
      ];
      expect(JSON.parse(JSON.stringify(resolved.data))).toEqual(JSON.parse(JSON.stringify(projected.data)));
      expect(resolved.errors?.map(({ path }) => path?.join('.')).sort()).toEqual(
        projected.errors?.map(({ path }) => path?.join('.')).sort(),
      );
    });
  },
);
