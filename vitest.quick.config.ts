import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Files that compare whole services with each other, over worlds of their own. Smaller files test the same parts. */
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

/** The quick tier, see test/support/tier.ts. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    env: { TEST_TIER: 'quick' },
    // Nothing that the tests load has state of its own: the modules are loaded once for many files.
    isolate: false,
    // A third of the time of a test is waiting: for a browser, a process, a time to live.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // Proofs, the check of the benchmark, and the installation of the package take long.
    exclude: [
      ...(base.test?.exclude ?? []),
      'test/prove/**',
      'test/bench.test.ts',
      'test/package.test.ts',
      ...comparisons,
    ],
  },
});
