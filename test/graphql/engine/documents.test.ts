/** Cached documents: their size includes everything that is compiled from them. */
import { parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createCursors } from '../../../src/graphql/engine/cursor.js';
import { createDocuments } from '../../../src/graphql/engine/documents.js';
import { createPreparer } from '../../../src/graphql/engine/prepare.js';
import { createSchema } from '../../../src/graphql/schema/schema.js';

const schema = createSchema();

/**
 * Returns a document of 757 bytes with 16 shapes: nine nodes that spread a fragment over seven concepts with twelve aliases
 * each.
 */
function multiplying(name: number): string {
  const concepts = ['domain', 'status', 'type', 'doseForm', 'legalStatusOfSupply', 'pediatricUse'];
  const aliases = Array.from({ length: 12 }, (_, index) => `a${index}: code`).join(' ');
  const fields = concepts.map((field, index) => `${field} @include(if: $v${index % 4}) { ...C }`);
  return `query Q${name}($v0: Boolean!, $v1: Boolean!, $v2: Boolean!, $v3: Boolean!) {
    ${Array.from({ length: 9 }, (_, index) => `n${index}: node(id: "Product:${name}") { ...P }`).join(' ')}
  } fragment P on Product { ${fields.join(' ')} } fragment C on Concept { ${aliases} }`;
}

async function run(documents: ReturnType<typeof createDocuments>, count: number): Promise<void> {
  const preparer = createPreparer(schema, createCursors('k'), { documents });
  for (let name = 0; name < count; name += 1) {
    const document = parse(multiplying(name));
    await documents.store.set(`${name}`, document);
    const [operation] = document.definitions as [OperationDefinitionNode];
    for (let bits = 0; bits < 16; bits += 1) {
      const variables = Object.fromEntries([0, 1, 2, 3].map((at) => [`v${at}`, (bits & (1 << at)) !== 0]));
      preparer.prepare(document, operation, variables, 'en');
    }
  }
}

describe('the memory of parsed GraphQL documents', () => {
  it('counts the expanded fields of a document once for each combination of its `@include` variables', async () => {
    const documents = createDocuments(2 ** 30);
    await documents.store.set('x', parse(multiplying(0)));
    const alone = documents.bytes;
    await run(documents, 1);
    // About ten thousand fields in sixteen shapes.
    expect(documents.bytes - 2 * alone).toBeGreaterThan(3_000_000);
  });

  it('drops the oldest documents if the total size exceeds the limit', async () => {
    const most = 16 * 2 ** 20;
    const documents = createDocuments(most);
    await run(documents, 20);
    expect(documents.bytes).toBeLessThanOrEqual(most);
    expect(documents.bytes).toBeGreaterThan(most / 2);
    expect(await documents.store.get('0')).toBeUndefined();
    expect(await documents.store.get('19')).toBeDefined();
  });

  it('counts a document once for each language, up to a limit, however often it is sent', async () => {
    const documents = createDocuments(2 ** 30);
    const preparer = createPreparer(schema, createCursors('k'), { documents });
    const document = parse('{ product(id: "1") { name } }');
    await documents.store.set('x', document);
    const [operation] = document.definitions as [OperationDefinitionNode];
    const ask = (language: string): number => {
      preparer.prepare(document, operation, {}, language);
      return documents.bytes;
    };
    const first = ask('en');
    expect(ask('en')).toBe(first);
    expect(ask('de')).toBeGreaterThan(first);
    // A client may request a thousand different languages.
    for (let index = 0; index < 20; index += 1) ask(`de-x-${index}`);
    const full = documents.bytes;
    expect(ask('sv')).toBe(full);
  });

  it('counts nothing for a document that was deleted', async () => {
    const documents = createDocuments(2 ** 20);
    const document = parse('{ __typename }');
    await documents.store.set('x', document);
    expect(await documents.store.get('x')).toBe(document);
    await documents.store.delete('x');
    expect(await documents.store.get('x')).toBeUndefined();
    documents.grow(document, 100);
    expect(documents.bytes).toBe(0);
  });
});
