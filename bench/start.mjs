#!/usr/bin/env node
/**
 * Cold start to the first answer: this service beside a bare Apollo Server, over one upstream, and what is installed.
 *
 *     npm run build && npm ci --prefix bench/rivals --ignore-scripts && node bench/start.mjs [starts] [--no-install]
 *
 * It writes bench/start.md. A start is the time from the spawn of the process to the last byte of the first answer
 * about one product, asked for as soon as it says where it is.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startUpstream } from './rivals/upstream.mjs';

const starts = Number(process.argv[2] ?? 20);
const isInstalled = !process.argv.includes('--no-install');
/** Of Apollo's time, what the service may take. */
const goal = 2;
const shown = 15;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const id = '600000000001';
const query = `{ product(id: "${id}") { pmsId name } }`;

const { url: upstream, server } = await startUpstream();
const ways = {
  service: {
    args: [here('../dist/pms-graphql.js'), 'serve'],
    env: { PORT: '0', PMS_BASE_URL: upstream, LOG_LEVEL: 'error' },
  },
  apollo: { args: [here('rivals/servers/bare-apollo.mjs'), upstream], env: {} },
};

const report = [
  '# Start',
  '',
  'Written by `npm run bench:start`; `bench/README.md` says how.',
  '',
  ...(await measuredStarts()),
  ...(isInstalled ? await measuredInstall() : []),
  // What was found by hand, which no run finds anew.
  readFileSync(here('start-notes.md'), 'utf8'),
].join('\n');
writeFileSync(here('start.md'), report);
process.stdout.write(report);
server.closeAllConnections();
server.close();

async function measuredStarts() {
  const times = { service: [], apollo: [] };
  // The first ones find the files on disk for all others.
  for (const way of Object.keys(ways)) await startOf(way);
  for (let round = 0; round < starts; round += 1) {
    const order = Object.keys(ways);
    for (const way of round % 2 === 0 ? order : order.toReversed()) times[way].push(await startOf(way));
  }
  const ratios = times.service.map(({ answered }, round) => answered / times.apollo[round].answered);
  const row = (title, way) =>
    `| ${title} | ${spread(times[way].map(({ listening }) => listening))} | ${spread(times[way].map(({ answered }) => answered))} |`;
  return [
    `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores, ${starts} starts of each in turn, files in the system's cache; median, and p10–p90`,
    `in brackets. The ratio is taken start by start. Load of the machine over 1 and 5 minutes: ${loadavg()
      .slice(0, 2)
      .map((each) => each.toFixed(1))
      .join(', ')}.`,
    '',
    '| | ms to listening | ms to the first answer |',
    '| --- | --: | --: |',
    row('this service', 'service'),
    row('bare Apollo Server, one resolver, `fetch`', 'apollo'),
    `| ratio | | ${spread(ratios, 2)} |`,
    '',
    `The goal is at most ${goal}: ${quantile(ratios, 0.5) <= goal ? 'met' : 'missed'}.`,
    '',
  ];
}

/** Milliseconds until it said where it is, and until its first answer was there. */
async function startOf(way) {
  const { args, env } = ways[way];
  const begun = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
  });
  try {
    const url = await said(child);
    const listening = performance.now() - begun;
    const answer = await ask(url);
    const answered = performance.now() - begun;
    if (answer.data?.product?.pmsId !== id) throw new Error(`${way} answered ${JSON.stringify(answer)}`);
    return { listening, answered };
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}

async function said(child) {
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^(?:ready|GraphQL at) (\S+)$/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('it did not start');
}

async function ask(url) {
  const body = JSON.stringify({ query });
  const request = http.request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  });
  request.end(body);
  const [response] = await once(request, 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** What `npm ci --omit=dev` brings, from the registry or npm's cache, and what `npm pack` would hold. */
async function measuredInstall() {
  const folder = mkdtempSync(join(tmpdir(), 'install-'));
  try {
    for (const name of ['package.json', 'package-lock.json'])
      copyFileSync(here(`../${name}`), join(folder, name));
    const begun = performance.now();
    await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
    const seconds = (performance.now() - begun) / 1_000;
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], here('..'));
    const parsed = JSON.parse(stdout);
    const [packed] = Array.isArray(parsed) ? parsed : Object.values(parsed);
    const sizes = packagesIn(join(folder, 'node_modules'));
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    const direct = new Set(
      Object.keys(JSON.parse(readFileSync(here('../package.json'), 'utf8')).dependencies),
    );
    return [
      '## Install',
      '',
      `\`npm ci --omit=dev\` took ${seconds.toFixed(1)} s once, with npm's cache as it was, and brings ${sizes.length} packages, ${megabytes(total)} MB.`,
      `The package itself is ${megabytes(packed.size)} MB packed, ${megabytes(packed.unpackedSize)} MB unpacked, ${packed.entryCount ?? packed.files.length} files.`,
      '',
      '| package, with what lies in its folder | MB | asked for by `package.json` |',
      '| --- | --: | --- |',
      ...sizes
        .slice(0, shown)
        .map(({ name, bytes }) => `| ${name} | ${megabytes(bytes)} | ${direct.has(name) ? 'yes' : ''} |`),
      '',
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command, args, cwd) {
  return promisify(execFile)(command, args, { cwd, maxBuffer: 100_000_000 });
}

/** The largest first; what is scoped is told package by package. */
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

function spread(values, digits = 0) {
  const [middle, low, high] = [0.5, 0.1, 0.9].map((share) => quantile(values, share).toFixed(digits));
  return `${middle} (${low}–${high})`;
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
