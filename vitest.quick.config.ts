import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

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
    // Proofs, and the check of the benchmark, take minutes.
    exclude: [...(base.test?.exclude ?? []), 'test/prove/**', 'test/bench.test.ts'],
  },
});
