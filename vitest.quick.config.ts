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
    // Proofs, and the check of the benchmark, take minutes.
    exclude: [...(base.test?.exclude ?? []), 'test/prove/**', 'test/bench.test.ts'],
  },
});
