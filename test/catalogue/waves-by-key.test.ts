/**
 * The number of successive waits for the upstream in an operation: the children of a record are requested together with it.
 */
import { parse, type OperationDefinitionNode } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { createCapabilities } from '../../src/catalogue/plan/capabilities.js';
import { createLoaders } from '../../src/catalogue/waves/loaders.js';
import { createSend } from '../../src/fhir/http.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { catalogueOver, executorOver } from '../support/catalogue.js';

/** Returns the number of waves of parallel requests in an operation, and the number of requests. */
async function costOf(text: string): Promise<{ readonly waves: number; readonly requests: number }> {
  const sandbox = await startSandbox({ profile: 'search' });
  const send = createSend();
  onTestFinished(async () => {
    send.destroy();
    await sandbox.stop();
  });
  const given = { capabilities: createCapabilities('search'), budget: 120 };
  let waves = 0;
  const catalogue = catalogueOver(sandbox, {
    ...given,
    send,
    createLoaders(asking, known) {
      const { load } = createLoaders(asking, known);
      return {
        async load(wanted) {
          const before = sandbox.requests.length;
          await load(wanted);
          if (sandbox.requests.length > before) waves += 1;
        },
      };
    },
  });
  const document = parse(text);
  const [operation] = document.definitions as [OperationDefinitionNode];
  const { errors } = await executorOver(sandbox, catalogue, given).execute({
    document,
    operation,
    variables: {},
    languages: ['en'],
  });
  expect(errors).toBeUndefined();
  return { waves, requests: sandbox.requests.length };
}

const id = '600000000001';

it.each([
  ['one product with its packages', `{ product(id: "${id}") { name packages { totalCount } } }`, 1, 2],
  [
    'one product with its holder',
    `{ product(id: "${id}") { name packages { totalCount } authorizations { holder { name } } } }`,
    2,
    4,
  ],
  [
    'one product down to the ingredients',
    `{ product(id: "${id}") { packages { nodes { manufacturedItems { ingredients { nodes { id } } } } } } }`,
    2,
    4,
  ],
  [
    'products down to the ingredients',
    `{ products(first: 5) { nodes { packages { nodes { manufacturedItems { ingredients { nodes { id } } } } } } } }`,
    3,
    4,
  ],
  [
    'one package with its product and holder',
    '{ package(id: "8400012") { product { name authorizations { holder { name } } } } }',
    3,
    4,
  ],
  [
    'products by their ids',
    `{ nodes(ids: ["Product:${id}", "Product:600000000002"]) { ... on Product { name packages { totalCount } } } }`,
    1,
    2,
  ],
  [
    'products by a filter of ids',
    `{ products(filter: { ids: ["${id}", "600000000002"] }) { nodes { name packages { totalCount } } } }`,
    1,
    2,
  ],
  [
    'sorted products by a filter of ids',
    `{ products(filter: { ids: ["${id}", "600000000002"] }, sort: { by: NAME }) { nodes { name packages { totalCount } } } }`,
    1,
    2,
  ],
  [
    'the first of two products by a filter of ids',
    `{ products(first: 1, filter: { ids: ["${id}", "600000000002"] }) { nodes { name packages { totalCount } } } }`,
    2,
    2,
  ],
  [
    'products by a filter of their authorization number',
    '{ products(filter: { authorizationNumber: "EU/1/24/9001" }) { nodes { name packages { totalCount } } } }',
    2,
    3,
  ],
  [
    'products by a filter of a package’s authorization number',
    '{ products(filter: { authorizationNumber: "EU/1/24/9001/001" }) { nodes { name packages { totalCount } } } }',
    3,
    4,
  ],
  [
    'products of a list with their holders',
    '{ products(first: 5) { nodes { name packages { nodes { id } } authorizations { holder { name } } } } }',
    3,
    4,
  ],
  [
    'the authorizations of the packages of products',
    '{ products(first: 5) { nodes { packages { nodes { authorizations { number } } } } } }',
    3,
    3,
  ],
  [
    'the authorizations of packages',
    `{ product(id: "${id}") { packages { nodes { authorizations { number } } } } }`,
    2,
    3,
  ],
  [
    'the packages of a product by its id and of products by a search',
    `{ a: product(id: "${id}") { packages { nodes { id } } } b: products(first: 3) { nodes { packages { nodes { id } } } } }`,
    2,
    3,
  ],
  [
    'the authorizations of a package and of its product',
    `{ nodes(ids: ["Product:${id}", "Package:8400012"]) { ... on Product { name } ... on Package { authorizations { number } products { authorizations { number } } } } }`,
    2,
    3,
  ],
  [
    'routes and forms of one product',
    `{ product(id: "${id}") { name routes { text } administrableProducts { id } packages { totalCount } } }`,
    1,
    3,
  ],
])(
  'a query for %s needs the fewest possible rounds of parallel upstream requests',
  async (_what, text, waves, requests) => {
    expect(await costOf(text)).toEqual({ waves, requests });
  },
);
