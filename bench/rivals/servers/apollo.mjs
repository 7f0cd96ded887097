/**
 * Apollo Server with a REST data source. `naive`: each resolver sends its own requests. `batched`: DataLoaders combine the requests
 * of one level. `paged`: like `batched`, and reads every page.
 */
import { RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import DataLoader from 'dataloader';
import { codeOf, count, grouped, idOf, itemsIn, resourcesIn } from './fhir.mjs';
import { typeDefs } from './schema.mjs';
import { announce, upstream, variant } from './serve.mjs';

class Pms extends RESTDataSource {
  baseURL = `${upstream}/`;

  packages = new DataLoader((keys) =>
    this.children('PackagedProductDefinition', 'package-for', keys, packageFor),
  );
  ingredients = new DataLoader((keys) => this.children('Ingredient', 'for', keys, forWhat));
  items = new DataLoader(async (keys) => {
    const found = await this.search('ManufacturedItemDefinition', '_id', keys.map(idOf));
    const byId = new Map(found.map((item) => [item.id, item]));
    return keys.map((key) => byId.get(idOf(key)) ?? null);
  });

  async products(first) {
    return resourcesIn(await this.bundle('MedicinalProductDefinition', { _count: first }));
  }

  packagesOf(key) {
    return variant === 'naive'
      ? this.search('PackagedProductDefinition', 'package-for', [key])
      : this.packages.load(key);
  }

  ingredientsOf(key) {
    return variant === 'naive' ? this.search('Ingredient', 'for', [key]) : this.ingredients.load(key);
  }

  item(key) {
    return variant === 'naive' ? this.get(key).then(parsed) : this.items.load(key);
  }

  async children(type, parameter, keys, referencesOf) {
    return grouped(await this.search(type, parameter, keys), referencesOf, keys);
  }

  async search(type, parameter, values) {
    const bundle = await this.bundle(type, { [parameter]: values.join(','), _count: count });
    const found = resourcesIn(bundle);
    if (variant !== 'paged') return found;
    for (let next = nextOf(bundle); next;) {
      const page = parsed(await this.get(next));
      found.push(...resourcesIn(page));
      next = nextOf(page);
    }
    return found;
  }

  async bundle(type, params) {
    return parsed(await this.get(type, { params }));
  }
}

const resolvers = {
  Query: { products: async (_, { first }, { pms }) => ({ nodes: await pms.products(first) }) },
  Product: {
    pmsId: ({ id }) => id,
    name: ({ name }) => name?.[0]?.productName,
    packages: async ({ id }, _, { pms }) => ({
      nodes: await pms.packagesOf(`MedicinalProductDefinition/${id}`),
    }),
  },
  Package: { packaging: (pack) => ({ items: itemsIn(pack) }) },
  PackagedItem: { item: (key, _, { pms }) => pms.item(key) },
  ManufacturedItem: {
    doseForm: ({ manufacturedDoseForm }) => manufacturedDoseForm,
    ingredients: async ({ id }, _, { pms }) => ({
      nodes: await pms.ingredientsOf(`ManufacturedItemDefinition/${id}`),
    }),
  },
  Ingredient: { substance: ({ substance }) => substance?.code?.concept?.coding?.[0] },
  Substance: { name: ({ display }) => display },
  Concept: { code: codeOf },
};

const { url } = await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), {
  listen: { port: 0, host: '127.0.0.1' },
  context: async () => ({ pms: new Pms() }),
});
announce(url);

function packageFor(pack) {
  return pack.packageFor;
}

function forWhat(ingredient) {
  return ingredient.for;
}

function nextOf({ link }) {
  return link?.find(({ relation }) => relation === 'next')?.url;
}

/** Parses the body if the data source has not. It parses only application/json and media types that end in +json. */
function parsed(body) {
  return typeof body === 'string' ? JSON.parse(body) : body;
}
