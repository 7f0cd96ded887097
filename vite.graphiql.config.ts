/**
 * Builds the GraphiQL page and the doctor page. All files come from this package and none is inlined, so that a strict content
 * security policy is possible.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  root: 'src/graphiql',
  base: '/graphiql/',
  publicDir: false,
  // Libraries contain a hundred directives for React Server Components. Vite would warn of each.
  logLevel: 'error',
  worker: { format: 'es' },
  plugins: [precompressed()],
  build: {
    outDir: '../../dist/graphiql',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index', 'doctor'].map((page) => `src/graphiql/${page}.html`) },
    // The licence notices of the bundled libraries.
    license: { fileName: 'licenses.md' },
  },
});

/** Replaces each asset by its `.gz`. Every browser can decompress it, and the package stays small. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    async writeBundle({ dir = '' }, bundle) {
      const assets = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
      await Promise.all(
        assets.map(async (name) => {
          const file = join(dir, name);
          await writeFile(`${file}.gz`, await promisify(gzip)(await readFile(file), { level: 9 }));
          await rm(file);
        }),
      );
    },
  };
}
