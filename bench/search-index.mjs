#!/usr/bin/env node
/**
 * Measures the index with generated products: how fast it is filled, how fast it is searched meanwhile and afterwards, and a linked
 * query from the index compared with the upstream.
 *
 *     npm run bench:index [-- products ...] default: 10000, 50000 and 200000
 *
 * Writes bench/search-index.md. All is measured over HTTP, in one run.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantile } from './figures.mjs';
import { cpuMsOf, createProcesses, memoryOf, startFlags } from './processes.mjs';

const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [10_000, 50_000, 200_000];
/** Number of warm-up requests of each kind, and number of measured requests. The two have different variables. */
const [warmUp, asked] = [100, 500];
/** Number of warm-up requests and of measured requests with linked queries, which take longer. */
const [linkedWarmUp, linkedAsked] = [25, 100];
/** Latency of the upstream in milliseconds, for measurements that read from it. */
const latency = 50;
/** Milliseconds between two searches while the index is filled. */
const everyMs = 250;
/** Resolution of the event loop's delay histogram in milliseconds. It is part of each measured delay, and subtracted. */
const clockMs = 10;

const groups = ['A', 'B', 'C', 'D', 'G', 'H', 'J', 'L', 'M', 'N', 'P', 'R', 'S', 'V'];

const names = {
  number: 'exact number',
  atc: 'ATC page',
  typo: 'typo search, 3 facets',
  suggest: 'suggest',
};

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const program = here('../dist/pms-graphql.js');
const processes = createProcesses();
const folder = mkdtempSync(join(tmpdir(), 'bench-index-'));
const rows = [];
try {
  for (const products of sizes) {
    rows.push(await measured(products));
    // Written after each size, so that results survive if the next size fails.
    report();
  }
} finally {
  processes.stopAll();
  rmSync(folder, { recursive: true });
}

async function measured(products) {
  const file = join(folder, `${products}.sqlite`);
  const sandbox = await startSandbox(products);
  const service = await startService(sandbox.env, { file, isFilled: true });
  const filling = await filled(service, sandbox);
  const numbers = await authorizationNumbers(service.url);
  const words = await typedWords(service.url);
  const kinds = {
    number: (at) => found({ authorizationNumber: [numbers[at % numbers.length]] }, at),
    atc: (at) => found({ atc: [groups[at % groups.length]] }, at),
    typo: (at) => misspelt(words[at % words.length], at),
    suggest: (at) => suggested(words[at % words.length], at),
  };
  const queries = {};
  for (const [kind, questionOf] of Object.entries(kinds))
    queries[kind] = await answered(service, questionOf, { warmUp, times: asked });
  const ids = await idsOf(service.url);
  const held = await answered(service, (at) => linked(ids, at), { warmUp: linkedWarmUp, times: linkedAsked });
  const memory = memoryOf(service.pid);
  await service.stop();
  await sandbox.stop();
  const slow = await startSandbox(products, ['--latency', String(latency)]);
  const without = await startService(slow.env, { file: undefined });
  const asIs = await answered(without, (at) => linked(ids, at), { warmUp: linkedWarmUp, times: linkedAsked });
  const usual = memoryOf(without.pid);
  await without.stop();
  await slow.stop();
  const bytes = statSync(file).size;
  return { products, filling, queries, held, asIs, memory, usual, bytes, load: loadavg()[1] };
}

async function startSandbox(products, more = []) {
  const env = {};
  let told = () => undefined;
  const isTold = new Promise((resolve) => (told = resolve));
  const started = await processes.start(
    [program, 'sandbox', '--port', '0', '--products', String(products), ...more],
    {
      onLine(line) {
        const [, name, value] = /^(PMS_\w+)=(.*)$/.exec(line) ?? [];
        if (name) env[name] = value;
        if (name === 'PMS_SCOPE') told();
      },
      where: () => isTold,
    },
  );
  return { ...started, env };
}

function startService(upstream, { file, isFilled = false }) {
  const index = file
    ? {
        INDEX: 'on',
        INDEX_URL: `sqlite:${file}`,
        INDEX_TERMS_ACCEPTED: 'true',
        INDEX_MAX_BYTES: '100000000000',
      }
    : { INDEX: 'off', CACHE_TTL: '0' };
  const crawl = isFilled ? { INDEX_CRAWL: 'true', INDEX_SHARE: '1' } : {};
  const settings = { PORT: '0', LOG_LEVEL: 'error', PMS_RATE_LIMIT: '1000000', SHUTDOWN_DELAY: '0' };
  return processes.start([...startFlags, program, 'serve'], {
    env: { ...upstream, ...settings, ...index, ...crawl },
  });
}

/** Waits until all products are in the index with their details. Sends searches meanwhile. */
async function filled(service, sandbox) {
  const { url, pid } = service;
  const [own, upstreams] = [cpuMsOf(pid), cpuMsOf(sandbox.pid)];
  const began = performance.now();
  const times = [];
  await blockedMs(service);
  for (let at = 0; ; at += 1) {
    const { data } = await ask(url, '{ service { coverage { withDetails complete } } }');
    const { withDetails, complete } = data.service.coverage;
    if (complete)
      return {
        perSecond: withDetails / ((performance.now() - began) / 1_000),
        ownMs: (cpuMsOf(pid) - own) / withDetails,
        upstreamMs: (cpuMsOf(sandbox.pid) - upstreams) / withDetails,
        blocked: await blockedMs(service),
        times,
      };
    const { query, variables } = suggested('abcdefghijklmnopqrstuvwxyz'.slice(at % 26).padEnd(4, 'a'), at);
    const asking = performance.now();
    await ask(url, query, variables);
    times.push(performance.now() - asking);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Builds a query with another `first` each time, so that no response can come from a cache. */
function found(filter, at) {
  return {
    query:
      'query ($filter: ProductFilter, $first: Int) { products(filter: $filter, first: $first) { totalCount nodes { pmsId } } }',
    variables: { filter, first: 1 + (at % 20) },
  };
}

/** Returns words of product names that are long enough to be misspelt. */
async function typedWords(url) {
  const { data } = await ask(url, '{ products(filter: { atc: ["C"] }, first: 100) { nodes { name } } }');
  const words = data.products.nodes.flatMap(({ name }) => name.split(/[^\p{L}]+/u));
  return [...new Set(words.filter((word) => word.length >= 6))];
}

/** Builds a search for a word without one of its letters, with three facets. */
function misspelt(word, at) {
  const place = 1 + (at % (word.length - 2));
  return {
    query: `query ($text: String!) { searchProducts(text: $text, first: 20) { total { value } didYouMean
      edges { match { value distance } node { pmsId name } }
      facets(fields: [ATC, HOLDER, COUNTRY]) { field values { value count } } } }`,
    variables: { text: word.slice(0, place) + word.slice(place + 1) },
  };
}

function suggested(word, at) {
  return {
    query: 'query ($text: String!) { suggest(text: $text) { kind text detail } }',
    variables: { text: word.slice(0, 2 + (at % (word.length - 2))) },
  };
}

/** Builds a query for 20 other products each time. It has their ids, so neither the index nor the upstream has to search. */
function linked(ids, at) {
  const some = Array.from({ length: 20 }, (_, place) => ids[(at * 20 + place) % ids.length]);
  return {
    query: `query ($ids: [ID!]) { products(filter: { ids: $ids }, first: 20) { nodes { pmsId name
      packages(first: 5) { nodes { id manufacturedItems { ingredients { nodes { substance { code } } } } } } } } }`,
    variables: { ids: some },
  };
}

/** Returns the ids that the linked queries need, or those of all products if there are fewer. */
async function idsOf(url) {
  const ids = [];
  for (let after; ids.length < (linkedWarmUp + linkedAsked) * 20;) {
    const { data } = await ask(
      url,
      'query ($after: String) { products(filter: { domain: ["Human use"] }, first: 100, after: $after) { nodes { pmsId } pageInfo { hasNextPage endCursor } } }',
      { after },
    );
    ids.push(...data.products.nodes.map(({ pmsId }) => pmsId));
    if (!data.products.pageInfo.hasNextPage) break;
    after = data.products.pageInfo.endCursor;
  }
  return ids;
}

async function authorizationNumbers(url) {
  const { data } = await ask(
    url,
    '{ products(filter: { atc: ["C"] }, first: 100) { nodes { authorizations { identifiers { value } } } } }',
  );
  return data.products.nodes.flatMap(({ authorizations }) =>
    authorizations.flatMap(({ identifiers }) => identifiers.map(({ value }) => value)),
  );
}

/**
 * Sends queries one after the other. Measures the time of each, of the first, the processor time of the service and the delay of
 * its event loop.
 */
async function answered(service, questionOf, { warmUp: unmeasured, times: counted }) {
  const { url, pid } = service;
  let refused = 0;
  const timed = async (at) => {
    const { query, variables } = questionOf(at);
    const began = performance.now();
    const { errors = [] } = await ask(url, query, variables);
    const others = errors.filter(({ extensions }) => extensions?.code !== 'OVERLOADED');
    if (others.length > 0) throw new Error(JSON.stringify(others));
    if (errors.length > 0) refused += 1;
    return performance.now() - began;
  };
  const first = await timed(0);
  for (let at = 1; at < unmeasured; at += 1) await timed(at);
  await blockedMs(service);
  const before = cpuMsOf(pid);
  const times = [];
  for (let at = 0; at < counted; at += 1) times.push(await timed(unmeasured + at));
  const cpuMs = (cpuMsOf(pid) - before) / counted;
  return { first, times, cpuMs, refused, blocked: await blockedMs(service) };
}

/** Returns the delay of the service's event loop since the last call. */
async function blockedMs({ url }) {
  const metrics = await (await fetch(`${url.replace(/\/graphql$/, '')}/metrics`)).text();
  const lag = (name) => {
    const [, seconds] =
      new RegExp(`^\\S*nodejs_eventloop_lag_${name}_seconds (\\S+)`, 'm').exec(metrics) ?? [];
    return Math.max(0, Number(seconds) * 1_000 - clockMs);
  };
  return { p99: lag('p99'), most: lag('max') };
}

async function ask(url, query, variables = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

function report() {
  const text = [
    '# The index',
    '',
    `Written by \`npm run bench:index\`. ${cpus().length} cores, Node ${process.version}. “Load” is the load of the machine in the last five minutes, including the bench itself. If it is above the number of cores, other programs used them too, and times are too long. Processor time is the time of all threads of the service.`,
    '',
    '## Writing',
    '',
    `The time from the first listed product to the last one in the index. The sandbox runs on the same cores. The service answers a suggestion every ${everyMs} ms meanwhile. “Event loop” is how long the event loop was blocked: 99th percentile and longest.`,
    '',
    table(
      [
        'products',
        'held a second',
        'processor time a product',
        'the upstream’s',
        'suggest meanwhile',
        'event loop',
        'file',
        'load',
      ],
      rows.map(({ products, filling, bytes, load }) => [
        products,
        filling.perSecond.toFixed(0),
        `${filling.ownMs.toFixed(1)} ms`,
        `${filling.upstreamMs.toFixed(1)} ms`,
        timesOf(filling.times),
        blockedOf(filling.blocked),
        `${(bytes / 2 ** 20).toFixed(0)} MB, ${(bytes / products / 1_024).toFixed(1)} kB a product`,
        load.toFixed(1),
      ]),
    ),
    '',
    '## Queries',
    '',
    `Milliseconds over HTTP, one query after the other. The columns have: median and 99th percentile of ${asked} queries after ${warmUp} that are not counted; the very first query, which prepares data for the others; processor time of each query; queries that were refused because the index took too long.`,
    '',
    table(
      ['products', 'question', 'median', 'p99', 'first', 'processor time', 'refused', 'event loop'],
      rows.flatMap(({ products, queries }) =>
        Object.entries(queries).map(([kind, query]) => queryRow(products, names[kind], query)),
      ),
    ),
    '',
    '## 20 linked products',
    '',
    `20 products by their ids, with packages, items and ingredients: from the index without a request, and through an upstream that takes ${latency} ms for an answer. Figures are from ${linkedAsked} queries after ${linkedWarmUp} that are not counted, with other products each time.`,
    '',
    table(
      [
        'products',
        'from',
        'median',
        'p99',
        'first',
        'processor time',
        'refused',
        'event loop',
        'ratio of the medians',
      ],
      rows.flatMap(({ products, held, asIs }) => [
        [
          ...queryRow(products, 'the index', held),
          (quantile(held.times, 0.5) / quantile(asIs.times, 0.5)).toFixed(3),
        ],
        [...queryRow(products, 'the upstream', asIs), ''],
      ]),
    ),
    '',
    '## Memory',
    '',
    'Of the service after all that, and the most that it had; of one without an index after the linked queries alone.',
    '',
    table(
      ['products', 'with the index', 'at most', 'without', 'more'],
      rows.map(({ products, memory, usual }) => [
        products,
        megabytes(memory.now),
        megabytes(memory.peak),
        megabytes(usual.now),
        megabytes(memory.now - usual.now),
      ]),
    ),
    '',
  ].join('\n');
  writeFileSync(here('search-index.md'), text);
  process.stdout.write(text);
}

function queryRow(products, name, { times, first, cpuMs, refused, blocked }) {
  const [median, p99] = [0.5, 0.99].map((part) => quantile(times, part).toFixed(1));
  return [products, name, median, p99, first.toFixed(1), cpuMs.toFixed(1), refused, blockedOf(blocked)];
}

function timesOf(times) {
  if (times.length === 0) return '–';
  return `${quantile(times, 0.5).toFixed(1)}, p99 ${quantile(times, 0.99).toFixed(1)} ms`;
}

function blockedOf({ p99, most }) {
  return `${p99.toFixed(0)}, ${most.toFixed(0)} ms`;
}

function megabytes(bytes) {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}

function table(head, lines) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n');
}
