/**
 * A list is complete, or is marked as incomplete: with any page size, any budget, parents that share children, and aliases.
 */
import fc from 'fast-check';
import type { Ingredient, PackagedProductDefinition, RegulatedAuthorization, Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareKeys } from '../../src/catalogue/graph/key.js';
import { createCapabilities } from '../../src/catalogue/plan/capabilities.js';
import { createSend } from '../../src/fhir/http.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { parse, type OperationDefinitionNode } from 'graphql';
import { catalogueOver, executorOver } from '../support/catalogue.js';
import { randomOf } from '../support/random-operation.js';
import { propertyRuns } from '../support/tier.js';

const runs = propertyRuns(80, 10);

/**
 * Products with 0 to 30 packages. Some packages belong to several products, authorizations belong to products and packages,
 * and ingredients are shared.
 */
function worldOf(seed: number): Resource[] {
  const random = randomOf(seed);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const products = Array.from({ length: 6 }, (_, index) => ({
    resourceType: 'MedicinalProductDefinition' as const,
    id: `60000000000${index}`,
    name: [{ productName: `Alpha ${index}` }],
  }));
  const packs: PackagedProductDefinition[] = [];
  for (const { id } of products) {
    for (let count = upTo(upTo(30)); count > 0; count -= 1) {
      const also = random() < 0.2 ? [{ reference: `MedicinalProductDefinition/60000000000${upTo(5)}` }] : [];
      packs.push({
        resourceType: 'PackagedProductDefinition',
        id: String(8_000_000 + packs.length * 7),
        packageFor: [{ reference: `MedicinalProductDefinition/${id}` }, ...also],
      });
    }
  }
  const ingredients: Ingredient[] = Array.from({ length: upTo(25) }, (_, index) => ({
    resourceType: 'Ingredient',
    id: `i-${index}`,
    status: 'active',
    for: [
      `MedicinalProductDefinition/60000000000${upTo(5)}`,
      ...(random() < 0.5 ? [`MedicinalProductDefinition/60000000000${upTo(5)}`] : []),
    ].map((reference) => ({ reference })),
    role: { coding: [{ code: random() < 0.5 ? '100000072072' : '100000072082' }] },
    substance: { code: { concept: { coding: [{ code: `1000000${index}` }] } } },
  }));
  const authorizations: RegulatedAuthorization[] = packs
    .filter(() => random() < 0.7)
    .map(({ id }, index) => ({
      resourceType: 'RegulatedAuthorization',
      id: `ra-${index}`,
      subject: [{ reference: `PackagedProductDefinition/${id}` }],
      type: { coding: [{ code: '220000000061' }] },
      identifier: [{ value: `EU/1/1/${index}` }],
    }));
  return [...products, ...packs, ...ingredients, ...authorizations];
}

function gapsIn(extensions: unknown): readonly object[] {
  return (
    (extensions as { upstream?: { incomplete: readonly object[] } } | undefined)?.upstream?.incomplete ?? []
  );
}

interface Listed {
  readonly nodes: readonly {
    readonly id: string;
    readonly authorizations?: readonly { readonly id: string }[] | null;
  }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly complete: boolean };
}
interface Data {
  readonly products: {
    readonly nodes: readonly {
      readonly pmsId: string;
      readonly few: Listed | null;
      readonly packages: Listed | null;
      readonly active: Listed | null;
    }[];
    readonly pageInfo: Listed['pageInfo'];
  } | null;
}

const document = parse(`query Lists($few: Int!) {
  products(filter: { name: "alpha" }, first: 6) {
    nodes {
      pmsId
      few: packages(first: $few) { nodes { id } pageInfo { hasNextPage complete } }
      packages(first: 100) { nodes { id authorizations { id } } pageInfo { hasNextPage complete } }
      active: ingredients(role: ACTIVE, first: 100) { nodes { id } pageInfo { hasNextPage complete } }
    }
    pageInfo { hasNextPage complete }
  }
}`);
const [operation] = document.definitions as [OperationDefinitionNode];

describe.each(['everything', 'search', 'include'] as const)(
  'every list, with the profile `%s`,',
  (profile) => {
    const send = createSend();
    let sandbox: Sandbox;
    let gaps = 0;
    let unmarked = 0;

    afterAll(() => send.destroy());
    beforeAll(() => {
      gaps = 0;
      unmarked = 0;
    });

    it(`is complete or marked incomplete, over ${runs} random data sets, page sizes of 1 to 50 and budgets of 7 to 300 requests`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 2 ** 31 }),
          fc.integer({ min: 1, max: 50 }),
          fc.integer({ min: 7, max: 300 }),
          fc.integer({ min: 1, max: 40 }),
          async (seed, pageSize, budget, few) => {
            const world = worldOf(seed);
            sandbox = await startSandbox({ profile, resources: world, maxPageSize: pageSize, pageSize });
            try {
              const given = { capabilities: createCapabilities(profile), budget };
              const executor = executorOver(sandbox, catalogueOver(sandbox, { ...given, send }), given);
              const { data, errors, extensions } = await executor.execute({
                document,
                operation,
                variables: { few },
                languages: ['en'],
              });
              const { upstream } = (extensions ?? { upstream: undefined }) as {
                upstream?: { requests: number; estimated: number };
              };
              expect(sandbox.requests.length).toBe(upstream?.requests ?? 0);
              expect(upstream?.requests ?? 0).toBeLessThanOrEqual(upstream?.estimated ?? 0);
              expect(upstream?.estimated ?? 0).toBeLessThanOrEqual(budget);
              // No list has a gap while requests are left, apart from those that are reserved for each product.
              const left = (upstream?.estimated ?? 0) - (upstream?.requests ?? 0);
              if (left > 6) expect(gapsIn(extensions)).toEqual([]);
              check(data as Data | null | undefined, errors ?? [], world, few);
            } finally {
              await sandbox.stop();
            }
          },
        ),
        { numRuns: runs, endOnFailure: true },
      );
      expect(unmarked).toBe(0);
      // If no run met a gap, the property about gaps would prove nothing.
      if (runs >= 80 && profile === 'search') expect(gaps).toBeGreaterThan(0);
    }, 600_000);

    function check(
      data: Data | null | undefined,
      errors: readonly object[],
      world: readonly Resource[],
      few: number,
    ): void {
      if (!data?.products) {
        expect(errors.length).toBeGreaterThan(0);
        return;
      }
      const named = (
        type: string,
        id: string,
        references: (resource: never) => readonly { reference?: string | undefined }[] | undefined,
      ): string[] =>
        world
          .filter((resource) => resource.resourceType === type)
          .filter((resource) =>
            references(resource as never)?.some(({ reference }) => reference?.endsWith(`/${id}`)),
          )
          .map(({ id: found }) => String(found))
          .sort((a, b) => compareKeys(a, b));
      for (const product of data.products.nodes) {
        const packs = named(
          'PackagedProductDefinition',
          product.pmsId,
          ({ packageFor }: PackagedProductDefinition) => packageFor,
        );
        const active = named('Ingredient', product.pmsId, (ingredient: Ingredient) =>
          ingredient.role.coding?.[0]?.code === '100000072072' ? ingredient.for : [],
        );
        compare(product.packages, packs, 100, 'Package', errors);
        compare(product.few, packs, few, 'Package', errors);
        compare(product.active, active, 100, 'Ingredient', errors);
        for (const pack of product.packages?.nodes ?? []) {
          if (!pack.authorizations) continue;
          const truth = named(
            'RegulatedAuthorization',
            pack.id.slice(8),
            ({ subject }: RegulatedAuthorization) => subject,
          );
          expect(pack.authorizations.map(({ id }) => id.split(':')[1])).toEqual(truth);
        }
      }
    }

    function compare(
      list: Listed | null,
      truth: readonly string[],
      first: number,
      type: string,
      errors: readonly object[],
    ): void {
      if (!list) {
        expect(errors.length).toBeGreaterThan(0);
        return;
      }
      const found = list.nodes.map(({ id }) => id.slice(type.length + 1));
      if (!list.pageInfo.complete) {
        gaps += 1;
        // At the root, an empty page has no cursor from which the next page could start.
        expect(list.pageInfo.hasNextPage || found.length === 0).toBe(true);
        expect(truth).toEqual(expect.arrayContaining(found));
        return;
      }
      if (found.length < Math.min(truth.length, first)) unmarked += 1;
      expect(found).toEqual(truth.slice(0, first));
      expect(list.pageInfo.hasNextPage).toBe(truth.length > first);
    }
  },
);
