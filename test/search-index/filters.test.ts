/**
 * Filters and orders over random data, from the index: they find the same products as a plain scan, and send no upstream
 * request.
 */
import { expect, it } from 'vitest';
import { document, judge, type Asked } from '../support/filter-checks.js';
import { questionsOf } from '../support/filter-questions.js';
import { createFilterTruth, type FilterTruth } from '../support/filter-truth.js';
import { randomWorld } from '../support/random-world.js';
import { startTestService, type TestService } from '../support/service.js';
import { propertyRuns } from '../support/tier.js';

const worlds = propertyRuns(30);
const firstSeed = Number(process.env['FILTER_SEED'] ?? 1);

/** A product has equal facts in the index, whichever profile read its records. */
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
  // A filter that the upstream supports in one search may send that search.
  const isDirect =
    !asked.sort &&
    (profile !== 'everything' || Object.keys(asked.filter).every((part) => part.startsWith('name')));
  // Named products that are not in the index are requested from the upstream.
  const strangers = asked.sort ? [] : (asked.filter.ids ?? []).filter((id) => id === '999999999999');
  const sent = service.sandbox.requests.length;
  return [...faults, ...(sent > (isDirect ? 1 : 0) + 2 * strangers.length ? [`${sent} requests`] : [])];
}

it(`filters and pairs of filter arguments find exactly the matching products in the index, over ${worlds} random data sets`, async () => {
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
