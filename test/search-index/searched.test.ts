/** Products that were crawled by searches: the index answers as the searches would, without a request. */
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleResources } from '../../src/sandbox/world/sample.js';
import { differingByRoute, randomOf, randomOperation } from '../support/random-operation.js';
import { randomWorld } from '../support/random-world.js';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';
import { propertyRuns } from '../support/tier.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const runs = propertyRuns(150);

let searched: TestService;
let held: readonly TestService[];

/** The sample data and the random data each have cases that the other lacks. */
const seed = Number(process.env['SEARCHED_SEED'] ?? 0);
const resources = seed === 0 ? sampleResources({ quirks: true }) : randomWorld(seed, { untold: true });
const ids = resources.flatMap(({ resourceType, id }) =>
  resourceType === 'MedicinalProductDefinition' ? [id] : [],
);

beforeAll(async () => {
  const index = { index: true, cacheTtlMs: 600_000 };
  [searched, ...held] = await Promise.all([
    startTestService({ profile: 'search', budget: 100_000, sandbox: { resources } }),
    startTestService({ profile: 'search', budget: 100_000, sandbox: { resources }, ...index }),
    startTestService({ profile: 'include', budget: 100_000, sandbox: { resources }, ...index }),
    startTestService({
      profile: 'auto',
      budget: 100_000,
      sandbox: { resources, profile: 'search', maxPageSize: 7 },
      ...index,
    }),
  ]);
});
afterAll(() => Promise.all([searched, ...held].map((service) => service.stop())));

function faultsOf({ errors = [] }: GraphqlAnswer): readonly string[] {
  return errors.map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`).sort();
}

function gapsOf({ extensions }: GraphqlAnswer): readonly object[] {
  const { incomplete } = (extensions as { upstream: { incomplete: readonly object[] } }).upstream;
  return incomplete;
}

describe('products that were crawled by searches', () => {
  it('are all in the index, with their records', async () => {
    for (const service of held) {
      const { data } = await service.query('{ service { coverage { withDetails complete gaps } } }');
      expect(data).toEqual({
        service: { coverage: { withDetails: ids.length, complete: true, gaps: [] } },
      });
    }
  });

  it(`answer ${runs} random operations with the same data as upstream searches, without a request`, async () => {
    const roots = ids.map((id) => `product(id: "${id}")`);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
        const { document, variables } = randomOperation({
          schema,
          random: randomOf(seed),
          roots,
          without: differingByRoute,
        });
        const one = await searched.query(document, variables);
        if (one.errors?.some(({ extensions }) => extensions.code === 'QUERY_TOO_COMPLEX')) return;
        for (const service of held) {
          service.sandbox.clearRequests();
          const other = await service.query(document, variables);
          expect(other.data, document).toEqual(one.data);
          expect(faultsOf(other), document).toEqual(faultsOf(one));
          expect(gapsOf(other), document).toEqual(gapsOf(one));
          expect(
            service.sandbox.requests.map(({ path }) => path),
            document,
          ).toEqual([]);
        }
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });
});
