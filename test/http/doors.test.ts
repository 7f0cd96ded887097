/** An operation gets the same data however it is sent: as text, by a hash or by an id, by POST or GET, compressed or not. */
import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { hashOf } from '../support/manifests.js';
import { testFolder } from '../support/folder.js';
import { differingByAnswer, randomOf, randomOperation } from '../support/random-operation.js';
import { startTestService } from '../support/service.js';
import { propertyRuns } from '../support/tier.js';

const runs = propertyRuns(300, 60);
const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const roots = [
  ...['600000000001', '600000000004', 'none'].map((id) => `product(id: "${id}")`),
  ...['a', 'e'].map((name) => `products(filter: { name: "${name}" }, first: 3)`),
];

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly path?: unknown }[];
}

it(`${runs} random operations get the same data and errors through every door`, async () => {
  const random = randomOf(7);
  const operations = Array.from({ length: runs }, () =>
    randomOperation({ schema, random, roots, without: differingByAnswer }),
  );
  const folder = testFolder();
  const ids = operations.map(({ document }) => hashOf('sha256', document));
  // Every second operation is a trusted document.
  const trusted = operations.map(({ document }, at) => [ids[at], document]).filter((_, at) => at % 2 === 0);
  folder.write('app.json', JSON.stringify(Object.fromEntries(trusted)));
  const service = await startTestService({
    profile: 'search',
    cacheTtlMs: 300_000,
    trusted: { path: folder.path, only: false },
  });
  onTestFinished(() => service.stop());
  const url = `${service.origin}/graphql`;
  const headers = { accept: 'application/graphql-response+json' };
  const said = async (response: Response): Promise<Answer> => {
    const { data, errors } = (await response.json()) as Answer;
    return { data, ...(errors && { errors: errors.map(({ message, path }) => ({ message, path })) }) };
  };
  const post = async (body: object, more = {}): Promise<Answer> =>
    said(
      await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', ...more },
        body: JSON.stringify(body),
      }),
    );
  const get = async (parameters: Readonly<Record<string, unknown>>): Promise<Answer> => {
    const written = Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    return said(await fetch(`${url}?${new URLSearchParams(written as [string, string][])}`, { headers }));
  };

  for (const [at, { document: query, variables }] of operations.entries()) {
    const sha256Hash = ids[at] ?? '';
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const first = await post({ query, variables });
    const answers = {
      again: await post({ query, variables }),
      uncompressed: await post({ query, variables }, { 'accept-encoding': 'identity' }),
      'registered by its hash': await post({ query, variables, extensions }),
      'by its hash': await post({ variables, extensions }),
      'by its hash with GET': await get({ variables, extensions }),
      'by its id': await post({ documentId: `sha256:${sha256Hash}`, variables }),
      'by its id with GET': await get({ documentId: `sha256:${sha256Hash}`, variables }),
    };
    for (const [door, answer] of Object.entries(answers)) expect(answer, `${door}: ${query}`).toEqual(first);
  }
}, 600_000);
