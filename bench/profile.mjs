#!/usr/bin/env node
/**
 * Profiles the service: lists the functions with the most self time, and the files that contain them. Start and warm-up are not
 * counted.
 *
 *     node bench/profile.mjs [rich|lean] [first|again|one|elements|whole] [seconds] [rows] [warm-up seconds]
 *
 * With default settings: `first` requests 50 other products each time, `again` the same 50, `one` another single product each time.
 * Without a cache: `elements` requests the same 50 each time with `_elements`, `whole` as complete records.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLoad } from './load.mjs';
import { createProcesses, settingsIn } from './processes.mjs';
import { deep, one } from './questions.mjs';
import { products, seriesName } from './records.mjs';

const [variant = 'rich', how = 'first', seconds = '8', rows = '30', before = '3'] = process.argv.slice(2);
const same = () => ({ query: deep, variables: { first: 50 } });
/** The query and the settings of the service for each kind of profile. */
const ways = {
  first: [(turn) => ({ query: deep, variables: { first: 50, name: seriesName(turn) } }), {}],
  again: [same, {}],
  one: [(turn) => ({ query: one, variables: { id: String(600_000_000_001 + ((turn * 7) % products)) } }), {}],
  elements: [same, { CACHE_TTL: '0' }],
  whole: [same, { CACHE_TTL: '0', PMS_ELEMENTS: 'off' }],
};
const [questionAt, settings] = ways[how];
const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
const processes = createProcesses();
const load = createLoad();
try {
  const upstream = await processes.upstream();
  const nodeArgs = ['--cpu-prof', '--cpu-prof-dir', folder];
  const service = await processes.service(`${upstream.url}/${variant}/0`, settings, { nodeArgs });
  let turn = 0;
  const ask = (ms) => load.run(service.url, () => questionAt(turn++), { connections: 8, ms });
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
  print(
    `${variant}, ${how} (${settingsIn(settings)}): ${answers} answers, ${(total / answers).toFixed(2)} ms of the main thread each`,
  );
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
