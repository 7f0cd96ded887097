import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** A Java server takes its time: to build at the first run, to start, to answer in small pages. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/hapi/**/*.test.ts'],
    exclude: [],
    // One server at a time: each takes two gigabytes and all the processors there are.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
