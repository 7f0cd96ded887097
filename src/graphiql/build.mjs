/** Builds the GraphiQL page into dist/graphiql, if its sources have changed since the last build. */
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const stamp = 'dist/graphiql/.sources';
const folders = ['src/graphiql', 'src/doctor-page', 'schema/operations'];
const files = ['vite.graphiql.config.ts', 'package-lock.json'];

const sources = await digestOfSources();
if (sources !== (await digestOfLastBuild())) {
  const { build } = await import('vite');
  await build({ configFile: 'vite.graphiql.config.ts' });
  await writeFile(stamp, sources);
}

async function digestOfSources() {
  const hash = createHash('sha256');
  for (const file of [...files, ...(await Promise.all(folders.map(filesIn))).flat()]) {
    hash
      .update(file)
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex');
}

async function filesIn(folder) {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

async function digestOfLastBuild() {
  return readFile(stamp, 'utf8').catch(() => undefined);
}
