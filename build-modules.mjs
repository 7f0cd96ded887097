#!/usr/bin/env node
/**
 * Writes the modules of `src` one by one into `dist`, without their types, for tests and measurements. With `prove`, also writes
 * the modules of the proofs into `dist/prove`. `tsc` would take ten times as long, because it reads the types of all libraries.
 * `npm run typecheck` checks the types.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { transformWithOxc } from 'vite';

const isProve = process.argv[2] === 'prove';
const target = isProve ? 'dist/prove' : 'dist';
const modules = isProve
  ? ['src', 'test/prove', 'test/support'].flatMap((folder) => modulesIn(folder))
  : modulesIn('src').map((file) => relative('src', file));

await Promise.all(
  modules.map(async (file) => {
    const source = isProve ? file : join('src', file);
    const output = join(target, file.replace(/\.ts$/, '.js'));
    const { code, map } = await transformWithOxc(readFileSync(source, 'utf8'), resolve(source), {
      target: 'es2022',
      sourcemap: true,
    });
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, `${code}\n//# sourceMappingURL=${basename(output)}.map\n`);
    writeFileSync(`${output}.map`, JSON.stringify({ ...map, sources: [relative(dirname(output), source)] }));
  }),
);

/** Returns all modules apart from tests. GraphiQL is a separate program, see src/graphiql/build.mjs. */
function modulesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('graphiql'))
    .map((file) => join(folder, file));
}
