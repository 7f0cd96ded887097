/** Over an upstream with any combination of peculiarities, lists are complete or marked, and data are equal. */
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import type { Resource } from 'fhir/r5.js';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Guise, Profile } from '../../src/sandbox/server.js';
import { createJudge, isMarked, type JudgeOptions, type Question } from '../support/judge.js';
import { sentByOperations } from '../support/sent.js';
import { upstreamOf } from '../support/operations.js';
import { randomOf, randomOperation, type RandomOperation } from '../support/random-operation.js';
import { randomWorld } from '../support/random-world.js';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';
import { propertyRuns } from '../support/tier.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const judge = createJudge(schema);
const runs = propertyRuns(300);
/** To learn the features of an upstream takes longer than an operation, so each upstream gets two operations. */
const operationsOfEach = 2;
/** Fields that differ between profiles, or that describe the profile. */
const without = ['service', 'Substance.products', 'Product.equivalents'];

const parts = [
  '_id',
  'name',
  'package-for',
  'Ingredient?for',
  'subject',
  'form-of',
  '_elements',
  '_total',
  '_include',
  '_revinclude',
  '_include:iterate',
  '_revinclude:iterate',
  '_revinclude=Ingredient:for',
  '_revinclude=PackagedProductDefinition:package-for',
  '_include=PackagedProductDefinition:manufactured-item',
  'Ingredient?',
  'Organization?',
  'RegulatedAuthorization?subject',
  'ManufacturedItemDefinition?_id',
];

const some = fc.subarray(parts, { maxLength: 3 });
const guises: fc.Arbitrary<Guise> = fc.record(
  {
    metadata: fc.constantFrom('absent', 'present', 'swagger'),
    lacks: some,
    refuses: some,
    conceals: some,
    ignores: some,
    unknown: fc.constantFrom('refused', 'ignored'),
    self: fc.constantFrom('honoured', 'asked', 'absent'),
    read: fc.constantFrom('absent', 'present'),
    everything: fc.constantFrom('absent', 'present', 'paged'),
    post: fc.constantFrom(404, 405),
    name: fc.constantFrom('starts-with', 'contains'),
    total: fc.constantFrom('absent', 'first', 'low', 'high'),
    included: fc.constantFrom(0, 1, 5, 20, 50),
    next: fc.constantFrom('base', 'relative', 'long'),
    uses: fc.constantFrom(0, 1, 2),
    expired: fc.constantFrom(404, 410),
    pages: fc.constant('overlapping'),
    outcome: fc.constantFrom('first', 'last'),
    url: fc.constantFrom(300, 500, 1_000, 2_000),
    overlong: fc.constantFrom(414, 431),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** The seeds of the generated data; undefined stands for the sandbox's own data. */
const seeds = [undefined, 1, 2, 3, 4, 5, 6];

interface Case {
  readonly profile: Profile;
  readonly isConfigured: boolean;
  readonly guise: Guise;
  readonly page: number;
  readonly budget: number;
  readonly seed: number;
  readonly world: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  profile: fc.constantFrom('everything', 'search', 'include'),
  isConfigured: fc.boolean(),
  guise: guises,
  page: fc.constantFrom(1, 2, 3, 7, 20, 100),
  budget: fc.constantFrom(5, 15, 40, 120, 1_000),
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  world: fc.nat(seeds.length - 1),
});

interface World {
  readonly resources: readonly Resource[];
  readonly roots: readonly string[];
  /** A service over the same data whose upstream has no peculiarity. */
  readonly truth: TestService;
}

let worlds: readonly World[];
beforeAll(async () => {
  worlds = await Promise.all(seeds.map(startWorld));
});
afterAll(() => Promise.all(worlds.map(({ truth }) => truth.stop())));

async function startWorld(seed: number | undefined): Promise<World> {
  const truth = await startTestService({
    profile: 'search',
    budget: 100_000,
    sandbox: { maxPageSize: 1_000, ...(seed === undefined ? {} : { resources: randomWorld(seed) }) },
  });
  const { resources } = truth.sandbox;
  const ids = resources.flatMap(({ resourceType, id }) =>
    resourceType === 'MedicinalProductDefinition' ? [id] : [],
  );
  const roots = [
    ...ids.map((id) => `product(id: "${id}")`),
    'product(id: "999999999999")',
    ...['a', 'el', 'ö'].flatMap((name) =>
      [1, 3, 20].map((first) => `products(filter: { name: "${name}" }, first: ${first})`),
    ),
    'products(first: 5)',
  ];
  return { resources, roots, truth };
}

let whole = 0;
let marked = 0;

/** Whether organizations may be unreadable, so that only the displays of references name them. */
function hidesOrganizations({ profile, guise }: Case): boolean {
  const hidden = [...(guise.lacks ?? []), ...(guise.refuses ?? []), ...(guise.ignores ?? [])];
  const hasNone = profile === 'everything' && guise.everything === 'absent';
  return hasNone || hidden.some((part) => ['_id', 'Organization?'].includes(part));
}

/** Whether the features in the settings match the upstream: configured features are never refuted by experience. */
function believable({ profile, guise }: Case): boolean {
  const { lacks = [], refuses = [], ignores = [] } = guise;
  const dropped = [...ignores, ...(guise.unknown === 'ignored' ? [...lacks, ...refuses] : [])];
  // The rows of a silently ignored search may by chance equal the expected ones. Then the total is wrong.
  if (dropped.length > 0 && (guise.self === 'absent' || guise.self === 'asked')) return false;
  if (profile !== 'everything') return true;
  return guise.name !== 'starts-with' && guise.read !== 'absent' && guise.everything !== 'absent';
}

async function faultsIn(
  service: TestService,
  operation: RandomOperation,
  truth: TestService,
  options: JudgeOptions,
): Promise<readonly string[]> {
  service.sandbox.clearRequests();
  const { document, variables } = operation;
  const answer = await service.query(document, variables);
  const counted = sentByOperations(service.sandbox).length;
  const widened = judge.widened(operation);
  const expected = await truthOf(widened, truth);
  // Some random queries are too complex for the service.
  if (!expected.data) return costsOf(answer, counted);
  if (isMarked(answer)) marked += 1;
  else whole += 1;
  return [...costsOf(answer, counted), ...judge.faultsOf(operation, answer, expected, options)];
}

/**
 * Returns the complete answer. Repeats the query if the first estimate was too low, because the service has learnt from it.
 */
async function truthOf({ document, variables }: Question, truth: TestService): Promise<GraphqlAnswer> {
  let answer = await truth.query(document, variables);
  for (let tries = 1; isMarked(answer) && tries < 5; tries += 1)
    answer = await truth.query(document, variables);
  return answer;
}

function costsOf(answer: GraphqlAnswer, counted: number): readonly string[] {
  if (!answer.extensions?.['upstream']) return counted === 0 ? [] : [`${counted} requests without a receipt`];
  const { requests, estimated } = upstreamOf(answer);
  return [
    ...(requests === counted ? [] : [`${counted} requests, of which ${requests} on the receipt`]),
    ...(requests <= estimated ? [] : [`${requests} requests, more than ${estimated}`]),
  ];
}

describe('over upstreams with random combinations of deviations', () => {
  it(`${runs * operationsOfEach} random operations return correct data, and report what is missing`, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (each) => {
        const { profile, isConfigured, guise, page, budget, seed } = each;
        const { resources, roots, truth } = worlds[each.world] as World;
        const random = randomOf(seed);
        const service = await startTestService({
          profile: isConfigured && believable(each) ? profile : 'auto',
          budget,
          sandbox: { profile, guise, resources, pageSize: page, maxPageSize: page },
        });
        try {
          for (let count = 0; count < operationsOfEach; count += 1) {
            const operation = randomOperation({ schema, random, roots, without });
            const faults = await faultsIn(service, operation, truth, {
              displays: hidesOrganizations(each),
              overcounts: guise.total === 'high',
            });
            expect(faults, operation.document).toEqual([]);
          }
        } finally {
          await service.stop();
        }
      }),
      { numRuns: runs, endOnFailure: true },
    );
    // If no run had a gap, or all had gaps, the property would prove nothing.
    expect(whole).toBeGreaterThan(runs / 2);
    expect(marked).toBeGreaterThan(runs / 10);
  }, 600_000);
});
