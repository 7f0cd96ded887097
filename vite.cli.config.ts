/**
 * Bundles the program and its libraries into few files. Loading some 1,500 modules one by one takes two thirds of a start. The
 * package ships the bundle. The single modules in `dist/` are for tests and measurements.
 */
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  publicDir: false,
  plugins: [withoutLeftovers(), bundledRedis(), executable()],
  logLevel: 'error',
  ssr: {
    noExternal: true,
    // This package has binaries, which cannot be bundled.
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
        // The schema distinguishes its types by the names of their classes.
        keepNames: true,
        // Comments are in the sources, and licence notices in licenses.md.
        comments: false,
        // In the folder of the single modules, so that relative paths to other files stay valid.
        entryFileNames: '[name].js',
        chunkFileNames: 'pms-graphql-[name].js',
      },
    },
  },
});

/** Removes the files of earlier builds, because the package ships every file whose name begins with `pms-graphql`. */
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
 * Bundles ioredis, which the source loads by `createRequire`, a call that Vite does not follow. The chunk is loaded when it is
 * first needed.
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

/** Makes the program executable after each build. npm does so only once, when it links the program. */
function executable(): Plugin {
  return { name: 'executable', writeBundle: () => chmodSync('dist/pms-graphql.js', 0o755) };
}
