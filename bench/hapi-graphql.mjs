#!/usr/bin/env node
/**
 * Compares this service over HAPI with HAPI's own `$graphql`: the same twenty products, alternating in one run.
 *
 *     node bench/hapi-graphql.mjs [rounds] [warm-up rounds, not counted]
 *
 * PMS_TEST_HAPI_URL names a HAPI R5 server with `$graphql`. If it is not set, a server is started. The sample files are loaded into
 * the server. With CACHE_TTL=300, its default, the service may cache responses.
 * The service is a process of `dist/`, so run `npm run build` first.
 */
import { execFile } from 'node:child_process';
import { isDeepStrictEqual, promisify } from 'node:util';
import { quantile, turned } from './figures.mjs';
import { createLoad, wholeAnswer } from './load.mjs';
import { createProcesses, settingsIn } from './processes.mjs';

const start = '../shared/hapi/start';
const loader = '../shared/hapi/load.mjs';
const samples = ['../shared/data/unicom-ig.ndjson.gz', '../shared/data/gravitate-health.ndjson.gz'];

const rounds = Number(process.argv[2] ?? 60);
/** Both just-in-time compilers need warm-up rounds. HAPI's needs some hundred responses. */
const warmUps = Number(process.argv[3] ?? 100);
/** By default nothing is cached between rounds. Set CACHE_TTL to measure how much the cache saves. */
const cacheTtl = process.env['CACHE_TTL'] ?? '0';
/** The most time that the service may take, as a share of HAPI's time. */
const goal = 0.6;

/** Two queries for the same data. Each has a function that collects the ids in its response, to prove that both are equal. */
const cases = [
  {
    title: '20 products with packages and ingredients',
    service: `{
      products(first: 20) {
        nodes {
          pmsId
          name
          packages(first: 100) { nodes { id packaging { type { code } } } }
          ingredients(first: 100) { nodes { id role { code } substance { code name } } }
        }
      }
    }`,
    hapi: `{
      MedicinalProductDefinitionList(_count: 20) {
        id
        name { productName }
        PackagedProductDefinitionList(_reference: package_for) { id packaging { type { coding { code } } } }
        IngredientList(_reference: for) {
          id role { coding { code } } substance { code { concept { coding { code display } } } }
        }
      }
    }`,
    ofService: ({ products }) => ({
      products: products.nodes.map(({ pmsId }) => pmsId),
      packages: products.nodes.flatMap(({ packages }) => packages.nodes.map(localId)),
      ingredients: products.nodes.flatMap(({ ingredients }) => ingredients.nodes.map(localId)),
    }),
    ofHapi: ({ MedicinalProductDefinitionList: products }) => ({
      products: products.map(({ id }) => id),
      packages: products.flatMap(({ PackagedProductDefinitionList: list }) =>
        (list ?? []).map(({ id }) => id),
      ),
      ingredients: products.flatMap(({ IngredientList: list }) => (list ?? []).map(({ id }) => id)),
    }),
  },
  {
    title: '20 products with packages, the items in these, and the ingredients of each item',
    service: `{
      products(first: 20) {
        nodes {
          pmsId
          packages(first: 100) {
            nodes {
              id
              packaging { packaging { items { reference item {
                id doseForm { code } ingredients(first: 100) { nodes { id role { code } } }
              } } } }
            }
          }
        }
      }
    }`,
    hapi: `{
      MedicinalProductDefinitionList(_count: 20) {
        id
        PackagedProductDefinitionList(_reference: package_for) {
          id
          packaging { packaging { containedItem { item { reference { reference resource {
            ... on ManufacturedItemDefinition {
              id
              manufacturedDoseForm { coding { code } }
              IngredientList(_reference: for) { id role { coding { code } } }
            }
          } } } } } }
        }
      }
    }`,
    ofService: ({ products }) => {
      const packages = products.nodes.flatMap(({ packages: list }) => list.nodes);
      const items = packages
        .flatMap(({ packaging }) => packaging?.packaging ?? [])
        .flatMap((layer) => layer.items);
      return {
        products: products.nodes.map(({ pmsId }) => pmsId),
        packages: packages.map(localId),
        items: items.map(({ reference }) => reference),
        ingredients: items.flatMap(({ item }) => item.ingredients.nodes.map(localId)),
      };
    },
    // HAPI gives a contained item the id of its package, so the item is identified by its reference.
    ofHapi: ({ MedicinalProductDefinitionList: products }) => {
      const packages = products.flatMap(({ PackagedProductDefinitionList: list }) => list ?? []);
      const items = packages
        .flatMap(({ packaging }) => packaging?.packaging ?? [])
        .flatMap(({ containedItem }) => (containedItem ?? []).map(({ item }) => item.reference));
      return {
        products: products.map(({ id }) => id),
        packages: packages.map(({ id }) => id),
        items: items.map(({ reference }) => reference),
        ingredients: items.flatMap(({ resource }) => (resource.IngredientList ?? []).map(({ id }) => id)),
      };
    },
  },
];

const load = createLoad();
const processes = createProcesses();
try {
  const base = process.env.PMS_TEST_HAPI_URL?.replace(/\/+$/, '') ?? (await startHapi());
  await promisify(execFile)(process.execPath, [loader, base, ...samples]);
  const service = await processes.service(base, { CACHE_TTL: cacheTtl });
  for (const each of cases) await compare(each, service.url, `${base}/$graphql`);
} finally {
  load.close();
  processes.stopAll();
}

async function compare({ title, ...asked }, service, hapi) {
  const ways = {
    service: () => ask(service, asked.service),
    hapi: () => ask(hapi, asked.hapi),
  };
  const [ours, theirs] = [await ways.service(), await ways.hapi()];
  const [found, expected] = [asked.ofService(ours.answer.data), asked.ofHapi(theirs.answer.data)];
  print(`\n${title} (${settingsIn({ CACHE_TTL: cacheTtl })})`);
  for (const [name, ids] of Object.entries(found)) {
    print(`  ${name.padEnd(12)} ${ids.length} from the service, ${expected[name].length} from HAPI`);
    if (!isDeepStrictEqual([...ids].sort(), [...expected[name]].sort())) {
      throw new Error(`the ${name} are not the same`);
    }
  }
  for (let round = 0; round < warmUps; round += 1) {
    await ways.service();
    await ways.hapi();
  }
  const times = { service: [], hapi: [] };
  const requests = new Set();
  for (let round = 0; round < rounds; round += 1) {
    for (const way of turned(Object.keys(ways), round)) {
      const { ms, answer } = await ways[way]();
      times[way].push(ms);
      if (way === 'service') requests.add(costOf(answer));
    }
  }
  const ratios = times.service.map((ms, round) => ms / times.hapi[round]);
  const ratio = quantile(ratios, 0.5);
  print(
    `  ${rounds} rounds after ${warmUps}; ${[...requests].join(' or ')} upstream requests each of the service's`,
  );
  for (const [way, all] of Object.entries(times)) {
    print(
      `  ${way.padEnd(12)} median ${quantile(all, 0.5).toFixed(1)} ms, p90 ${quantile(all, 0.9).toFixed(1)} ms`,
    );
  }
  const spread = [0.1, 0.25, 0.75, 0.9].map((share) => quantile(ratios, share).toFixed(2));
  print(`  ratio        median ${ratio.toFixed(2)}; p10 p25 p75 p90: ${spread.join(' ')}`);
  print(`  goal         ${goal}: ${ratio <= goal ? 'met' : 'missed'}`);
}

/** Returns the number of upstream requests of a response. Throws if the response came from a cache, unless CACHE_TTL is set. */
function costOf({ extensions: { upstream } }) {
  const isKept = upstream.requests === 0 || upstream.cacheHits > 0;
  if (isKept && cacheTtl === '0') throw new Error('an answer came from a cache');
  return upstream.requests;
}

/** Returns one complete response and its milliseconds. */
async function ask(url, query) {
  const { ms, bytes } = await load.timed(url, query);
  return { ms, answer: wholeAnswer(url, bytes) };
}

async function startHapi() {
  // HAPI ends when its standard input closes, and so when this process ends. It gets the whole environment, because its build needs
  // HOME.
  const stdio = ['pipe', 'pipe', 'ignore'];
  const { url } = await processes.start(['0'], { command: start, stdio, env: process.env });
  return url;
}

function localId({ id }) {
  return id.slice(id.indexOf(':') + 1);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
