#!/usr/bin/env node
/**
 * Measures how many upstream round trips operations take: the time of a response, divided by the latency of the upstream. Also
 * counts the requests.
 *
 *     npm run build && node bench/round-trips.mjs [rounds] [ms] [profiles, separated by commas]
 *
 * Writes bench/round-trips.md. The upstream is the sandbox with generated products, once with each profile. The service caches no
 * responses (`CACHE_TTL=0`), and each round requests other records.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '../dist/sandbox/server.js';
import { quantile } from './figures.mjs';
import { createLoad, wholeAnswer } from './load.mjs';
import { createProcesses, startFlags } from './processes.mjs';

const rounds = Number(process.argv[2] ?? 9);
const latency = Number(process.argv[3] ?? 100);
const profiles = process.argv[4]?.split(',') ?? ['search', 'include', 'everything'];
/** Round trips above the goal that a response may take. */
const allowance = 0.45;
/** Rounds that are not counted. In them the service compares includes with searches, and learns the lengths of lists. */
const warmUps = 3;
const products = 2_000;
/** Matches on a page. No list of the queries needs a second page, which would be a further round trip. */
const page = 1_000;
/** Words that occur in the names of more than 20 products. */
const names = [
  'tablets',
  'film-coated',
  'solution',
  'injection',
  'forte',
  'powder',
  'capsules',
  'syrup',
  'infusion',
];

const holders = 'authorizations { number holder { name } }';
const ingredients = 'ingredients(first: 20) { nodes { role { code } } }';
const deep = `packages(first: 20) { nodes { description manufacturedItems { doseForm { code } ${ingredients} } } }`;

/** The queries, each with its goal in round trips and the variables of the n-th round. */
const questions = [
  {
    title: 'one product with packages, ingredients and holder',
    goal: 2,
    query: `query ($id: ID!) { product(id: $id) { name packages { nodes { description } } ${ingredients} ${holders} } }`,
    variables: (ids, turn) => ({ id: ids.products[turn] }),
  },
  {
    title: 'one product down to the ingredients of its items',
    goal: 3,
    query: `query ($id: ID!) { product(id: $id) { name ${deep} } }`,
    variables: (ids, turn) => ({ id: ids.products[turn] }),
  },
  {
    title: '20 products down to the ingredients of their items',
    goal: 3,
    query: `query ($name: String!) { products(first: 20, filter: { name: $name }) { nodes { name ${deep} } } }`,
    variables: (ids, turn) => ({ name: names[turn % names.length] }),
  },
  {
    title: 'the same with the holders',
    goal: 3,
    query: `query ($name: String!) { products(first: 20, filter: { name: $name }) { nodes { name ${deep} ${holders} } } }`,
    variables: (ids, turn) => ({ name: names[turn % names.length] }),
  },
  {
    title: 'one package with its product and the holder',
    goal: 3,
    query: `query ($id: ID!, $product: ID!) { package(id: $id, product: $product) { description product { name ${holders} } } }`,
    variables: (ids, turn) => ids.packages[turn],
  },
  {
    title: '5 products by `filter.ids`, with their packages',
    goal: 1,
    query:
      'query ($ids: [ID!]!) { products(filter: { ids: $ids }) { nodes { name packages { nodes { description } } } } }',
    variables: (ids, turn) => ({ ids: ids.products.slice(turn, turn + 5) }),
  },
  {
    title: 'products and packages by `nodes`, with the packages and their authorizations',
    goal: 2,
    query: `query ($ids: [ID!]!) {
      nodes(ids: $ids) {
        ... on Product { name packages { nodes { description authorizations { number } } } }
      }
    }`,
    variables: (ids, turn) => ({ ids: ids.products.slice(turn, turn + 5).map((id) => `Product:${id}`) }),
  },
  {
    title: '20 products with the authorizations of their packages',
    goal: 3,
    query: `query ($name: String!) {
      products(first: 20, filter: { name: $name }) { nodes { packages { nodes { authorizations { number } } } } }
    }`,
    variables: (ids, turn) => ({ name: names[turn % names.length] }),
  },
];

const processes = createProcesses();
const load = createLoad();
try {
  const rows = new Map(questions.map(({ title }) => [title, []]));
  const starts = [];
  for (const profile of profiles) {
    const sandbox = await startSandbox({ profile, products, latency, maxPageSize: page });
    await measure(sandbox, rows);
    // Measured last, because the sandbox generates some of its resources at the first request.
    starts.push(await firstAnswer(sandbox));
    await sandbox.stop();
  }
  const report = written(rows, starts);
  writeFileSync(fileURLToPath(new URL('round-trips.md', import.meta.url)), report);
  process.stdout.write(report);
} finally {
  load.close();
  processes.stopAll();
}

function settingsFor(sandbox) {
  return {
    CACHE_TTL: '0',
    LOG_LEVEL: 'error',
    PMS_TOKEN_URL: sandbox.tokenUrl,
    PMS_CLIENT_ID: sandbox.clientId,
    PMS_CLIENT_SECRET: sandbox.clientSecret,
    PMS_SCOPE: sandbox.scope,
  };
}

/**
 * Measures the first response of a service that has just started: a query for a linked list. Also counts the requests that the
 * service sent to learn features.
 */
async function firstAnswer(sandbox) {
  const { query, variables } = questions.find(({ title }) => title.includes('holders'));
  sandbox.clearRequests();
  const { url, stop } = await processes.start(
    [...startFlags, fileURLToPath(new URL('../dist/pms-graphql.js', import.meta.url)), 'serve'],
    { env: { PORT: '0', PMS_BASE_URL: sandbox.baseUrl, SHUTDOWN_DELAY: '0', ...settingsFor(sandbox) } },
  );
  const { ms, bytes } = await load.timed(url, query, variables(undefined, 0));
  const { upstream } = wholeAnswer(url, bytes).extensions;
  const own = sandbox.requests.length - upstream.requests;
  await stop();
  return { trips: ms / latency, own, requests: upstream.requests, estimated: upstream.estimated };
}

async function measure(sandbox, rows) {
  const { url, stop } = await processes.service(sandbox.baseUrl, settingsFor(sandbox));
  // Makes the service learn all features of the upstream.
  await load.answerOf(url, '{ service { capabilities { features { name } } } }');
  const ids = idsIn(sandbox.resources);
  for (const { title, query, variables } of questions) {
    const taken = [];
    for (let turn = 0; turn < warmUps + rounds; turn += 1) {
      const { ms, bytes } = await load.timed(url, query, variables(ids, turn));
      const { requests, estimated } = wholeAnswer(url, bytes).extensions.upstream;
      if (turn >= warmUps) taken.push({ trips: ms / latency, requests, estimated });
    }
    rows.get(title).push(taken);
  }
  await stop();
}

/** Returns the ids of products, and of packages with their products, in the order of the sandbox. */
function idsIn(resources) {
  const of = (type) => resources.filter(({ resourceType }) => resourceType === type);
  return {
    products: of('MedicinalProductDefinition').map(({ id }) => id),
    packages: of('PackagedProductDefinition').map(({ id, packageFor }) => ({
      id,
      product: packageFor[0].reference.split('/')[1],
    })),
  };
}

function row(...cells) {
  return `| ${cells.join(' | ')} |`;
}

function written(rows, starts) {
  return [
    '# Round trips',
    '',
    'Written by `npm run bench:round-trips`. `bench/README.md` says how.',
    '',
    `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores, ${rounds} rounds after ${warmUps} that do not count, an upstream that takes ${latency} ms`,
    `for each request. Each cell: the median of the time and, in brackets, the least, both in units of ${latency} ms; the`,
    `requests; the requests that were estimated. Bold is a median above the goal by more than ${allowance}. Load of the machine at`,
    `the end, over 1 and 5 minutes: ${loadavg()
      .slice(0, 2)
      .map((each) => each.toFixed(1))
      .join(', ')}.`,
    '',
    row('', 'goal', ...profiles.map((profile) => `over \`${profile}\``)),
    row('---', '--:', ...profiles.map(() => '---')),
    ...questions.map(({ title, goal }) =>
      row(title, goal, ...rows.get(title).map((each) => cell(each, goal))),
    ),
    '',
    '## The first answer',
    '',
    'A new process reads the list with the holders once, as soon as it listens. “Own requests” are the probes at the start and',
    'the probes of what the list needs.',
    '',
    row('', ...profiles.map((profile) => `over \`${profile}\``)),
    row('---', ...profiles.map(() => '--:')),
    row('own requests', ...starts.map(({ own }) => own)),
    row('requests of the operation', ...starts.map(({ requests }) => requests)),
    row('estimated', ...starts.map(({ estimated }) => estimated)),
    row(`time, in units of ${latency} ms`, ...starts.map(({ trips }) => trips.toFixed(1))),
    '',
  ].join('\n');
}

function cell(taken, goal) {
  const trips = taken.map((each) => each.trips);
  const median = quantile(trips, 0.5);
  const counts = (what) => {
    const all = taken.map((each) => each[what]);
    const [least, most] = [Math.min(...all), Math.max(...all)];
    return least === most ? `${least}` : `${least} to ${most}`;
  };
  const told = median.toFixed(2);
  return `${median > goal + allowance ? `**${told}**` : told} (${Math.min(...trips).toFixed(2)}); ${counts('requests')}; ${counts('estimated')}`;
}
