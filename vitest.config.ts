import { configDefaults, defineConfig } from 'vitest/config';

/** Every test but those over HAPI. `npm test` runs the quick tier of them, see vitest.quick.config.ts. */
export default defineConfig({
  // One realm for graphql: without the alias vitest loads it once as CommonJS and once as a module.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    // It starts a server of its own: `npm run test:hapi`.
    exclude: [...configDefaults.exclude, 'test/hapi/**'],
    setupFiles: ['test/support/setup.ts'],
    maxWorkers: '100%',
    // Only what hangs takes so long, also where the machine has other things to do.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
