import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The test file that takes longest by far, because it runs all proofs one after the other. */
const longest = 'test/prove/prove.test.ts';

/** Starts the longest file first, so that other workers run the other files meanwhile. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(longest);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

/** What the tests of every tier have in common. */
export const common = defineConfig({
  // Without the alias vitest loads graphql twice: as CommonJS and as an ES module. graphql refuses objects of the other copy.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    setupFiles: ['test/support/setup.ts'],
    sequence: { sequencer: LongestFirst },
    // The modules are loaded once for many files. No module that the tests load has state of its own.
    isolate: false,
    maxWorkers: '100%',
    // Only a test that hangs takes so long, even on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});

/** Test files that measure their whole process: the objects on its heap, or how often V8 runs each block of the code. */
export const measuring = ['test/growth.test.ts', 'test/catalogue/known/known.test.ts'];

/** Files that are not tests, and the tests over HAPI, which start a Java server: `npm run test:hapi`. */
export const others = [...configDefaults.exclude, 'test/hapi/**'];

/** Every test except those over HAPI. `npm test` runs the quick tier of them, see vitest.quick.config.ts. */
export default defineConfig({
  ...common,
  test: {
    ...common.test,
    projects: [
      {
        extends: true,
        test: {
          name: 'shared process',
          include: ['test/**/*.test.ts'],
          exclude: [...others, ...measuring],
        },
      },
      { extends: true, test: { name: 'own process', include: measuring, isolate: true } },
    ],
  },
});
