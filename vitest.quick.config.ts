import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** The quick tier, see test/support/tier.ts. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    env: { TEST_TIER: 'quick' },
    // Proofs, and the benchmark's own check, take minutes.
    exclude: [...(base.test?.exclude ?? []), 'test/prove/**', 'test/bench.test.ts'],
  },
});
