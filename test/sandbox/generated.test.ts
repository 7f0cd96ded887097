/** Generated data: equal for the same seed, created on demand, and with the same responses as data in memory. */

import type { Resource } from 'fhir/r5.js';
import { expect, test } from 'vitest';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.js';
import { generatedWorld } from '../../src/sandbox/world/generated.js';
import { connect, keyOf, type Client } from './client.js';
import { isQuick } from '../support/tier.js';

async function withClients(
  options: readonly SandboxOptions[],
  run: (clients: readonly Client[]) => Promise<void>,
): Promise<void> {
  const sandboxes: Sandbox[] = [];
  for (const each of options) sandboxes.push(await startSandbox(each));
  try {
    await run(await Promise.all(sandboxes.map(connect)));
  } finally {
    await Promise.all(sandboxes.map((sandbox) => sandbox.stop()));
  }
}

function resourcesOf(products: number, seed: number): Resource[] {
  const world = generatedWorld({ products, seed, quirks: true });
  return world.types.flatMap((type) => [...world.each(type)].map(({ resource }) => resource));
}

test('the generated sandbox data are the same for the same seed, and differ for another seed', () => {
  expect(resourcesOf(40, 7)).toEqual(resourcesOf(40, 7));
  expect(resourcesOf(40, 7)).not.toEqual(resourcesOf(40, 8));
});

test('the generated sandbox data have unique ids over all resource types', () => {
  const resources = resourcesOf(200, 1);
  expect(new Set(resources.map(({ id }) => id)).size).toBe(resources.length);
});

test('the generated sandbox data end with some products that are records of one country only', () => {
  const ids = resourcesOf(100, 1).flatMap(({ resourceType, id = '' }) =>
    resourceType === 'MedicinalProductDefinition' ? id : [],
  );
  expect(ids).toHaveLength(100);
  expect(ids.slice(92).every((id) => id.startsWith('7000'))).toBe(true);
  expect(ids.slice(0, 92).every((id) => id.startsWith('6000'))).toBe(true);
});

test('the generated sandbox data give the same search results as the same resources in memory', async () => {
  const products = 60;
  const resources = resourcesOf(products, 3);
  const profile = 'search';
  await withClients(
    [
      { profile, products, seed: 3 },
      { profile, resources },
    ],
    async ([lazy, listed]) => {
      const paths = [
        '/MedicinalProductDefinition?_count=100',
        '/MedicinalProductDefinition?name:contains=an&_count=7',
        '/MedicinalProductDefinition?identifier=PRD400012',
        '/PackagedProductDefinition?package-for=600010000003,600010000004,600010000059,nothing',
        '/Ingredient?for=MedicinalProductDefinition/600010000003,ManufacturedItemDefinition/21000000900,31000001000',
        '/Ingredient?role=100000072072&_count=50',
        '/Ingredient?substance-code=100000090079',
        '/RegulatedAuthorization?holder=ORG-100900003&_count=50',
        '/RegulatedAuthorization?subject=MedicinalProductDefinition/600010000003',
        '/AdministrableProductDefinition?form-of=600010000003,600010000007',
        '/ManufacturedItemDefinition?_id=21000000900,21000005900',
        '/Organization?_count=100',
        '/SubstanceDefinition?name=am',
      ];
      for (const path of paths) {
        const [one, other] = await Promise.all([lazy?.all(path), listed?.all(path)]);
        expect({ path, found: one?.map(keyOf).sort() }).toEqual({ path, found: other?.map(keyOf).sort() });
      }
    },
  );
});

test('the generated sandbox data give the same $everything as the same resources in memory', async () => {
  const products = 60;
  const resources = resourcesOf(products, 3);
  await withClients([{ products, seed: 3 }, { resources }], async ([lazy, listed]) => {
    for (const id of ['600010000000', '600010000017', '600010000054', '700010000057']) {
      const path = `/MedicinalProductDefinition/${id}/$everything`;
      const [one, other] = await Promise.all([lazy?.all(path), listed?.all(path)]);
      expect(one?.length).toBeGreaterThan(5);
      expect(one?.map(keyOf).sort()).toEqual(other?.map(keyOf).sort());
    }
  });
});

test.skipIf(isQuick)(
  'the generated sandbox data of four thousand products can be read page by page to the end',
  async () => {
    await withClients([{ products: 4_000, maxPageSize: 1_000 }], async ([client]) => {
      const products = (await client?.all('/MedicinalProductDefinition?_count=1000')) ?? [];
      expect(new Set(products.map(({ id }) => id)).size).toBe(4_000);
    });
  },
);

test.each([0, -1, 1.5, 500_001])('the sandbox refuses to generate %f products', async (products) => {
  await expect(startSandbox({ products })).rejects.toThrow(RangeError);
});
