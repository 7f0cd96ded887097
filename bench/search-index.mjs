#!/usr/bin/env node
/**
 * The index over generated products: what is found in it, how fast it is filled, and a linked query from what it holds
 * beside the same through the upstream.
 *
 *     npm run bench:index [-- products ...]      10000, 50000 and 200000 where nothing is said
 *
 * It writes bench/search-index.md. All is measured over HTTP, in one run.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantile } from './figures.mjs';
import { createProcesses, startFlags } from './processes.mjs';

const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [10_000, 50_000, 200_000];
/** Of each kind of question. */
const asked = 200;
/** Milliseconds that the upstream takes for an answer, where it is asked. */
const latency = 50;

const groups = ['A', 'B', 'C', 'D', 'G', 'H', 'J', 'L', 'M', 'N', 'P', 'R', 'S', 'V'];

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const program = here('../dist/pms-graphql.js');
const processes = createProcesses();
const folder = mkdtempSync(join(tmpdir(), 'bench-index-'));
const rows = [];
try {
  for (const products of sizes) rows.push(await measured(products));
  report();
} finally {
  processes.stopAll();
  rmSync(folder, { recursive: true });
}

async function measured(products) {
  const file = join(folder, `${products}.sqlite`);
  const sandbox = await startSandbox(products);
  const service = await startService(sandbox.env, { file, isFilled: true });
  const filling = await filled(service);
  const numbers = await authorizationNumbers(service.url);
  const number = await latencies(service.url, (at) =>
    found({ authorizationNumber: [numbers[at % numbers.length]] }, at),
  );
  const atc = await latencies(service.url, (at) => found({ atc: [groups[at % groups.length]] }, at));
  const words = await typedWords(service.url);
  const typo = await latencies(service.url, (at) => misspelt(words[at % words.length], at));
  const suggest = await latencies(service.url, (at) => suggested(words[at % words.length], at));
  const { blockedMs, rssMb } = await strained(service);
  const held = await latencies(service.url, linked, 20);
  await service.stop();
  await sandbox.stop();
  const slow = await startSandbox(products, ['--latency', String(latency)]);
  const without = await startService(slow.env, { file: undefined });
  const asIs = await latencies(without.url, linked, 20);
  await without.stop();
  await slow.stop();
  return {
    products,
    filling,
    number,
    atc,
    typo,
    suggest,
    blockedMs,
    rssMb,
    bytes: statSync(file).size,
    held,
    asIs,
  };
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
  const env = { ...upstream, PORT: '0', LOG_LEVEL: 'error', PMS_RATE_LIMIT: '1000000', ...index, ...crawl };
  return processes.start([...startFlags, program, 'serve'], { env });
}

/** Products held with all that belongs to them in a second, while they are listed and read. */
async function filled({ url }) {
  const began = performance.now();
  for (;;) {
    const { data } = await ask(url, '{ service { coverage { withDetails complete } } }');
    const { withDetails, complete } = data.service.coverage;
    if (complete) return withDetails / ((performance.now() - began) / 1_000);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Another `first` each time, so that no answer is given again. */
function found(filter, at) {
  return {
    query:
      'query ($filter: ProductFilter, $first: Int) { products(filter: $filter, first: $first) { totalCount nodes { pmsId } } }',
    variables: { filter, first: 1 + (at % 20) },
  };
}

/** Words of names, long enough to be misspelt. */
async function typedWords(url) {
  const { data } = await ask(url, '{ products(filter: { atc: ["C"] }, first: 100) { nodes { name } } }');
  const words = data.products.nodes.flatMap(({ name }) => name.split(/[^\p{L}]+/u));
  return [...new Set(words.filter((word) => word.length >= 6))];
}

/** A letter left out, and three facets. */
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

function linked(at) {
  return {
    query: `query ($name: String!) { products(filter: { name: $name }, first: 20) { nodes { pmsId name
      packages(first: 5) { nodes { id manufacturedItems { ingredients { nodes { substance { code } } } } } } } } }`,
    variables: { name: 'aeiou'[at % 5] + 'nlrst'[Math.floor(at / 5) % 5] },
  };
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

async function latencies(url, questionOf, times = asked) {
  const taken = [];
  for (let at = 0; at < times; at += 1) {
    const { query, variables } = questionOf(at);
    const began = performance.now();
    const { errors } = await ask(url, query, variables);
    if (errors) throw new Error(JSON.stringify(errors));
    taken.push(performance.now() - began);
  }
  return taken.sort((a, b) => a - b);
}

/** What the service says of itself after all that. */
async function strained({ url, pid }) {
  const metrics = await (await fetch(`${url.replace(/\/graphql$/, '')}/metrics`)).text();
  const [, lag] = /^\S*nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(metrics) ?? [];
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return { blockedMs: Number(lag) * 1_000, rssMb: Number(kilobytes) / 1_024 };
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
  const ms = (times, part) => quantile(times, part).toFixed(1);
  const text = [
    '# The index',
    '',
    `Written by \`npm run bench:index\`. ${cpus().length} cores, load ${loadavg()[0].toFixed(1)} at the end, Node ${process.version}.`,
    'All over HTTP; milliseconds are the median and the 99th percentile.',
    '',
    '| products | exact number | ATC page | typo search, 3 facets | suggest | held a second | event loop, p99 | memory | file | 20 linked products, held | through the upstream at 50 ms | ratio |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(({ products, filling, number, atc, typo, suggest, blockedMs, rssMb, bytes, held, asIs }) =>
      [
        '',
        products,
        `${ms(number, 0.5)}, ${ms(number, 0.99)}`,
        `${ms(atc, 0.5)}, ${ms(atc, 0.99)}`,
        `${ms(typo, 0.5)}, ${ms(typo, 0.99)}`,
        `${ms(suggest, 0.5)}, ${ms(suggest, 0.99)}`,
        filling.toFixed(0),
        `${blockedMs.toFixed(0)} ms`,
        `${rssMb.toFixed(0)} MB`,
        `${(bytes / 2 ** 20).toFixed(0)} MB, ${(bytes / products / 1024).toFixed(1)} kB a product`,
        ms(held, 0.5),
        ms(asIs, 0.5),
        (quantile(held, 0.5) / quantile(asIs, 0.5)).toFixed(3),
        '',
      ]
        .join(' | ')
        .trim(),
    ),
    '',
  ].join('\n');
  writeFileSync(here('search-index.md'), text);
  process.stdout.write(text);
}
