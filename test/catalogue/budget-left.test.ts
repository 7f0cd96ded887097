/**
 * No list is cut off while the operation has request budget left, although the number of requests cannot always be foreseen.
 * The estimate covers all of them.
 */
import type { Ingredient, MedicinalProductDefinition } from 'fhir/r5.js';
import { afterEach, describe, expect, it } from 'vitest';
import { upstreamOf } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';
import { isQuick, oneIn } from '../support/tier.js';

let service: TestService;
afterEach(() => service.stop());

interface Found {
  readonly nodes: readonly { readonly pmsId: string }[];
  readonly pageInfo: { readonly complete: boolean; readonly hasNextPage: boolean };
}

async function find(filter: string, first: number): Promise<Found & { readonly requests: number }> {
  const answer = await service.query(
    `{ products(filter: { ${filter} }, first: ${first}) { nodes { pmsId } pageInfo { complete hasNextPage } } }`,
  );
  expect(answer.errors, filter).toBeUndefined();
  const { products } = answer.data as { products: Found };
  return { ...products, requests: Number(upstreamOf(answer)?.requests) };
}

describe.each(oneIn(3, ['everything', 'search', 'include'] as const))('with the profile `%s`', (profile) => {
  it.each(oneIn(2, [5, 100]))(
    'a filter by the beginning of a name returns complete pages, over upstream pages of %d rows',
    async (maxPageSize) => {
      service = await startTestService({
        profile,
        sandbox: { products: 300, seed: 4, pageSize: maxPageSize, maxPageSize },
      });
      const all = service.sandbox.resources.filter(
        (resource): resource is MedicinalProductDefinition =>
          resource.resourceType === 'MedicinalProductDefinition',
      );
      for (const beginning of ['Z', 'A', 'Ca']) {
        const those = all.filter(({ name }) =>
          name.some(({ productName }) => productName.toLowerCase().startsWith(beginning.toLowerCase())),
        );
        for (const first of [3, 20]) {
          const { nodes, pageInfo } = await find(`nameStartsWith: "${beginning}"`, first);
          expect(nodes, `${beginning}, first ${first}`).toHaveLength(Math.min(first, those.length));
          expect(pageInfo).toEqual({ complete: true, hasNextPage: those.length > first });
        }
      }
    },
  );
});

describe('over an upstream with searches and $everything', () => {
  it.skipIf(isQuick)(
    'a filter by a substance that many of 600 products contain finds all of them with under 12 requests',
    async () => {
      service = await startTestService({
        profile: 'auto',
        sandbox: { profile: 'search', guise: { everything: 'present' }, products: 600, seed: 4 },
      });
      const products = new Map<string, Set<string>>();
      for (const resource of service.sandbox.resources) {
        if (resource.resourceType !== 'Ingredient') continue;
        const { substance, for: owners = [] } = resource as Ingredient;
        const code = substance.code.concept?.coding?.[0]?.code ?? '';
        for (const { reference = '' } of owners) {
          if (!reference.startsWith('MedicinalProductDefinition/')) continue;
          products.set(code, (products.get(code) ?? new Set<string>()).add(reference));
        }
      }
      const codes = [...products.keys()].filter((code) => /^\d+$/.test(code));
      expect(codes.length).toBeGreaterThan(2);
      for (const code of codes) {
        const { nodes, pageInfo, requests } = await find(`substance: ["${code}"]`, 100);
        const found = new Set(nodes.map(({ pmsId }) => `MedicinalProductDefinition/${pmsId}`));
        // `nodes` may also contain products of which only a package or an item has the code.
        for (const product of products.get(code) ?? []) expect(found, code).toContain(product);
        // The nodes are all products with exactly this code. There may be salts of the substance, which no search finds.
        expect(pageInfo, code).toMatchObject({ complete: false, hasNextPage: false });
        expect(requests, code).toBeLessThan(12);
      }
    },
  );

  it.skipIf(isQuick)('a filter by holder finds over 10 of 600 products with under 12 requests', async () => {
    service = await startTestService({
      profile: 'auto',
      sandbox: { profile: 'search', guise: { everything: 'present' }, products: 600, seed: 4 },
    });
    // The second client must not need the lookups that the first client caused.
    const { nodes, requests } = await find('holder: ["ORG-100900010"]', 30);
    expect(nodes.length).toBeGreaterThan(10);
    expect(requests).toBeLessThan(12);
  });
});
