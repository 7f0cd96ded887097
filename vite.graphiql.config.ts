/** Builds the GraphiQL page and the one beside it: every file from this package, none inlined, so that a strict policy can hold. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  root: 'src/graphiql',
  base: '/graphiql/',
  publicDir: false,
  // Libraries mark their modules for React's server, a hundred times; each would be warned of.
  logLevel: 'error',
  worker: { format: 'es' },
  plugins: [precompressed()],
  build: {
    outDir: '../../dist/graphiql',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index', 'doctor'].map((page) => `src/graphiql/${page}.html`) },
    // The notices that the libraries ask to be kept with what is built of them.
    license: { fileName: 'licenses.md' },
  },
});

/** Replaces each asset by its `.gz`: every browser reads it, and the package stays small. */
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
