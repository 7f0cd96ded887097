/**
 * Random records, with missing and contradictory values: a filter finds what a plain scan finds, or the list is marked as
 * incomplete.
 */
import { expect, it } from 'vitest';
import { costFaults, document, judge, showAll, type Asked } from '../support/filter-checks.js';
import { sentByOperations } from '../support/sent.js';
import { questionsOf } from '../support/filter-questions.js';
import { createFilterTruth, type FilterTruth } from '../support/filter-truth.js';
import { randomWorld } from '../support/random-world.js';
import { startTestService, type TestService } from '../support/service.js';
import { isQuick, propertyRuns } from '../support/tier.js';

const worlds = Math.ceil(propertyRuns(30) / (isQuick ? 20 : 1));
const firstSeed = Number(process.env['FILTER_SEED'] ?? 1);
const profiles = ['everything', 'search', 'include', 'auto'] as const;
async function faultsIn(service: TestService, asked: Asked, truth: FilterTruth): Promise<readonly string[]> {
  service.sandbox.clearRequests();
  const answer = await service.query(document, { ...asked, first: 100 });
  const matching = truth.matching(asked.filter);
  const expected = asked.sort ? truth.sorted(matching, asked.sort, 'en') : matching;
  const { faults } = judge(asked, answer, expected, 'products', truth.open(asked.filter));
  return [...faults, ...costFaults(answer, sentByOperations(service.sandbox).length)];
}

it(`filters and pairs of filter arguments find exactly the matching products over ${worlds} random data sets`, async () => {
  for (let seed = firstSeed; seed < firstSeed + worlds; seed += 1) {
    const resources = randomWorld(seed, { untold: true });
    const truth = createFilterTruth(resources);
    const profile = profiles[seed % profiles.length] ?? 'auto';
    const sandbox = { resources, ...(profile === 'auto' ? { profile: 'include' as const } : {}) };
    const service = await startTestService({ profile, budget: 100_000, cacheTtlMs: 600_000, sandbox });
    await showAll(service);
    const faults: string[] = [];
    for (const asked of questionsOf(truth, seed))
      for (const fault of await faultsIn(service, asked, truth))
        faults.push(`${JSON.stringify(asked)}: ${fault}`);
    await service.stop();
    expect(faults, `world ${seed}, ${profile}`).toEqual([]);
  }
}, 900_000);
