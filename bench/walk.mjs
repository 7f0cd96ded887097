#!/usr/bin/env node
/**
 * Counts the own files and functions that the service enters for one product, by folder.
 *
 *     npm run build:modules && node bench/walk.mjs [--list]
 *
 * Two rows: a new document about a product that was not read yet, and the same document about another such product, as in production,
 * where documents come again. Operations of the same kind come before, so that the features and figures of the upstream are known.
 * `--list` also lists the functions of both rows, with the number of their calls.
 */
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLoad } from './load.mjs';
import { createProcesses } from './processes.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
/** Operations before the first that is counted. */
const warmUps = 20;
/** Milliseconds after an answer until what follows it is done, such as keeping what was read. */
const after = 500;

const documentOf = (name) => `query ${name}($id: ID!) {
  product(id: $id) {
    pmsId
    name
    holder { name }
    packages(first: 20) { nodes { id } }
    ingredients(first: 50) { nodes { role { text } substance { name } strengthText } }
    authorizations { number }
  }
}`;

const processes = createProcesses();
const load = createLoad();
try {
  const upstream = await processes.upstream();
  let onEntered = () => undefined;
  const service = await processes.service(
    `${upstream.url}/lean/0`,
    {},
    {
      nodeArgs: ['--import', here('coverage.mjs')],
      script: here('../dist/cli.js'),
      onLine: (line) => {
        if (line.startsWith('entered ')) onEntered(JSON.parse(line.slice('entered '.length)));
      },
    },
  );
  const entered = async () => {
    await setTimeout(after);
    return new Promise((resolve) => {
      onEntered = resolve;
      process.kill(service.pid, 'SIGUSR2');
    });
  };
  let product = 600_000_000_001;
  const ask = (name) => load.answerOf(service.url, documentOf(name), { id: String(product++) });
  const counted = async (name) => {
    await entered();
    await upstream.calls();
    await ask(name);
    const files = await entered();
    return { files, requests: (await upstream.calls()).length };
  };
  for (let turn = 0; turn < warmUps; turn += 1) await ask(`Before${turn}`);
  tell([
    { heading: 'new document', ...(await counted('Walk')) },
    { heading: 'known document', ...(await counted('Walk')) },
  ]);
} finally {
  load.close();
  processes.stopAll();
}

function tell(rows) {
  const figures = rows.map(({ heading, requests, files }) => ({ heading, requests, ...sizeOf(files) }));
  print('| | upstream requests | files | functions | calls |\n| --- | --- | --- | --- | --- |');
  for (const { heading, requests, files, functions, calls } of figures)
    print(`| ${heading} | ${requests} | ${files} | ${functions} | ${calls} |`);
  const folders = [...new Set(rows.flatMap(({ files }) => files.map(({ file }) => folderOf(file))))].sort();
  print(`\n| folder | ${rows.map(({ heading }) => `${heading}: files | functions`).join(' | ')} |`);
  print(`| --- |${' --- | --- |'.repeat(rows.length)}`);
  for (const folder of folders) {
    const sizes = rows.map(({ files }) => sizeOf(files.filter(({ file }) => folderOf(file) === folder)));
    print(`| ${folder} | ${sizes.map(({ files, functions }) => `${files} | ${functions}`).join(' | ')} |`);
  }
  if (!process.argv.includes('--list')) return;
  for (const { heading, files } of rows) {
    print(`\n${heading}`);
    for (const { file, functions } of files.sort((a, b) => (a.file < b.file ? -1 : 1))) {
      print(`  ${file}`);
      for (const { name, line, calls } of functions) print(`    ${name}:${line} × ${calls}`);
    }
  }
}

function sizeOf(files) {
  const functions = files.flatMap((each) => each.functions);
  const calls = functions.reduce((sum, each) => sum + each.calls, 0);
  return { files: files.length, functions: functions.length, calls };
}

/** Returns the folder of a file, two levels deep; `.` for a file that is in none. */
function folderOf(file) {
  return file.split('/').slice(0, -1).slice(0, 2).join('/') || '.';
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
