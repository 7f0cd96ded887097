#!/usr/bin/env node
/**
 * The floor of the measurements: a server written by hand that gives the same responses from the same upstream requests. It
 * understands the queries of the benches only, and has no limits, checks or errors.
 *
 *     node bench/floor.mjs <base> <node-fetch|http> <whole|elements>
 */
import http from 'node:http';
import fetch from 'node-fetch';

const [base, client, copies] = process.argv.slice(2);
const longestUrl = 2_000;
const headers = { accept: 'application/fhir+json' };
const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
const agent = new http.Agent({ keepAlive: true, scheduling: 'lifo', maxSockets: 32 });
const ask = client === 'http' ? byHttp : byNodeFetch;

/** Functions that build the responses to the queries of `questions.mjs`. */
const deep = {
  product: ({ id, name, domain }) => ({
    pmsId: id,
    name: name?.[0]?.productName ?? null,
    domain: coded(domain),
  }),
  pack: ({ name, description, packaging }, items) => ({
    name: name ?? null,
    description: description ?? null,
    packaging: packaging ? { type: coded(packaging.type), quantity: packaging.quantity ?? null } : null,
    manufacturedItems: items,
  }),
  item: ({ manufacturedDoseForm, unitOfPresentation }, ingredients) => ({
    doseForm: coded(manufacturedDoseForm),
    unitOfPresentation: coded(unitOfPresentation),
    ingredients: {
      nodes: ingredients.map(({ role, allergenicIndicator, substance }) => ({
        role: coded(role),
        allergenic: allergenicIndicator ?? null,
        substance: { code: codingOf(substance.code.concept)?.code ?? null },
      })),
    },
  }),
};

/** Functions that build the response to the query of `rivals/query.mjs`. */
const rivals = {
  product: ({ id, name }) => ({ pmsId: id, name: name?.[0]?.productName ?? null }),
  pack: ({ id, description }, items) => ({
    id,
    description: description ?? null,
    packaging: { items: items.map((item) => ({ item })) },
  }),
  item: ({ id, manufacturedDoseForm }, ingredients) => ({
    id,
    doseForm: { code: codingOf(manufacturedDoseForm)?.code ?? null },
    ingredients: {
      nodes: ingredients.map(({ id: ingredient, role, substance }) => {
        const { code, display } = codingOf(substance.code.concept) ?? {};
        return {
          id: ingredient,
          role: { code: codingOf(role)?.code ?? null },
          substance: { code: code ?? null, name: display ?? null },
        };
      }),
    },
  }),
};

/** The `_elements` that are requested of each type. The service requests the same ones. */
const elements = {
  MedicinalProductDefinition: 'contained,domain,id,language,name',
  PackagedProductDefinition: 'contained,description,language,name,packageFor,packaging',
  ManufacturedItemDefinition: 'contained,language,manufacturedDoseForm,unitOfPresentation',
  Ingredient: 'allergenicIndicator,contained,for,language,role,substance',
};

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
    answer(query, variables).then(
      (data) => {
        const body = Buffer.from(JSON.stringify({ data }));
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
        response.end(body);
      },
      (error) => {
        response.writeHead(500);
        response.end(String(error));
      },
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${server.address().port}/graphql\n`);
});

async function answer(query, { first, name, id } = {}) {
  if (query.startsWith('query Deep'))
    return { products: { nodes: await withPackages(await list(first, name), deep) } };
  if (query.startsWith('query Rivals'))
    return { products: { nodes: await withPackages(await list(50), rivals) } };
  const product = await ask(`${base}/MedicinalProductDefinition/${id}`);
  if (query.startsWith('query One')) return { product: deep.product(product) };
  return { product: (await withPackages([product], deep))[0] };
}

async function withPackages(products, shape) {
  const named = products.map((product) => `MedicinalProductDefinition/${product.id}`);
  const packs = await search('PackagedProductDefinition', `package-for=${listed(named)}&_count=500`);
  const ids = [...new Set(packs.flatMap(itemIds))];
  const items = await search('ManufacturedItemDefinition', `_id=${listed(ids)}&_count=500`);
  const parents = ids.map((each) => `ManufacturedItemDefinition/${each}`);
  const ingredients = await search('Ingredient', `for=${listed(parents)}&_count=500`);
  const packsOf = grouped(packs, ({ packageFor }) => packageFor[0].reference);
  const ingredientsOf = grouped(ingredients, (ingredient) => ingredient.for[0].reference);
  const itemsById = new Map(items.map((item) => [item.id, item]));
  return products.map((product, index) => ({
    ...shape.product(product),
    packages: {
      nodes: (packsOf.get(named[index]) ?? []).map((pack) =>
        shape.pack(
          pack,
          itemIds(pack).map((each) =>
            shape.item(itemsById.get(each), ingredientsOf.get(`ManufacturedItemDefinition/${each}`) ?? []),
          ),
        ),
      ),
    },
  }));
}

function coded(concept) {
  const coding = codingOf(concept);
  return coding ? { code: coding.code ?? null, display: coding.display ?? null } : null;
}

function codingOf(concept) {
  return concept?.coding?.[0];
}

function itemIds({ packaging }) {
  return (packaging?.containedItem ?? []).map(({ item }) => item.reference.reference.split('/')[1]);
}

function grouped(values, nameOf) {
  const groups = new Map();
  for (const value of values) {
    const name = nameOf(value);
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  }
  return groups;
}

function listed(values) {
  return values.map(encodeURIComponent).join(',');
}

async function list(first, name) {
  const named = name === undefined ? '' : `name=${encodeURIComponent(name)}&`;
  return resourcesIn(await searched('MedicinalProductDefinition', `${named}_count=${first}`));
}

/** Returns the resources of all pages of a search. */
async function search(type, query) {
  let bundle = await searched(type, query);
  const found = resourcesIn(bundle);
  for (let next = nextOf(bundle); next; next = nextOf(bundle)) {
    bundle = await ask(new URL(next, `${base}/`).href);
    found.push(...resourcesIn(bundle));
  }
  return found;
}

function nextOf({ link }) {
  return link.find(({ relation }) => relation === 'next')?.url;
}

function resourcesIn({ entry }) {
  return entry.map(({ resource }) => resource);
}

async function searched(type, query) {
  const asked = copies === 'elements' ? `${query}&_elements=${elements[type]}` : query;
  const url = `${base}/${type}?${asked}`;
  return url.length > longestUrl ? ask(`${base}/${type}/_search`, asked) : ask(url);
}

async function byNodeFetch(url, body) {
  const response = await fetch(url, {
    agent,
    ...(body === undefined ? { headers } : { method: 'POST', headers: form, body }),
  });
  const chunks = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

function byHttp(url, body) {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = http.request(
      url,
      { agent, ...(body === undefined ? { headers } : { method: 'POST', headers: { ...form, ...length } }) },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
