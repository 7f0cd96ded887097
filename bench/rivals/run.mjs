#!/usr/bin/env node
/**
 * Compares this service with other programs for the same purpose, over one upstream and with one query, alternating in one run.
 *
 *     npm run build && npm ci --prefix bench/rivals --ignore-scripts && node bench/rivals/run.mjs [rounds]
 *
 * Writes bench/rivals/results.md. Each rival is a process. Each round measures all of them one after the other. Ratios are relative
 * to the floor of the same round.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { spread, turned } from '../figures.mjs';
import { createLoad } from '../load.mjs';
import { createProcesses, memoryOf } from '../processes.mjs';
import { fieldsIn } from '../questions.mjs';
import { fromBundles, fromNodes, inBundles, inNodes } from './query.mjs';
import { startTailcall } from './servers/tailcall.mjs';

const rounds = Number(process.argv[2] ?? 15);
const windowMs = 400;
const warmUpMs = 2_000;
const clients = 8;
const latencies = [0, 50, 200];
const latencyRounds = Math.max(5, Math.round(rounds * 0.7));
const longPage = 500;
/** Rows on a short page: fewer than the 100 packages of fifty products, but enough for fifty products. */
const trapPage = 60;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const versions = JSON.parse(readFileSync(here('package.json'), 'utf8'));
const versionOf = (name) => versions.dependencies[name] ?? versions.optionalDependencies[name];

const processes = createProcesses();
const options = {
  cwd: here('.'),
  stdio: ['ignore', 'pipe', process.env.RIVALS_STDERR ? 'inherit' : 'ignore'],
};
const service = (elements) => (base) => processes.service(base, { CACHE_TTL: '0', PMS_ELEMENTS: elements });
const server =
  (name, ...args) =>
  (base) =>
    processes.start([here(`servers/${name}.mjs`), base, ...args], {
      ...options,
      env: { GRAPHILE_ENV: 'production' },
    });
const nodes = { query: inNodes, read: fromNodes };
const bundles = { query: inBundles, read: fromBundles };
const apollo = `Apollo Server ${versionOf('@apollo/server')}, REST data source ${versionOf('@apollo/datasource-rest')}`;
const hive = `Hive Gateway ${versionOf('@graphql-hive/gateway')}, Mesh's JSON schemas ${versionOf('@omnigraph/json-schema')}`;

const rivals = [
  {
    title: 'floor: `node:http`, written out',
    ...nodes,
    start: (base) => processes.floor(base, 'http', 'whole'),
  },
  { title: 'this service, `CACHE_TTL=0`, `PMS_ELEMENTS=off`', ...nodes, start: service('off') },
  { title: 'this service, `CACHE_TTL=0`', ...nodes, start: service('auto') },
  { title: `${apollo}, a call for each link`, ...nodes, start: server('apollo', 'naive') },
  { title: `${apollo}, DataLoader`, ...nodes, start: server('apollo', 'batched') },
  { title: `${apollo}, DataLoader, pages followed`, ...nodes, start: server('apollo', 'paged') },
  {
    title: `Grafast ${versionOf('grafast')}, Grafserv ${versionOf('grafserv')}`,
    ...nodes,
    start: server('grafast'),
  },
  { title: `${hive}, declarative`, ...bundles, start: server('hive', 'declarative') },
  { title: `${hive}, batched by hand`, ...bundles, start: server('hive', 'batched') },
  {
    title: `Tailcall ${versionOf('@tailcallhq/core-linux-x64-gnu')}, declarative`,
    ...bundles,
    start: (base) => startTailcall(processes, base, options),
  },
];

const notes = [
  '- The rows of this service include all its parts: validation, limits, governor, ledger and receipt. Nothing is cached between',
  '  answers. With the default cache, repeated equal queries would cause no upstream request at all.',
  '- With short pages, each search has further pages that must be read. A server that sends one request for each link is not',
  '  affected, only because no product here has more children than a page has rows. “Without a word” means that neither `errors`',
  '  nor any other part of the answer says that rows are missing.',
  '- Hive Gateway and Tailcall answer in the form of the upstream, with its bundles, so their answers are longer.',
  '- Grafast is made for Node 22. On Node 20 it runs with the one missing function added (`servers/node20.mjs`).',
  '- Tailcall is a binary with several threads; all others here use one thread of JavaScript. Tailcall has no row with `batchKey`:',
  '  there it repeats a parameter for each key, which FHIR reads as “all of these”. In an earlier trial with other data, which is',
  '  quoted and not measured here, that made 3 requests instead of 41, and every list was null.',
  '- HAPI’s own `$graphql` is measured over HAPI, in `bench/README.md`.',
  '',
];

try {
  await main();
} finally {
  processes.stopAll();
}

async function main() {
  const upstream = await processes.upstream();
  const { running, missing } = await startAll(`${upstream.url}/lean/0`);
  await judge(running, upstream);
  await warmUp(running);
  print('throughput');
  for (let round = 0; round < rounds; round += 1) {
    for (const rival of turned(running, round)) rival.throughput.push(await answersPerSecond(rival));
  }
  for (const latency of latencies) {
    print(`latency at ${latency} ms`);
    await upstream.set({ latency });
    for (let round = 0; round < latencyRounds; round += 1) {
      for (const rival of turned(running, round)) rival.latency.get(latency).push((await ask(rival)).ms);
    }
  }
  for (const rival of running) rival.peak = memoryOf(rival.pid).peak;
  const report = written(running, missing);
  writeFileSync(here('results.md'), report);
  print(report);
}

async function startAll(base) {
  const running = [];
  const missing = [];
  for (const rival of rivals) {
    try {
      const started = await rival.start(base);
      const latency = new Map(latencies.map((ms) => [ms, []]));
      running.push({ ...rival, ...started, throughput: [], latency });
    } catch (error) {
      missing.push(`${rival.title}: ${error.message}`);
    }
  }
  return { running, missing };
}

/**
 * Counts the upstream requests of each server, and compares its response with that of the floor: with long pages, and with short
 * ones.
 */
async function judge(running, upstream) {
  const [floor] = running;
  for (const [name, page] of [
    ['long', longPage],
    ['short', trapPage],
  ]) {
    await upstream.set({ page });
    for (const rival of running) {
      // The first response is not counted: the service may learn features at its start, and tests `_elements` before it relies on
      // them.
      await ask(rival);
      await upstream.calls();
      const answer = JSON.parse((await ask(rival)).bytes.toString());
      const { length: count } = await upstream.calls();
      const found = answer.data ? rival.read(answer.data) : undefined;
      rival[name] = {
        count,
        found,
        fields: fieldsIn(answer.data),
        isSame: isDeepStrictEqual(found, floor === rival ? found : floor[name].found),
        saysSo: Boolean(answer.errors?.length || answer.extensions?.upstream?.incomplete.length),
      };
      print(
        `${rival.title}: ${count} calls on ${name} pages, ${rival[name].isSame ? 'the same' : 'not the same'}`,
      );
    }
  }
  await upstream.set({ page: longPage });
}

async function warmUp(running) {
  print('warming up');
  for (const rival of running) await answersPerSecond(rival, warmUpMs);
}

/** Returns the responses a second to clients that send the next query when they have the response. */
async function answersPerSecond({ url, query }, forMs = windowMs) {
  const { answers, ms } = await createLoad().run(url, () => ({ query }), {
    connections: clients,
    ms: forMs,
  });
  return (1_000 * answers) / ms;
}

/** Returns one response and its milliseconds, over a new connection, as `run` does. */
async function ask({ url, query }) {
  const load = createLoad();
  try {
    return await load.timed(url, query);
  } finally {
    load.close();
  }
}

function written(running, missing) {
  const [floor] = running;
  const ratios = ({ throughput }) => throughput.map((each, round) => each / floor.throughput[round]);
  const total = ingredientsOf(floor.short.found);
  const trap = (rival) => {
    const found = ingredientsOf(rival.short.found);
    if (rival.short.isSame) return `whole, ${rival.short.count} calls`;
    return `**${found} of ${total} ingredients, ${rival.short.saysSo ? 'and says so' : 'without a word'}**`;
  };
  const whole = (value) => value.toFixed(0);
  const row = (...cells) => `| ${cells.join(' | ')} |`;
  return [
    '# Rivals, side by side',
    '',
    'Written by `npm run bench:rivals`. `bench/README.md` says how, and what the rivals are.',
    '',
    `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores that upstream, rivals and clients share, ${rounds} rounds of`,
    `${windowMs} ms with ${clients} clients for throughput, ${latencyRounds} rounds with one client for latency. 50 products with their packages,`,
    `the item in each and its ingredients: ${floor.long.fields} fields, four levels. Each cell has the median, and p10 to p90 in brackets. Throughput is a`,
    `share of the floor of the same round. Load of the machine at the end, over 1, 5 and 15 minutes: ${loadavg()
      .map((each) => each.toFixed(1))
      .join(', ')}.`,
    '',
    row(
      '',
      'upstream calls',
      'same answer',
      `pages of ${trapPage} rows`,
      'throughput, of the floor',
      ...latencies.map((ms) => `ms at ${ms} ms upstream`),
      'peak MB',
    ),
    row('---', '--:', '---', '---', '--:', ...latencies.map(() => '--:'), '--:'),
    ...running.map((rival) =>
      row(
        rival.title,
        rival.long.count,
        rival.long.isSame ? 'yes' : '**no**',
        trap(rival),
        spread(ratios(rival), (ratio) => ratio.toFixed(2)),
        ...latencies.map((ms) => spread(rival.latency.get(ms), whole)),
        Math.round(rival.peak / 1e6) || '?',
      ),
    ),
    '',
    `The floor itself gives ${spread(floor.throughput, whole)} answers a second.`,
    ...missing.map((each) => `\nNot measured: ${each}.`),
    '',
    ...notes,
    '',
  ].join('\n');
}

function ingredientsOf(products) {
  return (products ?? [])
    .flatMap(({ packages }) => packages ?? [])
    .flatMap(({ items }) => items ?? [])
    .flatMap(({ ingredients }) => ingredients ?? []).length;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
