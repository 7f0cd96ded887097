import { defineConfig } from 'vitest/config';
import { common } from './vitest.config.js';

/** The tests over HAPI. A Java server is slow: to build at the first run, to start, and to respond in small pages. */
export default defineConfig({
  ...common,
  test: {
    ...common.test,
    include: ['test/hapi/**/*.test.ts'],
    // One server at a time: each takes two gigabytes of memory and all processors.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
