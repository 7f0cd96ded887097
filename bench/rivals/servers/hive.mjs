/**
 * Hive Gateway over a subgraph that GraphQL Mesh derives from JSON schemas. `declarative`: links by @resolveTo, configured only.
 * `batched`: additional resolvers, written by hand, that combine many parents into one search.
 */
import { createGatewayRuntime, createLoggerFromLogging } from '@graphql-hive/gateway';
import { getComposedSchemaFromConfig } from '@graphql-mesh/compose-cli';
import { loadJSONSchemaSubgraph } from '@omnigraph/json-schema';
import DataLoader from 'dataloader';
import { count, grouped, idOf, resourcesIn } from './fhir.mjs';
import { listen, upstream, variant } from './serve.mjs';

const text = { type: 'string' };
const concept = named('Concept', { coding: many(named('Coding', { code: text, display: text })) });
const reference = named('Reference', { reference: text });
const item = { id: text, manufacturedDoseForm: concept };

const bundles = {
  products: bundleOf('Product', {
    id: text,
    name: many(named('ProductName', { productName: text })),
  }),
  packages: bundleOf('Package', {
    id: text,
    description: text,
    packageFor: many(reference),
    packaging: named('Packaging', {
      containedItem: many(named('ContainedItem', { item: named('CodeableReference', { reference }) })),
    }),
  }),
  items: bundleOf('Item', item),
  item: named('Item', item),
  ingredients: bundleOf('Ingredient', {
    id: text,
    for: many(reference),
    role: concept,
    substance: named('Substance', { code: named('SubstanceCode', { concept }) }),
  }),
};

const paths = {
  products: '/MedicinalProductDefinition?_count=50',
  packages: `/PackagedProductDefinition?package-for={args.keys}&_count=${count}`,
  items: `/ManufacturedItemDefinition?_id={args.keys}&_count=${count}`,
  item: '/{args.reference}',
  ingredients: `/Ingredient?for={args.keys}&_count=${count}`,
};

const fields = {
  declarative: /* GraphQL */ `
    extend type Product {
      packages: PackageBundle
        @resolveTo(
          sourceName: "pms"
          sourceTypeName: "Query"
          sourceFieldName: "packages"
          requiredSelectionSet: "{ id }"
          sourceArgs: { keys: "MedicinalProductDefinition/{root.id}" }
        )
    }
    extend type ContainedItem {
      manufactured: Item
        @resolveTo(
          sourceName: "pms"
          sourceTypeName: "Query"
          sourceFieldName: "item"
          requiredSelectionSet: "{ item { reference { reference } } }"
          sourceArgs: { reference: "{root.item.reference.reference}" }
        )
    }
    extend type Item {
      ingredients: IngredientBundle
        @resolveTo(
          sourceName: "pms"
          sourceTypeName: "Query"
          sourceFieldName: "ingredients"
          requiredSelectionSet: "{ id }"
          sourceArgs: { keys: "ManufacturedItemDefinition/{root.id}" }
        )
    }
  `,
  batched: /* GraphQL */ `
    extend type Product {
      packages: PackageBundle
    }
    extend type ContainedItem {
      manufactured: Item
    }
    extend type Item {
      ingredients: IngredientBundle
    }
  `,
};

const concepts = 'coding { code display }';
const resolvers = {
  Product: {
    packages: link({
      field: 'packages',
      selectionSet: '{ id }',
      keyOf: ({ id }) => `MedicinalProductDefinition/${id}`,
      needed: `{
        entry {
          resource {
            id
            description
            packageFor { reference }
            packaging { containedItem { item { reference { reference } } } }
          }
        }
      }`,
      referencesOf: ({ packageFor }) => packageFor,
      valueOf: bundleWith,
    }),
  },
  ContainedItem: {
    manufactured: link({
      field: 'items',
      selectionSet: '{ item { reference { reference } } }',
      keyOf: ({ item }) => item.reference.reference,
      argumentOf: idOf,
      needed: `{ entry { resource { id manufacturedDoseForm { ${concepts} } } } }`,
      referencesOf: ({ id }) => [{ reference: `ManufacturedItemDefinition/${id}` }],
      valueOf: ([item]) => item ?? null,
    }),
  },
  Item: {
    ingredients: link({
      field: 'ingredients',
      selectionSet: '{ id }',
      keyOf: ({ id }) => `ManufacturedItemDefinition/${id}`,
      needed: `{
        entry {
          resource {
            id
            for { reference }
            role { ${concepts} }
            substance { code { concept { ${concepts} } } }
          }
        }
      }`,
      referencesOf: (ingredient) => ingredient.for,
      valueOf: bundleWith,
    }),
  },
};

const log = createLoggerFromLogging('error');
const supergraph = await getComposedSchemaFromConfig(
  {
    subgraphs: [
      {
        sourceHandler: loadJSONSchemaSubgraph('pms', {
          endpoint: upstream,
          operations: Object.entries(paths).map(([field, path]) => ({
            type: 'Query',
            field,
            path,
            method: 'GET',
            responseSchema: bundles[field],
          })),
        }),
      },
    ],
    additionalTypeDefs: fields[variant],
  },
  log,
);

const gateway = createGatewayRuntime({
  supergraph,
  logging: log,
  ...(variant === 'batched' ? { additionalResolvers: resolvers } : {}),
});
await listen(gateway);

/** One DataLoader for each link and request. It combines the keys of one level into one search. */
function link({ field, selectionSet, keyOf, argumentOf = (key) => key, needed, referencesOf, valueOf }) {
  const loaders = new WeakMap();
  return {
    selectionSet,
    resolve(root, _, context, info) {
      if (!loaders.has(context))
        loaders.set(context, new DataLoader((keys) => load(keys, root, context, info)));
      return loaders.get(context).load(keyOf(root));
    },
  };

  async function load(keys, root, context, info) {
    const args = { keys: keys.map(argumentOf).join(',') };
    const bundle = await context.pms.Query[field]({ root, args, context, info, selectionSet: needed });
    return grouped(resourcesIn(bundle), referencesOf, keys).map(valueOf);
  }
}

function bundleWith(rows) {
  return { entry: rows.map((resource) => ({ resource })) };
}

function bundleOf(title, properties) {
  return named(`${title}Bundle`, {
    entry: many(named(`${title}Entry`, { resource: named(title, properties) })),
  });
}

function named(title, properties) {
  return { type: 'object', title, properties };
}

function many(items) {
  return { type: 'array', items };
}
