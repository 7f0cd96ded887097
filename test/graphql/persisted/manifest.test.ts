/** Manifests of trusted documents: the formats of three tools, and one clear line about each fault. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifests, stampOfManifests } from '../../../src/graphql/persisted/manifest.js';
import { testFolder } from '../../support/folder.js';
import { apolloManifest, codegenManifest, hashOf, relayManifest } from '../../support/manifests.js';

const documents = [
  'query ProductName($id: ID!) { product(id: $id) { ...Named } }\nfragment Named on Product { name }',
  'query Terms { terms(list: "ROUTE") { code } }',
];
const texts = (path: string): readonly string[] => readManifests(path).map(({ text }) => text);
const ids = (path: string): readonly string[] => readManifests(path).map(({ id }) => id);

describe('a manifest', () => {
  it('of generate-persisted-query-manifest has the ids and texts of Apollo Client', async () => {
    const manifest = await apolloManifest(documents);
    const file = testFolder().write('apollo.json', JSON.stringify(manifest));
    expect(manifest.operations.map(({ name }) => name).sort()).toEqual(['ProductName', 'Terms']);
    expect(ids(file)).toEqual(manifest.operations.map(({ id }) => id));
    expect(texts(file)).toEqual(manifest.operations.map(({ body }) => body));
  });

  it('of the client preset has SHA-1 ids, or SHA-256 ids with or without their prefix', async () => {
    const folder = testFolder();
    const [sha1, sha256] = [
      await codegenManifest(documents, 'sha1'),
      await codegenManifest(documents, 'sha256'),
    ];
    expect(Object.keys(sha256)[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
    const [one, two] = [
      folder.write('one.json', JSON.stringify(sha1)),
      folder.write('two.json', JSON.stringify(sha256)),
    ];
    expect(ids(one)).toEqual(Object.keys(sha1));
    expect(ids(two)).toEqual(Object.keys(sha256).map((id) => id.slice('sha256:'.length)));
    expect(texts(two)).toEqual(Object.values(sha256));
  });

  it('of Relay has MD5 ids, and any manifest may have ids that are not hashes', () => {
    const folder = testFolder();
    const relay = relayManifest(documents);
    expect(ids(folder.write('relay.json', JSON.stringify(relay)))).toEqual(Object.keys(relay));
    const own = { 'product-name.v1': documents[0], 'x-app:2': documents[1] };
    expect(ids(folder.write('own.json', JSON.stringify(own)))).toEqual(Object.keys(own));
  });

  it('may be one of several in a folder, for several versions of an app', () => {
    const folder = testFolder();
    folder.write('v1.json', JSON.stringify(relayManifest(documents.slice(0, 1))));
    folder.write('v2.json', JSON.stringify(relayManifest(documents)));
    folder.write('readme.txt', 'not a manifest');
    expect(texts(folder.path)).toEqual([documents[0], ...documents]);
    const before = stampOfManifests(folder.path);
    expect(stampOfManifests(folder.path)).toBe(before);
    folder.write('v3.json', '{}');
    expect(stampOfManifests(folder.path)).not.toBe(before);
  });

  it.each([
    [
      'is not valid JSON',
      '{\n  "a": "query A { a }",\n  "b" "c"\n}',
      /is not valid JSON\. The fault is in line 3\.$/,
    ],
    ['ends too early', '{\n  "a": "b"', /is not valid JSON\. The fault is in line 2\.$/],
    ['is a list', '[]', /is not a manifest as Apollo, Relay or GraphQL Code Generator write it\.$/],
    ['has a document that is not text', '{"a":1}', /is not a manifest as Apollo/],
    [
      'is of a later version of Apollo',
      '{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}',
      /is not a manifest as Apollo/,
    ],
    [
      'has an operation without a text',
      '{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"a"},null]}',
      /is not a manifest as Apollo/,
    ],
    [
      'has a document of another MD5',
      JSON.stringify({ [hashOf('md5', 'a')]: 'b' }),
      /has a document that does not match its hash "0cc175b9c0f1b6a831c399e269772661"\.$/,
    ],
    [
      'has a document of another SHA-1',
      JSON.stringify({ [hashOf('sha1', 'a')]: 'b' }),
      /does not match its hash/,
    ],
    [
      'has a document of another SHA-256',
      JSON.stringify({
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [{ id: hashOf('sha256', 'a'), name: 'A', type: 'query', body: 'b' }],
      }),
      /does not match its hash/,
    ],
    [
      'has the prefix of SHA-256 before another text',
      '{"sha256:abc":"b"}',
      /does not match its hash "sha256:abc"\.$/,
    ],
  ])('that %s is refused with one line that names the file', (_what, text, line) => {
    const file = testFolder().write('bad.json', text);
    expect(() => readManifests(file)).toThrow(line);
    expect(() => readManifests(file)).toThrow(/^TRUSTED_DOCUMENTS: \S+bad\.json /);
    expect(() => readManifests(file)).not.toThrow(/\n/);
  });

  it('is refused if it cannot be read, if a folder has none, or if two give one id to different documents', () => {
    const folder = testFolder();
    expect(() => readManifests(path.join(folder.path, 'none.json'))).toThrow(/none\.json cannot be read\.$/);
    expect(() => readManifests(folder.path)).toThrow(
      / has no manifest, which is a file that ends in \.json\.$/,
    );
    mkdirSync(path.join(folder.path, 'v1.json'));
    expect(() => readManifests(folder.path)).toThrow(/v1\.json cannot be read\.$/);
    const other = testFolder();
    writeFileSync(path.join(other.path, 'a.json'), '{"name":"query A { a }"}');
    writeFileSync(path.join(other.path, 'b.json'), '{"name":"query B { b }"}');
    expect(() => readManifests(other.path)).toThrow(
      /b\.json has another document than an earlier manifest for the id "name"\.$/,
    );
  });
});
