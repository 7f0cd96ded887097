#!/usr/bin/env node
/**
 * Compares the service with the floor: equal responses from equal upstream requests, alternating in one run.
 *
 *     node bench/run.mjs [--rounds 30] [--slice 400] [--warm-up 3000] [--only first,again] [--output bench/results.md]
 *
 * `--slice` is the milliseconds for which each server is measured in a round.
 * The service is a process of `dist/`, so run `npm run build` first. Responses are proven equal before they are measured.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { quantile, spread, turned } from './figures.mjs';
import { createLoad } from './load.mjs';
import { cpuMsOf, createProcesses, memoryOf, settingsIn } from './processes.mjs';
import { deep, fieldsIn, one, page, walk } from './questions.mjs';
import { products as productCount, seriesName } from './records.mjs';

const { values: given } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    slice: { type: 'string', default: '400' },
    'warm-up': { type: 'string', default: '3000' },
    only: { type: 'string' },
    output: { type: 'string' },
  },
});
const rounds = Number(given.rounds);
const sliceMs = Number(given.slice);
const warmUpMs = Number(given['warm-up']);
const firstId = 600_000_000_001;

/** Requests the same 50 products each time. */
const fifty = () => ({ query: deep, variables: { first: 50 } });
/** Requests 50 other products each time, so that no response can come from the cache. */
const otherFifty = (turn) => ({ query: deep, variables: { first: 50, name: seriesName(turn) } });
/** Requests another single product each time. */
const oneOf = (query) => (turn) => ({
  query,
  variables: { id: String(firstId + ((turn * 7) % productCount)) },
});
/** Number of products that are read page by page. */
const walked = 10_000;
/** A turn that no measurement reaches, so that its products are not cached. */
const lastTurn = productCount / 50 - 1;

/** Settings with which the service sends the same requests as the floor that reads complete records. */
const bare = { CACHE_TTL: '0', PMS_ELEMENTS: 'off' };
const unkept = { CACHE_TTL: '0' };

/** Name of the records, their title, and the throughput with `_elements` to reach, relative to the floor. */
const variants = [
  ['rich', 'rich resources', 1.25],
  ['lean', 'lean resources', 1.05],
];

const processes = createProcesses();
const load = createLoad();
const lines = [];
const cases = { first, again, one: oneProduct, latency, whole, elements, bare: bareProduct, price, growth };

try {
  const upstream = await processes.upstream();
  const names = given.only?.split(',') ?? Object.keys(cases);
  heading();
  for (const name of names) {
    process.stderr.write(`${name} …\n`);
    await cases[name](upstream);
  }
  const text = `${lines.join('\n')}\n`;
  process.stdout.write(text);
  if (given.output) writeFileSync(given.output, text);
} finally {
  load.close();
  processes.stopAll();
}

/** Default settings, other products in each request. */
async function first(upstream) {
  for (const [variant, title, goal] of variants) {
    const started = await startAll({
      service: processes.service(`${upstream.url}/${variant}/0`),
      ...allFloors(`${upstream.url}/${variant}/0`),
    });
    await prove(upstream, started, otherFifty(lastTurn));
    const fields = await fieldsOf(started.service, fifty());
    section(`50 products with all that is in them, ${fields} fields, others each time, ${title}`);
    for (const connections of [8, 1])
      compare(await measure(started, otherFifty, connections), goals(goal), connections, ['service']);
    await stopAll(started);
  }
}

/** Default settings, the same products in each request, which are cached. */
async function again(upstream) {
  for (const [variant, title] of variants) {
    const base = `${upstream.url}/${variant}/0`;
    const started = await startAll({
      'service, again': processes.service(base),
      'floor, node-fetch': processes.floor(base, 'node-fetch', 'whole'),
      'floor, node:http': processes.floor(base, 'http', 'whole'),
    });
    await prove(upstream, started, fifty());
    section(`The same 50 products again and again, ${title}`);
    const floors = { 'floor, node-fetch': 10, 'floor, node:http': 10 };
    compare(await measure(started, fifty, 8), floors, 8, ['service, again']);
    await stopAll(started);
  }
}

async function oneProduct(upstream, settings = {}) {
  for (const [variant, title] of variants) {
    const base = `${upstream.url}/${variant}/0`;
    const started = await startAll({
      service: processes.service(base, settings),
      'floor, node-fetch': processes.floor(base, 'node-fetch', 'whole'),
      'floor, node:http': processes.floor(base, 'http', 'whole'),
    });
    for (const [query, what, turn] of [
      [one, 'One product, one call', productCount - 1],
      [page, 'One product with all that is in it, four calls', productCount - 2],
    ]) {
      await prove(upstream, started, oneOf(query)(turn));
      section(`${what}, another each time, ${title}`, settings);
      const floors = { 'floor, node-fetch': 0.8, 'floor, node:http': 0.8 };
      compare(await measure(started, oneOf(query), 8), floors, 8, ['service']);
    }
    await stopAll(started);
  }
}

function bareProduct(upstream) {
  return oneProduct(upstream, bare);
}

/** Queries of four levels, each of which needs the responses of the level above. */
async function latency(upstream) {
  section('Latency of 50 products, others each time, against levels × latency of the upstream');
  row('', 'connections', 'upstream', 'median', 'p90', 'of 4 × latency', 'goal');
  rule(7);
  for (const ms of [50, 200]) {
    const base = `${upstream.url}/rich/${ms}`;
    const started = await startAll({
      service: processes.service(base),
      'floor, node-fetch, elements': processes.floor(base, 'node-fetch', 'elements'),
    });
    await prove(upstream, started, otherFifty(lastTurn));
    for (const connections of [1, 8]) {
      const times = await measureTimes(started, otherFifty, connections);
      for (const [name, all] of Object.entries(times)) {
        const ratio = quantile(all, 0.5) / (4 * ms);
        const goal = name === 'service' && ms === 50 && connections === 1 ? '≤ 1.15' : '';
        const [median, p90] = [0.5, 0.9].map((share) => `${quantile(all, share).toFixed(0)} ms`);
        row(name, connections, `${ms} ms`, median, p90, ratio.toFixed(2), goal);
      }
    }
    await stopAll(started);
  }
}

/** The service and the floors read complete records, and the service caches nothing. */
async function whole(upstream) {
  for (const [variant, title] of variants) {
    const base = `${upstream.url}/${variant}/0`;
    const started = await startAll({
      'service, whole': processes.service(base, bare),
      'floor, node-fetch': processes.floor(base, 'node-fetch', 'whole'),
      'floor, node:http': processes.floor(base, 'http', 'whole'),
    });
    await prove(upstream, started, fifty());
    section(`50 products with all that is in them, ${title}, read whole`, bare);
    const floors = { 'floor, node-fetch': 0.95, 'floor, node:http': 0.85 };
    for (const connections of [8, 1])
      compare(await measure(started, fifty, connections), floors, connections, ['service, whole']);
    await stopAll(started);
  }
}

/** The service requests `_elements` and caches nothing. The floors read with and without `_elements`. */
async function elements(upstream) {
  for (const [variant, title, goal] of variants) {
    const base = `${upstream.url}/${variant}/0`;
    const started = await startAll({
      'service, elements': processes.service(base, unkept),
      ...allFloors(base),
    });
    await prove(upstream, started, fifty());
    section(`The same, ${title}, the service with \`_elements\``, unkept);
    compare(await measure(started, fifty, 8), goals(goal), 8, ['service, elements']);
    await stopAll(started);
  }
}

function allFloors(base) {
  return {
    'floor, node-fetch': processes.floor(base, 'node-fetch', 'whole'),
    'floor, node:http': processes.floor(base, 'http', 'whole'),
    'floor, node-fetch, elements': processes.floor(base, 'node-fetch', 'elements'),
    'floor, node:http, elements': processes.floor(base, 'http', 'elements'),
  };
}

/** Returns the goals against all floors. The floors that request `_elements` too have no goal. */
function goals(goal) {
  return {
    'floor, node-fetch': goal,
    'floor, node:http': goal,
    'floor, node-fetch, elements': undefined,
    'floor, node:http, elements': undefined,
  };
}

/** Measures the cost of parts of the service: the same service without one of them. Such a service is for measurements only. */
async function price(upstream) {
  const base = `${upstream.url}/lean/0`;
  const script = new URL('without.mjs', import.meta.url).pathname;
  const parts = ['nothing', 'rate', 'governor', 'retries', 'server-library', 'deadline', 'all-of-these'];
  const started = await startAll(
    Object.fromEntries(
      parts.map((part) => [
        `without ${part}`,
        processes.service(base, { ...bare, WITHOUT: part }, { script }),
      ]),
    ),
  );
  for (const [question, what] of [
    [fifty, 'the 50 products'],
    [oneOf(one), 'one product'],
  ]) {
    await prove(upstream, started, question(0));
    section(`What single parts cost, ${what}, lean resources, read whole`, bare);
    const measured = await measure(started, question, 8);
    row('', 'throughput, with all = 1', 'processor time for an answer, with all = 1');
    rule(3);
    for (const part of parts.slice(1)) {
      const [all, without] = [measured['without nothing'], measured[`without ${part}`]];
      row(`without ${part}`, ratioOf(all, without, 'ms'), ratioOf(without, all, 'cpu'));
    }
  }
  await stopAll(started);
}

async function growth(upstream) {
  const base = `${upstream.url}/rich/0`;
  let allocated = 0;
  let left = 0;
  // Example: `12 ms: Scavenge 40.1 (50.2) -> 38.0 (50.2) MB`. The memory allocated since the last collection is the size before
  // this one, minus the size after the last one.
  const onLine = (line) => {
    const [, before, after] = /: [A-Z][^:]*? ([\d.]+) \([\d.]+\) -> ([\d.]+) \(/.exec(line) ?? [];
    if (before === undefined) return;
    allocated += Math.max(0, Number(before) - left) * 1e6;
    left = Number(after);
  };
  const service = await processes.service(base, bare, { nodeArgs: ['--trace-gc'], onLine });
  const sizes = [1, 10, 25, 50, 100];
  const measured = new Map(sizes.map((size) => [size, { cpu: [], bytes: [] }]));
  await load.run(service.url, fifty, { connections: 8, ms: warmUpMs });
  for (let round = 0; round < Math.ceil(rounds / 3); round += 1) {
    for (const first of sizes) {
      const [cpu, bytes] = [cpuMsOf(service.pid), allocated];
      const asked = () => ({ query: deep, variables: { first } });
      const { answers } = await load.run(service.url, asked, { connections: 8, ms: 3 * sliceMs });
      measured.get(first).cpu.push((cpuMsOf(service.pid) - cpu) / (answers * first));
      measured.get(first).bytes.push((allocated - bytes) / (answers * first));
    }
  }
  section('Growth: products in one operation, whole resources, and what each costs the service', bare);
  row('products', 'processor time for each', 'allocated for each');
  rule(3);
  for (const [size, { cpu, bytes }] of measured)
    row(
      size,
      spread(cpu, (ms) => `${ms.toFixed(3)} ms`),
      spread(bytes, (each) => `${(each / 1_024).toFixed(0)} kB`),
    );
  await readAll(service);
  await service.stop();
}

/** Reads products page by page. Measures the processor time of a page, and the memory that it leaves in use. */
async function readAll({ url, pid }) {
  section(`Growth: ${walked} products read through pages of 100`, bare);
  row('products read', 'processor time for each', 'memory of the process');
  rule(3);
  let after;
  let read = 0;
  let cpu = cpuMsOf(pid);
  const step = walked / 5;
  for (let hasNextPage = true; hasNextPage && read < walked;) {
    const { data } = await load.answerOf(url, walk, { first: 100, after });
    read += data.products.nodes.length;
    ({ hasNextPage, endCursor: after } = data.products.pageInfo);
    if (read % step !== 0) continue;
    const now = cpuMsOf(pid);
    row(read, `${((now - cpu) / step).toFixed(3)} ms`, `${(memoryOf(pid).now / 1e6).toFixed(0)} MB`);
    cpu = now;
  }
}

async function startAll(starting) {
  return Object.fromEntries(
    await Promise.all(Object.entries(starting).map(async ([name, started]) => [name, await started])),
  );
}

async function stopAll(started) {
  await Promise.all(Object.values(started).map(({ stop }) => stop()));
}

/** @throws if two responses differ, or if one server sends other upstream requests than the floor that reads the same elements */
async function prove(upstream, started, { query, variables }) {
  const seen = [];
  await quiet(upstream);
  for (const [name, { url }] of Object.entries(started)) {
    await upstream.calls();
    const { data } = await load.answerOf(url, query, variables);
    const calls = (await upstream.calls()).map(canonical);
    const narrow = calls.some((call) => call.includes('_elements='));
    seen.push({ name, data, calls, narrow });
  }
  for (const one of seen) {
    if (!isDeepStrictEqual(one.data, seen[0].data)) throw new Error(`${one.name} answers something else`);
    const same = seen.find((other) => other.narrow === one.narrow);
    if (isDeepStrictEqual(one.calls, same.calls)) continue;
    const brief = ({ calls }) => calls.map((call) => call.slice(0, 120)).join('\n');
    throw new Error(`${one.name} asks\n${brief(one)}\n${same.name} asks\n${brief(same)}`);
  }
}

/** Waits until the upstream has had no requests for 2 s, because services may still be learning its features. */
async function quiet(upstream) {
  for (let silent = 0; silent < 4;) {
    await setTimeout(500);
    const asked = await upstream.calls();
    silent = asked.length > 0 ? 0 : silent + 1;
  }
}

/** Sorts the parameters of a request, and the values of each parameter. */
function canonical(call) {
  const [method, address, form] = call.split(' ');
  const [path, query] = address.split('?');
  const parameters = [...new URLSearchParams(query ?? form)].map(
    ([name, value]) => `${name}=${value.split(',').sort().join()}`,
  );
  return [method, path, ...parameters.sort()].join(' ');
}

async function fieldsOf({ url }, { query, variables }) {
  return fieldsIn((await load.answerOf(url, query, variables)).data);
}

/** Measures each server in each round. Each round begins with another server. */
async function measure(started, questionAt, connections) {
  const names = Object.keys(started);
  const run = (name, ms) =>
    load.run(started[name].url, inTurn(started[name], questionAt), { connections, ms });
  for (const name of names) await run(name, warmUpMs);
  const measured = Object.fromEntries(names.map((name) => [name, { ms: [], cpu: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of turned(names, round)) {
      const { pid } = started[name];
      const cpu = cpuMsOf(pid);
      const { answers, ms } = await run(name, sliceMs);
      measured[name].ms.push(ms / answers);
      measured[name].cpu.push((cpuMsOf(pid) - cpu) / answers);
    }
  }
  return measured;
}

/** Returns the next query for a server, which it never got before. */
function inTurn(started, questionAt) {
  return () => {
    started.turn = (started.turn ?? -1) + 1;
    return questionAt(started.turn);
  };
}

/** Returns the milliseconds of each response. */
async function measureTimes(started, questionAt, connections) {
  const times = Object.fromEntries(Object.keys(started).map((name) => [name, []]));
  for (const each of Object.values(started))
    await load.run(each.url, inTurn(each, questionAt), { connections: 8, ms: warmUpMs });
  for (let round = -2; round < Math.max(3, rounds / 3); round += 1) {
    for (const [name, each] of Object.entries(started)) {
      const ask = inTurn(each, questionAt);
      await Promise.all(
        Array.from({ length: connections }, async () => {
          const { query, variables } = ask();
          const { ms } = await load.timed(each.url, query, variables);
          if (round >= 0) times[name].push(ms);
        }),
      );
    }
  }
  return times;
}

function compare(measured, floors, connections, services) {
  row(
    `${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    'against',
    'throughput',
    'goal',
    'processor time',
  );
  rule(5);
  for (const service of services)
    for (const [floor, goal] of Object.entries(floors)) {
      const throughput = ratioOf(measured[floor], measured[service], 'ms');
      const cpu = ratioOf(measured[floor], measured[service], 'cpu');
      row(service, floor, throughput, goal === undefined ? '' : `≥ ${goal}`, cpu);
    }
  lines.push('');
  const told = Object.entries(measured).map(
    ([name, { ms, cpu }]) =>
      `${name}: ${(1_000 / quantile(ms, 0.5)).toFixed(0)} answers/s, ${quantile(cpu, 0.5).toFixed(2)} ms`,
  );
  lines.push(`Medians, answers and processor time for one: ${told.join('; ')}.`, '');
}

/** Formats by how much the second server is better than the first, from the ratio of each round. */
function ratioOf(base, other, what) {
  const pairs = base[what].map((value, round) => value / other[what][round]);
  return spread(pairs.filter(Number.isFinite), (ratio) => ratio.toFixed(2));
}

function heading() {
  const versionOf = (name) =>
    JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8'))
      .version;
  const [{ model }] = os.cpus();
  lines.push(
    '# What `npm run bench` measured',
    '',
    `Node ${process.versions.node} on ${os.cpus().length} cores (${model.trim()}), load ${os.loadavg()[0].toFixed(1)} ` +
      `at the start. @apollo/server ${versionOf('@apollo/server')}, graphql ${versionOf('graphql')}, ` +
      `node-fetch ${versionOf('node-fetch')}.`,
    '',
    `${rounds} rounds of ${sliceMs} ms each, after ${warmUpMs} ms to warm up. Ratios are computed round by round. Each ` +
      'cell has the median, and p10 and p90 in brackets. Above 1 the service is better than the floor. Before the measurement, the ' +
      'answers were proven equal. The upstream requests were proven equal too, if both read complete records, or both do not.',
    '',
    'Unless the heading names other settings, the service runs with default settings: it caches what it reads for five ' +
      'minutes, and requests only the elements that it needs if that saves bytes. One setting is the same in all parts: ' +
      '`PMS_RATE_LIMIT=1000000`. The default of 500 requests a minute is EMA’s limit, and would be all that is measured.',
  );
}

/** @param settings settings of the service that are not defaults */
function section(title, settings = {}) {
  lines.push('', `## ${title} (${settingsIn(settings)})`, '');
}

function row(...cells) {
  lines.push(`| ${cells.join(' | ')} |`);
}

function rule(columns) {
  row(...Array.from({ length: columns }, () => '---'));
}
