/**
 * Puts the program and what it is built on into few files: some 1,500 modules one by one are two thirds of a start.
 * The modules of `dist/` stay beside it, for tests and for whoever wants a part.
 */
import { chmodSync } from 'node:fs';
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  plugins: [
    {
      name: 'executable',
      // npm makes a program executable when it links it, once, and not one that is built in its place later.
      writeBundle: () => chmodSync('dist/pms-graphql.js', 0o755),
    },
  ],
  logLevel: 'error',
  ssr: {
    noExternal: true,
    // Loaded where they are needed, and only then.
    external: ['ioredis', 'kysely', 'yaml', '@photostructure/sqlite'],
  },
  build: {
    ssr: 'dist/cli.js',
    target: 'node20',
    outDir: 'dist',
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      // Types of the schema are told by the names of their classes.
      output: {
        keepNames: true,
        // In the folder of the modules, so that files beside the program are found by the same paths.
        entryFileNames: 'pms-graphql.js',
        chunkFileNames: 'pms-graphql-[name].js',
      },
    },
  },
});
