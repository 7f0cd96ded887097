import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { common, measuring, others } from './vitest.config.js';

/** Test files that compare whole services over large sets of data. Smaller test files cover the same parts. */
const comparisons = [
  'test/catalogue/filters-combined.test.ts',
  'test/catalogue/filters-guises.test.ts',
  'test/catalogue/lookup-guises.test.ts',
  'test/catalogue/random-guises.test.ts',
  'test/catalogue/routes-agree.test.ts',
  'test/crawl/searched.test.ts',
  'test/search-index/facets/random-worlds.test.ts',
  'test/search-index/filters.test.ts',
  'test/search-index/searched.test.ts',
  'test/search-index/several-values.test.ts',
];

/** The quick tier of the tests, see test/support/tier.ts. */
export default defineConfig({
  ...common,
  test: {
    ...common.test,
    include: ['test/**/*.test.ts'],
    env: { TEST_TIER: 'quick' },
    // Tests spend a third of their time waiting for a browser, a process or the end of a time to live.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // The proofs, the test of the benchmark and the installation of the package take long.
    exclude: [
      ...others,
      ...measuring,
      'test/prove/**',
      'test/bench.test.ts',
      'test/package.test.ts',
      ...comparisons,
    ],
  },
});
