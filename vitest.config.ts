import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  // One realm for graphql: without the alias vitest loads it once as CommonJS and once as a module.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    // It starts a server of its own: `npm run test:hapi`.
    exclude: [...configDefaults.exclude, 'test/hapi/**'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
