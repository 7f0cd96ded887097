/**
 * Every filter part, with every value in the sandbox's data: the list has exactly the matching products, or is marked as
 * incomplete.
 */
import { describe, expect, it } from 'vitest';
import { costFaults, documentOf, judge, showAll, type Outcome } from '../support/filter-checks.js';
import { sentByOperations } from '../support/sent.js';
import { filtersOf, sampled } from '../support/filter-questions.js';
import { createFilterTruth, type FilterInput, type FilterTruth } from '../support/filter-truth.js';
import { startTestService, type TestService, type TestServiceOptions } from '../support/service.js';
import { isQuick, oneIn } from '../support/tier.js';

const routes: readonly (readonly [string, TestServiceOptions])[] = [
  ['`everything`', { profile: 'everything' }],
  ['`search`', { profile: 'search' }],
  ['`include`', { profile: 'include' }],
  [
    '`auto`, over an upstream without searches for linked records',
    { profile: 'auto', sandbox: { profile: 'everything' } },
  ],
  ['`auto`, over an upstream without `_include`', { profile: 'auto', sandbox: { profile: 'search' } }],
  ['`auto`, over an upstream with `_include`', { profile: 'auto', sandbox: { profile: 'include' } }],
];

interface Tally {
  readonly faults: readonly string[];
  /** The number of each outcome, by filter part. */
  readonly outcomes: Readonly<Record<string, Readonly<Partial<Record<Outcome | 'untold', number>>>>>;
}

/** The largest number of aliased lists in one operation. */
const together = 10;

async function askAll(
  service: TestService,
  truth: FilterTruth,
  filters: readonly FilterInput[],
  most = together,
): Promise<Tally> {
  const faults: string[] = [];
  const outcomes: Record<string, Partial<Record<Outcome | 'untold', number>>> = {};
  for (let start = 0; start < filters.length; start += most) {
    const group = filters.slice(start, start + most);
    const variables = Object.fromEntries(group.map((filter, index) => [`f${index}`, filter]));
    service.sandbox.clearRequests();
    const answer = await service.query(documentOf(group.length), variables);
    faults.push(...costFaults(answer, sentByOperations(service.sandbox).length));
    for (const [index, filter] of group.entries()) {
      const open = truth.open(filter);
      const judged = judge({ filter }, answer, truth.matching(filter), `p${index}`, open);
      faults.push(...judged.faults.map((fault) => `${JSON.stringify(filter)}: ${fault}`));
      const counts = (outcomes[Object.keys(filter).join()] ??= {});
      const outcome = judged.outcome === 'marked' && open.length > 0 ? 'untold' : judged.outcome;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
  }
  return { faults, outcomes };
}

/** The number of values tested for each filter part on each route; all of them would take minutes. */
const values = Number(process.env['FILTER_VALUES'] ?? (isQuick ? 1 : 10));

/**
 * Filter parts that may be undecided. One record of the sandbox names substances by bare codes, and their names stand in
 * other records. Another record names an item that no bundle contains, so its manufacturers cannot be read with bundles
 * alone.
 */
const mayBeUnknown = new Set(['substance', 'actives', 'withoutSubstance', 'manufacturer']);

describe.skipIf(isQuick)('each argument of a filter finds exactly the matching products', () => {
  it.each(routes)(
    'with the profile %s',
    async (_name, options) => {
      const service = await startTestService({ budget: 5_000, ...options });
      await showAll(service);
      const truth = createFilterTruth(service.sandbox.resources);
      const { faults, outcomes } = await askAll(service, truth, sampled(filtersOf(truth), values, 1));
      await service.stop();
      expect(faults).toEqual([]);
      // With so few products every record can be read.
      expect(Object.values(outcomes).flatMap((counts) => Object.keys(counts))).not.toContain('refused');
      const marked = Object.keys(outcomes).filter((part) => outcomes[part]?.marked);
      expect(marked.filter((part) => !mayBeUnknown.has(part))).toEqual([]);
    },
    600_000,
  );
});

describe.skipIf(isQuick)('filters over 1,500 products', () => {
  const many = { products: 1_500 };
  it.each([
    ['everything', { profile: 'everything', sandbox: many }],
    ['search', { profile: 'search', sandbox: many }],
    ['auto', { profile: 'auto', sandbox: { ...many, profile: 'include', maxPageSize: 7 } }],
  ] satisfies readonly (readonly [string, TestServiceOptions])[])(
    'return no wrong product, and are complete, marked incomplete or refused, with the profile `%s`',
    async (_name, options) => {
      const service = await startTestService({ budget: 300, ...options });
      const truth = createFilterTruth(service.sandbox.resources);
      const { faults, outcomes } = await askAll(service, truth, sampled(filtersOf(truth), 3, 7), 1);
      await service.stop();
      expect(faults).toEqual([]);
      // Names and ids find their products whatever the number of products.
      expect(outcomes['ids']).toEqual({ whole: 3 });
      expect(outcomes['nameEquals']).toEqual({ whole: 3 });
    },
  );
});

describe('filters over pages of 7 rows', () => {
  it.skipIf(isQuick).each(
    oneIn(6, [
      ['everything', 25],
      ['everything', 6],
      ['search', 25],
      ['search', 6],
      ['include', 25],
      ['include', 6],
    ] as const),
  )(
    'return no wrong product, and report each gap, with the profile `%s` and a budget of %s requests',
    async (profile, budget) => {
      const service = await startTestService({ profile, budget, sandbox: { pageSize: 7, maxPageSize: 7 } });
      const truth = createFilterTruth(service.sandbox.resources);
      const { faults, outcomes } = await askAll(service, truth, sampled(filtersOf(truth), 3, budget), 1);
      await service.stop();
      expect(faults).toEqual([]);
      expect(outcomes['identifier']).toBeDefined();
    },
  );
});
