#!/usr/bin/env node
/**
 * This service beside others that could do its work, on one upstream and one query, in one interleaved run.
 *
 *     npm run build && npm ci --prefix bench/rivals --ignore-scripts && node bench/rivals/run.mjs [rounds]
 *
 * It writes bench/rivals/results.md. Each rival is a process of its own; each round measures all of them, one after the
 * other, and a ratio is always one to the floor of the same round.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { fieldsIn, fromBundles, fromNodes, inBundles, inNodes } from './query.mjs';
import { tailcall } from './servers/tailcall.mjs';

const rounds = Number(process.argv[2] ?? 15);
const windowMs = 400;
const warmUpMs = 2_000;
const clients = 8;
const latencies = [0, 50, 200];
const latencyRounds = Math.max(5, Math.round(rounds * 0.7));
/** Fewer rows than two packages each of fifty products, and fifty products fit. */
const trapPage = 60;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const versions = JSON.parse(readFileSync(here('package.json'), 'utf8'));
const versionOf = (name) => versions.dependencies[name] ?? versions.optionalDependencies[name];

const node =
  (name, ...args) =>
  (upstream) => ({
    command: process.execPath,
    args: [here(`servers/${name}.mjs`), upstream, ...args],
  });
const service = (elements) => (upstream) => ({
  command: process.execPath,
  args: [here('../../dist/pms-graphql.js'), 'serve'],
  env: {
    PORT: '0',
    PMS_BASE_URL: upstream,
    PMS_RATE_LIMIT: '1000000',
    PMS_ELEMENTS: elements,
    CACHE_TTL: '0',
    LOG_LEVEL: 'error',
  },
});
const nodes = { query: inNodes, read: fromNodes };
const bundles = { query: inBundles, read: fromBundles };
const apollo = `Apollo Server ${versionOf('@apollo/server')}, REST data source ${versionOf('@apollo/datasource-rest')}`;
const hive = `Hive Gateway ${versionOf('@graphql-hive/gateway')}, Mesh's JSON schemas ${versionOf('@omnigraph/json-schema')}`;

const rivals = [
  { title: 'floor: `node:http`, written out', ...nodes, start: node('floor') },
  { title: 'this service, `PMS_ELEMENTS=off`', ...nodes, start: service('off') },
  { title: 'this service, `PMS_ELEMENTS=auto`', ...nodes, start: service('auto') },
  { title: `${apollo}, a call for each link`, ...nodes, start: node('apollo', 'naive') },
  { title: `${apollo}, DataLoader`, ...nodes, start: node('apollo', 'batched') },
  { title: `${apollo}, DataLoader, pages followed`, ...nodes, start: node('apollo', 'paged') },
  {
    title: `Grafast ${versionOf('grafast')}, Grafserv ${versionOf('grafserv')}`,
    ...nodes,
    start: node('grafast'),
  },
  { title: `${hive}, declarative`, ...bundles, start: node('hive', 'declarative') },
  { title: `${hive}, batched by hand`, ...bundles, start: node('hive', 'batched') },
  {
    title: `Tailcall ${versionOf('@tailcallhq/core-linux-x64-gnu')}, declarative`,
    ...bundles,
    start: tailcall,
    needsPort: true,
  },
];

const notes = [
  '- A row of this service is measured with everything on that it has: validation, limits, governor, ledger, receipt; nothing',
  '  is kept between answers.',
  '- On short pages each search must be read on. Who makes one call for each link escapes the trap only because no product',
  '  here has more children than a page has rows. “Without a word” means that neither `errors` nor anything else tells.',
  '- Hive Gateway and Tailcall answer in the upstream’s own shape, bundles and all: their answers are longer.',
  '- Grafast is made for Node 22; on Node 20 it runs with the one function that it misses put there (`servers/node20.mjs`).',
  '- Tailcall is a binary with threads of its own; all others here are one thread of JavaScript. It',
  '  has no row for `batchKey`: it sends a parameter once for each key, which FHIR reads as “all of these”. Quoted, not',
  '  measured here: in an earlier trial with other data that made 3 calls instead of 41, and every list was null.',
  '- HAPI’s own `$graphql` is measured over HAPI, in `bench/README.md`.',
  '',
];

const children = [];
let isOver = false;
try {
  await main();
} finally {
  isOver = true;
  // Some take their time over a gentler signal.
  for (const child of children) child.kill('SIGKILL');
}

async function main() {
  const { url: upstream } = await started(
    { command: process.execPath, args: [here('upstream.mjs')] },
    'the upstream',
  );
  const running = [];
  const missing = [];
  for (const rival of rivals) {
    const port = rival.needsPort ? await freePort() : undefined;
    const how = rival.start(upstream, port);
    if (!how) {
      missing.push(`${rival.title}: there is no binary of it for this system`);
      continue;
    }
    try {
      const server = await started(how, rival.title, port);
      running.push({
        ...rival,
        ...server,
        throughput: [],
        latency: new Map(latencies.map((ms) => [ms, []])),
      });
    } catch (error) {
      missing.push(`${rival.title}: ${error.message}`);
    }
  }
  const [floor] = running;
  await judge(running, upstream);
  await warmUp(running);
  print('throughput');
  for (let round = 0; round < rounds; round += 1) {
    for (const rival of turned(running, round)) rival.throughput.push(await answersPerSecond(rival));
  }
  for (const ms of latencies) {
    print(`latency at ${ms} ms`);
    await control(upstream, `set?latency=${ms}`);
    for (let round = 0; round < latencyRounds; round += 1) {
      for (const rival of turned(running, round)) rival.latency.get(ms).push((await ask(rival)).ms);
    }
  }
  for (const rival of running) rival.peak = peakOf(rival.pid);
  const report = written(running, floor, missing);
  writeFileSync(here('results.md'), report);
  print(report);
}

/** Calls, and whether the answer is that of the floor: on long pages, and on short ones. */
async function judge(running, upstream) {
  const [floor] = running;
  for (const [name, page] of [
    ['long', 500],
    ['short', trapPage],
  ]) {
    await control(upstream, `set?page=${page}`);
    for (const rival of running) {
      // What is learnt at the start is no part of an answer, and narrow copies are tried before they are believed in.
      await ask(rival);
      await control(upstream, 'calls');
      const { answer } = await ask(rival);
      const { count } = await control(upstream, 'calls');
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
  await control(upstream, 'set?page=500');
}

async function warmUp(running) {
  print('warming up');
  for (const rival of running) await answersPerSecond(rival, warmUpMs);
}

/** So many clients that ask anew as soon as they are answered. */
async function answersPerSecond(rival, forMs = windowMs) {
  // Of its own: servers close what was idle while the others had their turn.
  const agent = new http.Agent({ keepAlive: true });
  const begun = performance.now();
  let answers = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - begun < forMs) {
        await ask(rival, agent);
        answers += 1;
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  agent.destroy();
  return answers / seconds;
}

/** One answer, and the milliseconds until its last byte was there; what comes in a throng is not parsed. */
async function ask({ url, query, title }, agent) {
  const body = JSON.stringify({ query });
  const begun = performance.now();
  const request = http.request(url, {
    method: 'POST',
    agent: agent ?? false,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json',
    },
  });
  request.end(body);
  const [response] = await once(request, 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  const ms = performance.now() - begun;
  if (response.statusCode !== 200) throw new Error(`${title} answered ${response.statusCode}`);
  return agent ? { ms } : { ms, answer: JSON.parse(Buffer.concat(chunks).toString()) };
}

async function control(upstream, what) {
  return (await fetch(`${upstream}/-/${what}`)).json();
}

async function started({ command, args, env = {} }, title, port) {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', process.env.RIVALS_STDERR ? 'inherit' : 'ignore'],
    cwd: here('.'),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      GRAPHILE_ENV: 'production',
      TAILCALL_LOG_LEVEL: 'error',
      ...env,
    },
  });
  children.push(child);
  child.on('exit', (code, signal) => isOver || print(`${title} ended: ${signal ?? code}`));
  const url = port === undefined ? await said(child) : await listening(child, port);
  child.stdout.resume();
  return { url, pid: child.pid };
}

async function said(child) {
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^(?:ready|GraphQL at) (\S+)$/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('it did not start');
}

async function listening(child, port) {
  const url = `http://127.0.0.1:${port}/graphql`;
  for (let tries = 0; tries < 100 && child.exitCode === null; tries += 1) {
    const isThere = await fetch(url, { method: 'POST', body: '{}' }).then(
      () => true,
      () => false,
    );
    if (isThere) return url;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not start');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** Each round begins with another, so that nobody always follows the same. */
function turned(list, round) {
  const at = round % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/** Peak of what it had in memory, in MB; where the system does not tell, nothing. */
function peakOf(pid) {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}

function written(running, floor, missing) {
  const ratios = ({ throughput }) => throughput.map((each, round) => each / floor.throughput[round]);
  const spread = (values, digits) =>
    `${quantile(values, 0.5).toFixed(digits)} (${quantile(values, 0.1).toFixed(digits)}–${quantile(values, 0.9).toFixed(digits)})`;
  const total = ingredientsOf(floor.short.found);
  const trap = (rival) => {
    const found = ingredientsOf(rival.short.found);
    if (rival.short.isSame) return `whole, ${rival.short.count} calls`;
    return `**${found} of ${total} ingredients, ${rival.short.saysSo ? 'and says so' : 'without a word'}**`;
  };
  const row = (...cells) => `| ${cells.join(' | ')} |`;
  return [
    '# Rivals, side by side',
    '',
    'Written by `npm run bench:rivals`; how, and what each one is, stands in `bench/README.md`.',
    '',
    `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores that upstream, rivals and clients share, ${rounds} rounds of`,
    `${windowMs} ms with ${clients} clients for throughput, ${latencyRounds} rounds with one client for latency. 50 products with their packages,`,
    `the item in each and its ingredients: ${floor.long.fields} fields, four levels. Median, and p10–p90 in brackets; throughput is a`,
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
        spread(ratios(rival), 2),
        ...latencies.map((ms) => spread(rival.latency.get(ms), 0)),
        rival.peak ?? '?',
      ),
    ),
    '',
    `The floor itself: ${spread(floor.throughput, 0)} answers a second.`,
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

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
