/** Grafast with Grafserv: plans instead of resolvers, with one `loadMany` or `loadOne` for each link. */
import './node20.mjs';
import { access, get, lambda, loadMany, loadOne, makeGrafastSchema, object } from 'grafast';
import { grafserv } from 'grafserv/node';
import { createServer } from 'node:http';
import { count, grouped, idOf, itemsIn, resourcesIn } from './fhir.mjs';
import { typeDefs } from './schema.mjs';
import { announce, upstream } from './serve.mjs';

async function search(type, query) {
  const response = await fetch(`${upstream}/${type}?${new URLSearchParams(query)}`);
  if (!response.ok) throw new Error(`the upstream answered ${response.status}`);
  return resourcesIn(await response.json());
}

function children(type, parameter, referencesOf) {
  return async (keys) =>
    grouped(await search(type, { [parameter]: keys.join(','), _count: count }), referencesOf, keys);
}

const productsOf = async ([first]) => [await search('MedicinalProductDefinition', { _count: first })];
const packagesOf = children('PackagedProductDefinition', 'package-for', ({ packageFor }) => packageFor);
const ingredientsOf = children('Ingredient', 'for', (ingredient) => ingredient.for);
const itemsOf = async (keys) => {
  const found = await search('ManufacturedItemDefinition', { _id: keys.map(idOf).join(','), _count: count });
  const byId = new Map(found.map((item) => [item.id, item]));
  return keys.map((key) => byId.get(idOf(key)) ?? null);
};

const schema = makeGrafastSchema({
  typeDefs,
  objects: {
    Query: { plans: { products: (_, { $first }) => object({ nodes: loadMany($first, productsOf) }) } },
    Product: {
      plans: {
        pmsId: ($product) => get($product, 'id'),
        name: ($product) => access(get($product, 'name'), [0, 'productName']),
        packages: ($product) =>
          object({ nodes: loadMany(keyed('MedicinalProductDefinition', get($product, 'id')), packagesOf) }),
      },
    },
    Package: {
      plans: {
        packaging: ($pack) =>
          object({ items: lambda(get($pack, 'packaging'), (packaging) => itemsIn({ packaging })) }),
      },
    },
    PackagedItem: { plans: { item: ($key) => loadOne($key, itemsOf) } },
    ManufacturedItem: {
      plans: {
        doseForm: ($item) => get($item, 'manufacturedDoseForm'),
        ingredients: ($item) =>
          object({ nodes: loadMany(keyed('ManufacturedItemDefinition', get($item, 'id')), ingredientsOf) }),
      },
    },
    Ingredient: {
      plans: {
        substance: ($ingredient) => access(get($ingredient, 'substance'), ['code', 'concept', 'coding', 0]),
      },
    },
    Substance: { plans: { name: ($coding) => get($coding, 'display') } },
    Concept: { plans: { code: ($concept) => access($concept, ['coding', 0, 'code']) } },
  },
});

const server = createServer();
await grafserv({ schema, preset: { grafserv: { graphqlPath: '/graphql' } } }).addTo(server);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
announce(`http://127.0.0.1:${server.address().port}/graphql`);

function keyed(type, $id) {
  return lambda($id, (id) => `${type}/${id}`);
}
