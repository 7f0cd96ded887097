import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The file that takes longest by far, though it is short: it runs one proof after the other. */
const longest = 'test/prove/prove.test.ts';

/** Starts the longest file first, so that the other workers have something to do until it ends. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(longest);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

/** Every test but those over HAPI. `npm test` runs the quick tier of them, see vitest.quick.config.ts. */
export default defineConfig({
  // One realm for graphql: without the alias vitest loads it once as CommonJS and once as a module.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    // It starts a server of its own: `npm run test:hapi`.
    exclude: [...configDefaults.exclude, 'test/hapi/**'],
    setupFiles: ['test/support/setup.ts'],
    sequence: { sequencer: LongestFirst },
    maxWorkers: '100%',
    // Only what hangs takes so long, also where the machine has other things to do.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
