/** The same operation returns the same data on every route: random operations over the sandbox. */
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differingByRoute, randomOf, randomOperation } from '../support/random-operation.js';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';
import { propertyRuns } from '../support/tier.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const runs = propertyRuns(150);

let everything: TestService;
let others: readonly TestService[];

beforeAll(async () => {
  [everything, ...others] = await Promise.all([
    startTestService({ profile: 'everything', budget: 100_000 }),
    startTestService({ profile: 'search', budget: 100_000 }),
    startTestService({ profile: 'include', budget: 100_000 }),
    startTestService({ profile: 'auto', budget: 100_000, sandbox: { profile: 'include', maxPageSize: 7 } }),
    // The index answers instead of the upstream.
    startTestService({ profile: 'everything', budget: 100_000, index: true, cacheTtlMs: 600_000 }),
    startTestService({
      profile: 'auto',
      budget: 100_000,
      index: true,
      cacheTtlMs: 600_000,
      sandbox: { profile: 'include' },
    }),
  ]);
});
afterAll(() => Promise.all([everything, ...others].map((service) => service.stop())));

function faultsOf({ errors = [] }: GraphqlAnswer): readonly string[] {
  return errors.map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`).sort();
}

function isIncomplete({ errors = [] }: GraphqlAnswer): boolean {
  return errors.some(({ extensions }) => extensions.code === 'UPSTREAM_INCOMPLETE');
}

function gapsOf({ extensions }: GraphqlAnswer): readonly string[] {
  const { incomplete } = (extensions as { upstream: { incomplete: readonly object[] } }).upstream;
  return incomplete.map((gap) => JSON.stringify(gap)).sort();
}

describe('services with the profiles `everything`, `search` and `include`, and with an index,', () => {
  it(`answer ${runs} random operations with the same data, errors and gaps`, async () => {
    const ids = everything.sandbox.resources.flatMap((each) =>
      each.resourceType === 'MedicinalProductDefinition' ? [each.id] : [],
    );
    const roots = [
      ...ids.map((id) => `product(id: "${id}")`),
      'product(id: "999999999999")',
      ...['a', 'el', 'ö', ','].flatMap((name) =>
        [1, 3, 6].map((first) => `products(filter: { name: "${name}" }, first: ${first})`),
      ),
    ];
    let marked = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
        const { document, variables } = randomOperation({
          schema,
          random: randomOf(seed),
          roots,
          without: differingByRoute,
        });
        const [one, ...answers] = await Promise.all(
          [everything, ...others].map((service) => service.query(document, variables)),
        );
        if (!one) throw new TypeError('no answer');
        // A random query may be too complex for the service.
        if (one.errors?.some(({ extensions }) => extensions.code === 'QUERY_TOO_COMPLEX')) return;
        expect(one.data, `${JSON.stringify(one.errors)} ${document}`).not.toBeUndefined();
        for (const other of answers) {
          // A route that cannot follow a link marks the gap; another route returns the data.
          const isMarked =
            gapsOf(one).join() !== gapsOf(other).join() || isIncomplete(one) || isIncomplete(other);
          marked += isMarked ? 1 : 0;
          if (isMarked) continue;
          expect(other.data, document).toEqual(one.data);
          expect(faultsOf(other), document).toEqual(faultsOf(one));
        }
      }),
      { numRuns: runs, endOnFailure: true },
    );
    expect(marked).toBeLessThan((runs * others.length) / 20);
  });
});
