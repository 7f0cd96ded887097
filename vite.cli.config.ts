/**
 * Bundles the program and its libraries into few files. Loading some 1,500 modules one by one takes two thirds of a
 * start. The package ships these files; the single modules in `dist/` are for tests and measurements.
 */
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  publicDir: false,
  plugins: [withoutLeftovers(), bundledRedis(), executable()],
  logLevel: 'error',
  ssr: {
    noExternal: true,
    // It has binaries, which cannot be bundled.
    external: ['@photostructure/sqlite'],
  },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist',
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      input: { 'pms-graphql': 'src/cli.ts', 'pms-graphql-index-worker': 'src/search-index/worker.ts' },
      output: {
        // The schema tells its types apart by the names of their classes.
        keepNames: true,
        // The sources have the comments, and licenses.md the notices.
        comments: false,
        // In the folder of the modules, so that files beside the program are found by the same paths.
        entryFileNames: '[name].js',
        chunkFileNames: 'pms-graphql-[name].js',
      },
    },
  },
});

/** Removes the files of earlier builds: the package ships every file with such a name. */
function withoutLeftovers(): Plugin {
  return {
    name: 'without-leftovers',
    buildStart() {
      mkdirSync('dist', { recursive: true });
      for (const file of readdirSync('dist')) if (file.startsWith('pms-graphql')) rmSync(`dist/${file}`);
    },
  };
}

/**
 * Bundles ioredis although it is required by a function of Node's, which Vite does not follow. It stays unread until
 * it is needed.
 */
function bundledRedis(): Plugin {
  const declaration = 'const require = createRequire(import.meta.url);';
  return {
    name: 'bundled-redis',
    transform(code, id) {
      if (!id.endsWith('/src/store/redis-connection.ts')) return undefined;
      if (!code.includes(declaration))
        throw new Error(`${id} requires ioredis in another way than expected.`);
      return { code: code.replace(declaration, ''), map: null };
    },
  };
}

/** npm makes a program executable when it links it, once, but not a program that is built in its place later. */
function executable(): Plugin {
  return { name: 'executable', writeBundle: () => chmodSync('dist/pms-graphql.js', 0o755) };
}
