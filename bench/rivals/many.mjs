#!/usr/bin/env node
/**
 * Compares servers under many clients with mixed operations, over an upstream with latency: this service, Grafast, and Apollo
 * Server with DataLoaders.
 *
 *     npm run build && npm ci --prefix bench/rivals --ignore-scripts && node bench/rivals/many.mjs [rounds] [seconds] [clients]
 *
 * Writes bench/rivals/many.md. Each server is a process, and they are measured alternately.
 */
import http from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { quantile, turned } from '../figures.mjs';
import { cpuMsOf, createProcesses, memoryOf } from '../processes.mjs';
import { createLoad } from '../load.mjs';

const rounds = Number(process.argv[2] ?? 4);
const seconds = Number(process.argv[3] ?? 5);
const clients = Number(process.argv[4] ?? 200);
const steps = [1 / 8, 1 / 4, 1 / 2, 1, 2].map((share) => Math.ceil(share * clients));
const latency = 50;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const versions = JSON.parse(readFileSync(here('package.json'), 'utf8')).dependencies;

const names = '{ pmsId name }';
const packages = '{ pmsId name packages(first: 100) { nodes { id description } } }';
const deep = `{
  pmsId name packages(first: 100) { nodes { id description packaging { items { item {
    id doseForm { code } ingredients(first: 100) { nodes { id role { code } substance { code name } } }
  } } } } }
}`;
const products = (rows) => `query ($first: Int!) { products(first: $first) { nodes ${rows} } }`;
/** Ten operations that clients send in turn: four for names, three with packages, three with packages, items and ingredients. */
const mix = [names, packages, deep, names, packages, names, deep, packages, names, deep].map(products);
/** Requests 5 to 24 products, so that two clients hardly ever send equal operations at the same time. */
const questionAt = (turn) => ({ query: mix[turn % mix.length], variables: { first: 5 + ((turn * 7) % 20) } });

/** Bytes that occur in a response with errors or incomplete lists only. */
const bad = [Buffer.from('"errors":[{'), Buffer.from('"incomplete":[{')];

const processes = createProcesses();
const options = { cwd: here('.'), stdio: ['ignore', 'pipe', 'ignore'] };
const service = (env) => (base) => processes.service(base, { ...env, LOG_LEVEL: 'error' });
const server =
  (name, ...args) =>
  (base) =>
    processes.start([here(`servers/${name}.mjs`), base, ...args], {
      ...options,
      env: { GRAPHILE_ENV: 'production' },
    });
const apollo = `Apollo Server ${versions['@apollo/server']}, DataLoader`;
const servers = [
  { title: 'this service, `CACHE_TTL=0`', start: service({ CACHE_TTL: '0' }) },
  { title: 'this service, default settings', start: service({}) },
  { title: apollo, start: server('apollo', 'batched') },
  { title: `${apollo}, pages followed`, start: server('apollo', 'paged') },
  { title: `Grafast ${versions.grafast}, Grafserv ${versions.grafserv}`, start: server('grafast') },
];

try {
  await main();
} finally {
  processes.stopAll();
}

async function main() {
  const upstream = await processes.upstream();
  const running = [];
  for (const each of servers) {
    const started = await each.start(`${upstream.url}/lean/0`);
    running.push({ ...each, ...started, windows: [], steps: [] });
  }
  await upstream.set({ latency });
  await compare(running);
  print('warming up');
  for (const each of running) await under(each, clients, 3_000);
  for (const each of running) each.idle = memoryOf(each.pid).now;
  for (let round = 0; round < rounds; round += 1) {
    print(`round ${round + 1}`);
    for (const each of turned(running, round)) each.windows.push(await under(each, clients, seconds * 1_000));
  }
  for (const each of running) each.peak = memoryOf(each.pid).peak;
  const [first] = running;
  for (const count of steps) first.steps.push({ count, ...(await under(first, count, seconds * 1_000)) });
  const report = written(running);
  writeFileSync(here('many.md'), report);
  print(report);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}

/** Checks that all servers give the same data for each operation. */
async function compare(running) {
  const load = createLoad();
  for (let turn = 0; turn < mix.length; turn += 1) {
    const { query, variables } = questionAt(turn);
    const answers = [];
    for (const { url } of running) answers.push((await load.answerOf(url, query, variables)).data);
    // Ids of the service begin with the type, which is removed.
    const plain = answers.map((data) => JSON.stringify(data).replaceAll(/"id":"\w+:/g, '"id":"'));
    const other = plain.findIndex((each) => each !== plain[0]);
    if (other > 0) throw new Error(`${running[other].title} answers otherwise: ${query}`);
  }
  load.close();
}

/** Measures a server under a number of clients. Each client sends its next operation when it has the response. */
async function under({ url, pid }, count, ms) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: count });
  const load = createLoad();
  const took = [];
  let failed = 0;
  let turn = 0;
  const cpuBefore = cpuMsOf(pid);
  const begun = performance.now();
  const client = async () => {
    while (performance.now() - begun < ms) {
      const { query, variables } = questionAt(turn++);
      const asked = performance.now();
      try {
        const bytes = await load.ask(url, query, variables, agent);
        // A response with errors or incomplete lists counts as failed.
        if (!isWhole(bytes)) throw new Error(`not whole: ${bytes.subarray(0, 300).toString()}`);
        took.push({ at: asked - begun, ms: performance.now() - asked });
      } catch (error) {
        if (failed === 0) print(error.message);
        failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: count }, client));
  const spent = performance.now() - begun;
  const cpu = cpuMsOf(pid) - cpuBefore;
  agent.destroy();
  load.close();
  const of = (share, some = took) =>
    some.length > 0
      ? quantile(
          some.map((each) => each.ms),
          share,
        )
      : NaN;
  const third = (index) => took.filter(({ at }) => Math.floor((3 * at) / ms) === index);
  return {
    failed,
    p50: of(0.5),
    p99: of(0.99),
    thirds: [of(0.5, third(0)), of(0.5, third(2))],
    perSecond: (1_000 * took.length) / spent,
    cpu: cpu / took.length,
  };
}

function isWhole(bytes) {
  return bad.every((each) => !bytes.includes(each));
}

function row(...cells) {
  return `| ${cells.join(' | ')} |`;
}

function written(running) {
  const median = (each, what) =>
    quantile(
      each.windows.map((window) => window[what]),
      0.5,
    );
  const sum = (each, what) => each.windows.reduce((all, window) => all + window[what], 0);
  const whole = (value) => value.toFixed(0);
  return [
    '# Many clients at once',
    '',
    'Written by `npm run bench:many`. `bench/README.md` says how.',
    '',
    `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores that upstream, servers and clients share; ${clients} clients, an upstream that`,
    `takes ${latency} ms, ${rounds} rounds of ${seconds} s; the figures are medians of the rounds. Load of the machine at the end, over 1, 5 and 15 minutes: ${loadavg()
      .map((each) => each.toFixed(1))
      .join(', ')}.`,
    '',
    row(
      '',
      'p50, ms',
      'p99, ms',
      'answers a second',
      'processor, ms an answer',
      'peak MB',
      'MB a client above idle',
      'failed',
    ),
    row('---', ...Array.from({ length: 7 }, () => '--:')),
    ...running.map((each) =>
      row(
        each.title,
        whole(median(each, 'p50')),
        whole(median(each, 'p99')),
        whole(median(each, 'perSecond')),
        median(each, 'cpu').toFixed(2),
        whole(each.peak / 1e6),
        ((each.peak - each.idle) / 1e6 / clients).toFixed(2),
        sum(each, 'failed'),
      ),
    ),
    '',
    `“Idle” is the memory after ${clients} clients have sent queries for 3 s.`,
    '',
    '## More and more clients',
    '',
    `${running[0].title}, ${seconds} s for each number of clients, in this order. If a queue grew, p50 would be higher in the last third of the time.`,
    '',
    row(
      'clients',
      'p50, ms',
      'p99, ms',
      'answers a second',
      'processor, ms an answer',
      'p50 of the first third',
      'p50 of the last',
      'failed',
    ),
    row(...Array.from({ length: 8 }, () => '--:')),
    ...running[0].steps.map(({ count, p50, p99, perSecond, cpu, thirds, failed }) =>
      row(
        count,
        whole(p50),
        whole(p99),
        whole(perSecond),
        cpu.toFixed(2),
        whole(thirds[0]),
        whole(thirds[1]),
        failed,
      ),
    ),
    '',
  ].join('\n');
}
