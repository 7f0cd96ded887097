/**
 * More products than the service looks through: once they are in the index, filters find exactly the matching products,
 * without a request.
 */
import { expect, it } from 'vitest';
import { document, judge, type Asked } from '../support/filter-checks.js';
import { filtersOf } from '../support/filter-questions.js';
import { createFilterTruth, type FilterInput } from '../support/filter-truth.js';
import { startTestService } from '../support/service.js';
import { isQuick } from '../support/tier.js';

/** Whether the upstream does not support this filter itself. */
function isFoundHere(filter: FilterInput): boolean {
  return Object.keys(filter).every((part) => !part.startsWith('name') && part !== 'ids');
}

it.skipIf(isQuick)(
  'each filter argument finds exactly the matching products among 1,537 in the index',
  async () => {
    const products = 1_537;
    const service = await startTestService({ index: true, cacheTtlMs: 3_600_000, sandbox: { products } });
    const truth = createFilterTruth(service.sandbox.resources as Parameters<typeof createFilterTruth>[0]);
    const all = filtersOf(truth).filter(isFoundHere);
    expect(all.length).toBeGreaterThan(1_000);
    const every = Math.ceil(all.length / 600);
    const asked = all
      .filter((_, at) => at % every === 0)
      .map((filter): Asked => ({ filter, sort: undefined }));
    const faults: string[] = [];
    for (const each of asked) {
      service.sandbox.clearRequests();
      const answer = await service.query(document, { ...each, first: 100 });
      const matching = truth.matching(each.filter);
      // This test reads one page of at most 100 products.
      if (matching.length > 100) continue;
      const { faults: found } = judge(each, answer, matching, 'products', truth.open(each.filter));
      const sent = service.sandbox.requests.length;
      faults.push(
        ...[...found, ...(sent > 0 ? [`${sent} requests`] : [])].map(
          (fault) => `${JSON.stringify(each)}: ${fault}`,
        ),
      );
    }
    await service.stop();
    expect(faults).toEqual([]);
  },
  900_000,
);
