/**
 * The floor: the same searches written out by hand over node:http, every page read, the answer put together by one
 * JSON.stringify. It reads no query, validates nothing and can answer nothing else.
 */
import { Agent, get } from 'node:http';
import { codeOf, count, grouped, idOf, itemsIn, resourcesIn } from './fhir.mjs';
import { listen, upstream } from './serve.mjs';

const agent = new Agent({ keepAlive: true, scheduling: 'lifo' });

await listen((request, response) => {
  request.resume();
  request.on('end', async () => {
    const body = Buffer.from(JSON.stringify({ data: await answer() }));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
});

async function answer() {
  const products = resourcesIn(await read(`${upstream}/MedicinalProductDefinition?_count=50`));
  const productKeys = products.map(({ id }) => `MedicinalProductDefinition/${id}`);
  const packs = await search('PackagedProductDefinition', 'package-for', productKeys);
  const itemKeys = [...new Set(packs.flatMap(itemsIn))];
  const items = await search('ManufacturedItemDefinition', '_id', itemKeys.map(idOf));
  const ingredients = await search('Ingredient', 'for', itemKeys);
  const packsOf = new Map(
    zip(
      productKeys,
      grouped(packs, ({ packageFor }) => packageFor, productKeys),
    ),
  );
  const ingredientsOf = new Map(
    zip(
      itemKeys,
      grouped(ingredients, (each) => each.for, itemKeys),
    ),
  );
  const itemOf = new Map(items.map((item) => [`ManufacturedItemDefinition/${item.id}`, item]));
  return {
    products: {
      nodes: products.map((product) => ({
        pmsId: product.id,
        name: product.name[0]?.productName ?? null,
        packages: {
          nodes: packsOf.get(`MedicinalProductDefinition/${product.id}`).map((pack) => ({
            id: pack.id,
            description: pack.description ?? null,
            packaging: {
              items: itemsIn(pack).map((key) => ({
                item: {
                  id: idOf(key),
                  doseForm: { code: codeOf(itemOf.get(key).manufacturedDoseForm) },
                  ingredients: { nodes: ingredientsOf.get(key).map(ingredientNode) },
                },
              })),
            },
          })),
        },
      })),
    },
  };
}

function ingredientNode({ id, role, substance }) {
  const coding = substance.code.concept?.coding?.[0];
  return {
    id,
    role: { code: codeOf(role) },
    substance: { code: coding?.code ?? null, name: coding?.display ?? null },
  };
}

async function search(type, parameter, values) {
  const found = [];
  let next = `${upstream}/${type}?${parameter}=${values.map(encodeURIComponent).join(',')}&_count=${count}`;
  while (next) {
    const bundle = await read(next);
    found.push(...resourcesIn(bundle));
    next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
  }
  return found;
}

function read(url) {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      response.on('error', reject);
    }).on('error', reject);
  });
}

function zip(keys, values) {
  return keys.map((key, at) => [key, values[at]]);
}
