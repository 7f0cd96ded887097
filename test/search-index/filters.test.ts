/** Filters and orders over random worlds by the index: what it finds is what a plain scan finds, and asks nothing upstream. */
import { expect, it } from 'vitest';
import { document, judge, type Asked } from '../support/filter-checks.js';
import { questionsOf } from '../support/filter-questions.js';
import { createFilterTruth, type FilterTruth } from '../support/filter-truth.js';
import { randomWorld } from '../support/random-world.js';
import { startTestService, type TestService } from '../support/service.js';
import { propertyRuns } from '../support/tier.js';

const worlds = propertyRuns(30);
const firstSeed = Number(process.env['FILTER_SEED'] ?? 1);

/** The facts are the same, however the records of a product were read. */
const profiles = ['everything', 'search', 'include'] as const;
type Profile = (typeof profiles)[number];

async function faultsIn(
  service: TestService,
  profile: Profile,
  asked: Asked,
  truth: FilterTruth,
): Promise<readonly string[]> {
  service.sandbox.clearRequests();
  const answer = await service.query(document, { ...asked, first: 100 });
  const matching = truth.matching(asked.filter);
  const expected = asked.sort ? truth.sorted(matching, asked.sort, 'en') : matching;
  const { faults } = judge(asked, answer, expected, 'products', truth.open(asked.filter));
  // What the upstream finds in one search it is asked for.
  const isDirect =
    !asked.sort &&
    (profile !== 'everything' || Object.keys(asked.filter).every((part) => part.startsWith('name')));
  // And for products that are named, and not held.
  const strangers = asked.sort ? [] : (asked.filter.ids ?? []).filter((id) => id === '999999999999');
  const sent = service.sandbox.requests.length;
  return [...faults, ...(sent > (isDirect ? 1 : 0) + 2 * strangers.length ? [`${sent} requests`] : [])];
}

it(`filters and pairs of them over ${worlds} random worlds`, async () => {
  for (let seed = firstSeed; seed < firstSeed + worlds; seed += 1) {
    const resources = randomWorld(seed, { untold: true });
    const truth = createFilterTruth(resources);
    const profile = profiles[seed % profiles.length] ?? 'everything';
    const service = await startTestService({
      isKnown: true,
      profile,
      index: true,
      cacheTtlMs: 600_000,
      sandbox: { resources },
    });
    const faults: string[] = [];
    for (const asked of questionsOf(truth, seed))
      for (const fault of await faultsIn(service, profile, asked, truth))
        faults.push(`${JSON.stringify(asked)}: ${fault}`);
    await service.stop();
    expect(faults, `world ${seed}, ${profile}`).toEqual([]);
  }
}, 900_000);
