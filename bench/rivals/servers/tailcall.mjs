/** Tailcall is a binary of its own: this writes its configuration, which is all that there is to write. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { count } from './fhir.mjs';

const binary = fileURLToPath(
  new URL('../node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall', import.meta.url),
);

/** @returns what to spawn; undefined where there is no binary for this system */
export function tailcall(upstream, port) {
  if (!existsSync(binary)) return undefined;
  const file = join(mkdtempSync(join(tmpdir(), 'rivals-')), 'tailcall.graphql');
  writeFileSync(file, configuration(upstream, port));
  return { command: binary, args: ['start', file] };
}

function configuration(upstream, port) {
  const from = (path) => `@http(url: "${upstream}/${path}")`;
  // In `query`, Tailcall drops an expression that stands behind other text.
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
