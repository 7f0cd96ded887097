/** OpenAPI descriptions in JSON or YAML, with any content; references to outside documents are not followed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readOpenApi } from '../../src/fhir/open-api.js';
import { json, startUpstream } from '../support/upstream.js';

const query = (name: string, more: object = {}): object => ({ name, in: 'query', ...more });

const range = { $ref: '#/components/schemas/most%20of%20%25' };

function description(paths: object, more: object = {}): string {
  return JSON.stringify({ openapi: '3.0.3', info: { title: 'A', version: '1' }, paths, ...more });
}

describe('an OpenAPI description', () => {
  it('gives its paths and methods, with the query parameters of the path and of the method', async () => {
    const text = description({
      '/Ingredient': {
        parameters: [query('_id'), { name: 'x-key', in: 'header' }],
        get: { parameters: [query('for')] },
        post: {},
        delete: { parameters: [query('_id')] },
      },
    });
    expect((await readOpenApi(text)).paths).toEqual([
      { path: '/Ingredient', method: 'get', parameters: ['_id', 'for'] },
      { path: '/Ingredient', method: 'post', parameters: ['_id'] },
    ]);
  });

  it('may be YAML', async () => {
    const text = `openapi: 3.1.0
paths:
  /Ingredient:
    get:
      parameters:
        - { name: for, in: query }
        - name: _count
          in: query
          schema: { type: integer, maximum: 50 }
`;
    expect(await readOpenApi(text)).toEqual({
      paths: [{ path: '/Ingredient', method: 'get', parameters: ['for', '_count'] }],
      maximumCount: 50,
    });
  });

  it('may have references to its own parts', async () => {
    const text = description(
      { '/Ingredient': { get: { parameters: [{ $ref: '#/components/parameters/For' }] } } },
      { components: { parameters: { For: query('for') } } },
    );
    expect((await readOpenApi(text)).paths).toEqual([
      { path: '/Ingredient', method: 'get', parameters: ['for'] },
    ]);
  });

  it('may have recursive references', async () => {
    const text = description(
      {
        '/Ingredient': {
          get: { parameters: [query('for', { schema: { $ref: '#/components/schemas/Loop' } })] },
        },
      },
      { components: { schemas: { Loop: { properties: { loop: { $ref: '#/components/schemas/Loop' } } } } } },
    );
    expect((await readOpenApi(text)).paths).toEqual([
      { path: '/Ingredient', method: 'get', parameters: ['for'] },
    ]);
  });

  it('may have a reference to a path, to another reference, and by a name with a slash', async () => {
    const text = description(
      {
        '/Ingredient': { get: { parameters: [query('for'), { $ref: '#/components/parameters/a' }] } },
        '/Organization': { $ref: '#/paths/~1Ingredient' },
      },
      {
        components: {
          parameters: { a: { $ref: '#/components/parameters/b' }, b: query('_count', { schema: range }) },
          schemas: { 'most of %': { type: 'integer', maximum: 40 } },
        },
      },
    );
    expect(await readOpenApi(text)).toEqual({
      paths: ['/Ingredient', '/Organization'].map((path) => ({
        path,
        method: 'get',
        parameters: ['for', '_count'],
      })),
      maximumCount: 40,
    });
  });

  it('loses only references to nothing and references in a circle', async () => {
    const text = description(
      {
        '/Ingredient': {
          get: {
            parameters: ['#/a', '#/components/no', '#/constructor', '#', 'x']
              .map(($ref): object => ({ $ref }))
              .concat(query('for')),
          },
        },
      },
      { a: { $ref: '#/b' }, b: { $ref: '#/a' } },
    );
    expect((await readOpenApi(text)).paths).toEqual([
      { path: '/Ingredient', method: 'get', parameters: ['for'] },
    ]);
  });

  it('may be as long as the JSON description of a server with all FHIR resource types', async () => {
    const paths = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, at) => [`/T${at}`, { get: { summary: 'x'.repeat(3_000) } }]),
    );
    expect((await readOpenApi(description(paths))).paths).toHaveLength(1_000);
  });

  it('loses only malformed parameters, paths and operations', async () => {
    const text = description({
      '/Ingredient': { get: { parameters: [null, 5, {}, { name: 7, in: 'query' }, query('for')] } },
      '/Organization': { get: { parameters: 'x' } },
      '/Nothing': null,
      '/Text': 'x',
    });
    expect((await readOpenApi(text)).paths).toEqual([
      { path: '/Ingredient', method: 'get', parameters: ['for'] },
      { path: '/Organization', method: 'get', parameters: [] },
    ]);
  });

  it('with members such as `__proto__` changes no prototype', async () => {
    const text = `{ "paths": { "__proto__": { "polluted": 1 }, "/Ingredient": { "get": { "parameters": [
      { "name": "__proto__", "in": "query", "__proto__": { "polluted": 1 } } ] } } } }`;
    const { paths } = await readOpenApi(text);
    expect(paths).toEqual([{ path: '/Ingredient', method: 'get', parameters: ['__proto__'] }]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    ['no bytes', ''],
    ['plain text', 'no description'],
    ['a web page', '<!doctype html><html><body>: &nbsp;</body></html>'],
    ['invalid JSON', '{ "paths": {'],
    ['a list', '[]'],
    ['no paths', '{ "openapi": "3.0.3" }'],
    ['paths that are a list', '{ "paths": [] }'],
    ['more than the maximum number of values', description({}, { x: Array(20).fill(Array(20_000).fill(0)) })],
    [
      'more than the maximum number of paths',
      description(
        Object.fromEntries(
          Array(25_001)
            .fill(0)
            .map((_, at) => [at, 0]),
        ),
      ),
    ],
    ['YAML that is too long', `paths:\n${'  /Ingredient: {}\n'.repeat(20_000)}`],
    ['YAML aliases that expand to a huge value', bomb()],
  ])('of %s is refused', async (_what, text) => {
    await expect(readOpenApi(text)).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
  });
});

/** Returns a few lines of YAML that expand to a billion values. */
function bomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const inner = level === 0 ? 'x' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 10 }, () => inner).join(', ')}]`;
  });
  return [...levels, 'paths: { /Ingredient: { get: { parameters: *a11 } } }'].join('\n');
}

describe('a reference in an OpenAPI description to another document', () => {
  const referring = (reference: string): string =>
    description({
      '/Ingredient': { get: { parameters: [{ $ref: reference }, query('for')] } },
      '/Organization': { $ref: reference },
    });

  it('by a web URL is never requested', async () => {
    const upstream = await startUpstream((_asked, response) => json(response, query('secret')));
    const read = readOpenApi(referring(`${upstream.origin}/parameter.json`));
    expect(await namesIn(read)).not.toContain('secret');
    expect(upstream.asked).toEqual([]);
  });

  it.each([
    ['URL', (file: string) => pathToFileURL(file).href],
    ['path', (file: string) => file],
    ['fragment', (file: string) => `${file}#/x`],
  ])('by the %s of a local file is never read', async (_how, written) => {
    const folder = mkdtempSync(join(tmpdir(), 'open-api-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'parameter.json');
    writeFileSync(file, JSON.stringify({ ...query('secret'), get: {}, x: query('secret') }));
    expect(await namesIn(readOpenApi(referring(written(file))))).not.toContain('secret');
  });
});

/** Returns the names of the parameters; empty if the description was refused. */
async function namesIn(read: ReturnType<typeof readOpenApi>): Promise<readonly string[]> {
  const { paths } = await read.catch(() => ({ paths: [] }));
  return paths.flatMap(({ parameters }) => parameters);
}
