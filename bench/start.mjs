#!/usr/bin/env node
/**
 * Measures cold starts until the first response: this service and a bare Apollo Server over the same upstream. Also measures the
 * size of the installation.
 *
 *     npm run build && npm ci --prefix bench/rivals --ignore-scripts && node bench/start.mjs [starts] [--no-install]
 *
 * Writes bench/start.md. A start is the time from the spawn of the process to the last byte of the first response, a query for one
 * product. The query is sent as soon as the process gives its URL.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { quantile, spread, turned } from './figures.mjs';
import { createLoad } from './load.mjs';
import { createProcesses, startFlags } from './processes.mjs';

const starts = Number(process.argv[2] ?? 20);
const isInstalled = !process.argv.includes('--no-install');
/** The most time that the service may take, as a multiple of Apollo Server's time. */
const goal = 2;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const id = '600000000001';
const query = `{ product(id: "${id}") { pmsId name } }`;

const processes = createProcesses();
const load = createLoad();
try {
  const upstream = await processes.upstream();
  await main(`${upstream.url}/lean/0`);
} finally {
  load.close();
  processes.stopAll();
}

async function main(base) {
  const report = [
    '# Start',
    '',
    'Written by `npm run bench:start`. `bench/README.md` says how.',
    '',
    ...(await measuredStarts(base)),
    ...(isInstalled ? await measuredInstall() : []),
    // Notes written by hand about findings that the run does not measure.
    readFileSync(here('start-notes.md'), 'utf8'),
  ].join('\n');
  writeFileSync(here('start.md'), report);
  process.stdout.write(report);
}

async function measuredStarts(base) {
  // Default settings, except the port, the base URL and the log level.
  const env = { PORT: '0', PMS_BASE_URL: base, LOG_LEVEL: 'error' };
  const ways = {
    service: () => processes.start([...startFlags, here('../dist/pms-graphql.js'), 'serve'], { env }),
    apollo: () => processes.start([here('rivals/servers/bare-apollo.mjs'), base]),
  };
  const times = { service: [], apollo: [] };
  // Not counted: the first starts read the files into the disk cache.
  for (const start of Object.values(ways)) await startOf(start);
  for (let round = 0; round < starts; round += 1) {
    for (const way of turned(Object.keys(ways), round)) times[way].push(await startOf(ways[way]));
  }
  const ratios = times.service.map(({ answered }, round) => answered / times.apollo[round].answered);
  const told = (way, what) =>
    spread(
      times[way].map((each) => each[what]),
      (ms) => ms.toFixed(0),
    );
  const row = (title, way) => `| ${title} | ${told(way, 'listening')} | ${told(way, 'answered')} |`;
  return [
    `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores, ${starts} starts of each in turn, files in the system's cache; median, and p10 to p90`,
    `in brackets. The ratio is taken start by start. Load of the machine over 1 and 5 minutes: ${loadavg()
      .slice(0, 2)
      .map((each) => each.toFixed(1))
      .join(', ')}.`,
    '',
    '| | ms to listening | ms to the first answer |',
    '| --- | --: | --: |',
    row('this service', 'service'),
    row('bare Apollo Server, one resolver, `fetch`', 'apollo'),
    `| ratio | | ${spread(ratios, (ratio) => ratio.toFixed(2))} |`,
    '',
    `The goal is at most ${goal}: ${quantile(ratios, 0.5) <= goal ? 'met' : 'missed'}.`,
    '',
  ];
}

/** Returns the milliseconds until the process gave its URL, and until its first response was complete. */
async function startOf(start) {
  const begun = performance.now();
  const { url, stop } = await start();
  const listening = performance.now() - begun;
  const { data } = await load.answerOf(url, query);
  const answered = performance.now() - begun;
  if (data.product?.pmsId !== id) throw new Error(`${url} answered ${JSON.stringify(data)}`);
  await stop();
  return { listening, answered };
}

/** Packs the program as `npm pack` does, and installs it into an empty folder. */
async function measuredInstall() {
  const folder = mkdtempSync(join(tmpdir(), 'install-'));
  try {
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const { stdout } = await run('npm', pack, here('..'));
    const [packed] = Object.values(JSON.parse(stdout));
    const begun = performance.now();
    const npx = ['--yes', '--cache', join(folder, 'cache'), '--package', join(folder, packed.filename)];
    await run('npx', [...npx, 'pms-graphql', '--version'], folder);
    const seconds = (performance.now() - begun) / 1_000;
    const others = ['install', '--ignore-scripts', '--no-audit', '--no-fund', join(folder, packed.filename)];
    await run('npm', others, folder);
    const brought = packagesIn(join(folder, 'node_modules'))
      .filter(({ name }) => name !== 'pms-graphql')
      .map(({ name, bytes }) => `${name} (${megabytes(bytes)} MB)`);
    return [
      '## Install',
      '',
      `The package is ${megabytes(packed.size)} MB packed, ${megabytes(packed.unpackedSize)} MB unpacked, ${packed.entryCount} files.`,
      `\`npx pms-graphql --version\` in an empty folder, with an empty cache, took ${seconds.toFixed(1)} s once, at a load of ${loadavg()[0].toFixed(1)}.`,
      `Installed with it: ${brought.join(', ') || 'nothing'}.`,
      '',
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command, args, cwd) {
  return promisify(execFile)(command, args, { cwd, maxBuffer: 100_000_000 });
}

/** Returns the packages in `node_modules`, the largest first. */
function packagesIn(folder) {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`) : [name],
    )
    .map((name) => ({ name, bytes: bytesIn(join(folder, name)) }))
    .sort((a, b) => b.bytes - a.bytes);
}

function bytesIn(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}

function megabytes(bytes) {
  return (bytes / 1_000_000).toFixed(1);
}
