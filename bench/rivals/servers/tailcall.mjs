/** Writes the configuration of Tailcall and starts its binary. Tailcall needs no code. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { count } from './fhir.mjs';

const binary = fileURLToPath(
  new URL('../node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall', import.meta.url),
);

export async function startTailcall(processes, upstream, options) {
  if (!existsSync(binary)) throw new Error('there is no binary of it for this system');
  const port = await freePort();
  const file = join(mkdtempSync(join(tmpdir(), 'rivals-')), 'tailcall.graphql');
  writeFileSync(file, configuration(upstream, port));
  // At the log level at which Tailcall prints its URL, it also prints a line for each of its requests.
  return processes.start(['start', file], {
    ...options,
    command: binary,
    env: { TAILCALL_LOG_LEVEL: 'error' },
    where: () => answering(`http://127.0.0.1:${port}/graphql`),
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** @returns the URL, once a server responds there */
async function answering(url) {
  for (let tries = 0; tries < 100; tries += 1) {
    const isThere = await fetch(url, { method: 'POST', body: '{}' }).then(
      () => true,
      () => false,
    );
    if (isThere) return url;
    await setTimeout(100);
  }
  throw new Error('it did not start');
}

function configuration(upstream, port) {
  const from = (path) => `@http(url: "${upstream}/${path}")`;
  // In `query`, Tailcall drops an expression that follows other text.
  const search = (type, parameter, value) => from(`${type}?${parameter}=${value}&_count=${count}`);
  return `
    schema @server(port: ${port}, hostname: "127.0.0.1") { query: Query }
    type Query {
      products: ProductBundle
        @http(url: "${upstream}/MedicinalProductDefinition", query: [{ key: "_count", value: "50" }])
    }
    type ProductBundle { entry: [ProductEntry] }
    type ProductEntry { resource: Product }
    type Product {
      id: String!
      name: [ProductName]
      packages: PackageBundle
        ${search('PackagedProductDefinition', 'package-for', 'MedicinalProductDefinition/{{.value.id}}')}
    }
    type ProductName { productName: String }
    type PackageBundle { entry: [PackageEntry] }
    type PackageEntry { resource: Package }
    type Package { id: String! description: String packaging: Packaging }
    type Packaging { containedItem: [ContainedItem] }
    type ContainedItem {
      item: CodeableReference!
      manufactured: Item ${from('{{.value.item.reference.reference}}')}
    }
    type CodeableReference { reference: Reference! }
    type Reference { reference: String! }
    type Item {
      id: String!
      manufacturedDoseForm: Concept
      ingredients: IngredientBundle
        ${search('Ingredient', 'for', 'ManufacturedItemDefinition/{{.value.id}}')}
    }
    type IngredientBundle { entry: [IngredientEntry] }
    type IngredientEntry { resource: Ingredient }
    type Ingredient { id: String! role: Concept substance: Substance }
    type Substance { code: SubstanceCode }
    type SubstanceCode { concept: Concept }
    type Concept { coding: [Coding] }
    type Coding { code: String display: String }
  `;
}
