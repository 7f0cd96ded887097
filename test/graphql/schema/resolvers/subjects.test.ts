/** Links from a bundle to other products. */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../../support/service.js';

const id = (n: number): string => `6000000000${String(n).padStart(2, '0')}`;
const product = (n: number) =>
  ({
    resourceType: 'MedicinalProductDefinition',
    id: id(n),
    name: [{ productName: `Alpha ${n}` }],
  }) as unknown as Resource;
const covered = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const world = [
  ...covered.map(product),
  product(50),
  {
    resourceType: 'RegulatedAuthorization',
    id: 'ra',
    identifier: [{ value: 'EU/1/24/1' }],
    subject: covered.map((n) => ({ reference: `MedicinalProductDefinition/${id(n)}` })),
  } as unknown as Resource,
];

describe.each(['everything', 'search', 'include'] as const)(
  'the subjects of an authorization with the profile `%s`',
  (profile) => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({ profile, sandbox: { resources: world } });
      // After the service has seen a bundle of one page, a plan estimates one page for each bundle.
      await service.query(`{ product(id: "${id(50)}") { packages { nodes { id } } } }`);
    });
    afterAll(() => service.stop());

    it('are all ten products that the authorization covers', async () => {
      const { data, errors } = await service.query(
        `{ product(id: "${id(1)}") { authorizations { subjects { ... on Product { pmsId } } } } }`,
      );
      expect(errors).toBeUndefined();
      const [{ subjects }] = (data as { product: { authorizations: [{ subjects: object[] }] } }).product
        .authorizations;
      expect(subjects).toHaveLength(10);
    });
  },
);
