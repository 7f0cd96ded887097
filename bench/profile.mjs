#!/usr/bin/env node
/**
 * Where the service's time goes under the 50 products: its hottest functions by their own time, and the files that these
 * are in. The start, and what it takes to warm up, are left out.
 *
 *     node bench/profile.mjs [rich|lean] [whole|elements|one|warm] [seconds] [rows] [seconds before]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLoad } from './load.mjs';
import { createProcesses } from './processes.mjs';
import { deep, one } from './questions.mjs';

const [variant = 'rich', how = 'whole', seconds = '8', rows = '30', before = '3'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
const processes = createProcesses();
const load = createLoad();
try {
  const upstream = await processes.upstream();
  const env = {
    PMS_ELEMENTS: how === 'elements' ? 'auto' : 'off',
    CACHE_TTL: how === 'warm' ? '3600' : '0',
  };
  const nodeArgs = ['--cpu-prof', '--cpu-prof-dir', folder];
  const service = await processes.service(`${upstream.url}/${variant}/0`, env, { nodeArgs });
  const question =
    how === 'one'
      ? { query: one, variables: { id: '600000000001' } }
      : { query: deep, variables: { first: 50 } };
  const ask = (ms) => load.run(service.url, () => question, { connections: 8, ms });
  await ask(Number(before) * 1_000);
  const { answers, ms } = await ask(Number(seconds) * 1_000);
  await service.stop();
  const [file] = readdirSync(folder);
  tell(JSON.parse(readFileSync(join(folder, file), 'utf8')), answers, ms);
} finally {
  load.close();
  processes.stopAll();
  rmSync(folder, { recursive: true });
}

function tell({ nodes, samples, timeDeltas }, answers, ms) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const [functions, files] = [new Map(), new Map()];
  const add = (table, name, spent) => table.set(name, (table.get(name) ?? 0) + spent);
  let total = 0;
  let left = ms;
  for (let index = samples.length - 1; index >= 0 && left > 0; index -= 1) {
    const { functionName, url, lineNumber } = byId.get(samples[index]).callFrame;
    const spent = timeDeltas[index] / 1_000;
    left -= spent;
    if (functionName === '(idle)') continue;
    const file = fileOf(url);
    add(
      functions,
      `${functionName || 'anonymous'} | ${url === '' ? file : `${file}:${lineNumber + 1}`}`,
      spent,
    );
    add(files, file, spent);
    total += spent;
  }
  print(`${answers} answers, ${(total / answers).toFixed(2)} ms of the main thread each`);
  for (const [heading, table] of [
    ['| function | file', functions],
    ['| file', files],
  ]) {
    print(`\n${heading} | own time | of all |`);
    print(`${heading.replaceAll(/[^|]+/g, ' --- ')}| --- | --- |`);
    const hottest = [...table].sort(([, a], [, b]) => b - a).slice(0, Number(rows));
    for (const [name, spent] of hottest)
      print(`| ${name} | ${(spent / answers).toFixed(3)} ms | ${((100 * spent) / total).toFixed(1)} % |`);
  }
}

function fileOf(url) {
  if (url === '') return 'V8 and libraries in C++';
  if (url.startsWith('node:')) return url;
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  const from = Math.max(path.lastIndexOf('/node_modules/'), path.lastIndexOf('/dist/'));
  return path.slice(from + 1);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
