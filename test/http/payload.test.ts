/** The bytes of requests and answers that docs/payload.md states. */
import { readFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { hashOf } from '../support/manifests.js';
import { startTestService, type TestService } from '../support/service.js';

const rows = [
  ...readFileSync('docs/payload.md', 'utf8').matchAll(
    /^\| `([\w-]+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm,
  ),
].map(([, name = '', ...numbers]) => [name, numbers.map(Number)] as const);

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ profile: 'auto', index: true, cacheTtlMs: 300_000 });
});
afterAll(() => service.stop());

/** Returns the number of bytes of a body as sent, which `fetch` would decompress. */
function bytesOf(path: string, encoding: string, body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': encoding, ...(body && { 'content-type': 'application/json' }) };
    const sent = send(`${service.origin}${path}`, { method: body ? 'POST' : 'GET', headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve(bytes));
    });
    sent.on('error', reject).end(body);
  });
}

describe('docs/payload.md', () => {
  it('has some operations', () => {
    expect(rows.length).toBeGreaterThan(4);
  });

  it.each(rows)('states the bytes of the operation `%s`, within a tenth', async (name, stated) => {
    const query = readFileSync(`schema/operations/${name}.graphql`, 'utf8');
    const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf('sha256', query) } };
    const path = `/graphql?extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
    // The first answer of all has a receipt of other length.
    await bytesOf('/graphql', 'identity', JSON.stringify({ query, extensions }));
    const measured = [
      Buffer.byteLength(JSON.stringify({ query })),
      path.length,
      await bytesOf(path, 'identity'),
      await bytesOf(path, 'gzip'),
      await bytesOf(path, 'br'),
    ];
    for (const [at, bytes] of measured.entries()) {
      expect(bytes, `${name} ${at}`).toBeGreaterThan(0.9 * stated[at]!);
      expect(bytes, `${name} ${at}`).toBeLessThan(1.1 * stated[at]!);
    }
  });

  it('says that `@defer` is refused', async () => {
    const { errors } = await service.query('{ product(id: "600000000001") { ... @defer { name } } }');
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });
});

describe('the table of screens in docs/payload.md', () => {
  const stated = [
    ...readFileSync('docs/payload.md', 'utf8').matchAll(
      /^\| `([\w-]+)` \| (one product|a list) \| (\d+) \| (\d+) \| (\d+) \|/gm,
    ),
  ].map(
    ([, name = '', kind = '', ...bytes]) => [name, kind, bytes.map(Number)] as [string, string, number[]],
  );

  it('has ten screens', () => {
    expect(stated).toHaveLength(10);
  });

  it.each(stated)(
    'states the bytes of the screen `%s`, for %s, within a tenth',
    async (name, kind, numbers) => {
      const measured = await screenOf(name);
      for (const [at, bytes] of measured.entries()) {
        expect(bytes, `${name} ${at}: ${measured.join()}`).toBeGreaterThan(0.9 * numbers[at]!);
        expect(bytes, `${name} ${at}: ${measured.join()}`).toBeLessThan(1.1 * numbers[at]!);
      }
      const [fhir = 0, fhirGzip = 0, answer = 0] = measured;
      expect(answer / fhir).toBeLessThan(0.05);
      expect(answer / fhirGzip).toBeLessThan(kind === 'a list' ? 0.15 : 0.25);
    },
  );
});

/** Returns the bytes of the FHIR answers behind an operation, of the same with gzip, and of the answer with gzip. */
async function screenOf(name: string): Promise<readonly number[]> {
  const fresh = await startTestService({ profile: 'search', elements: false });
  onTestFinished(() => fresh.stop());
  const { sandbox } = fresh;
  const { clientId, clientSecret, scope } = sandbox;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope };
  const granted = await fetch(sandbox.tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = (await granted.json()) as { readonly access_token: string };
  const answer = await fresh.query(readFileSync(`schema/operations/${name}.graphql`, 'utf8'));
  const asked = [...sandbox.requests];
  const bodies = await Promise.all(
    asked.map(async ({ method, path, form: body }) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      };
      const sent = { method, headers, ...(body !== undefined && { body }) };
      return Buffer.from(await (await fetch(`${sandbox.baseUrl}${path}`, sent)).arrayBuffer());
    }),
  );
  const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0);
  return [
    sum(bodies.map(({ length }) => length)),
    sum(bodies.map((body) => gzipSync(body).length)),
    gzipSync(JSON.stringify(answer)).length,
  ];
}

it('RECEIPT=gaps leaves out the cost of an operation, and nothing that is missing', async () => {
  const small = await startTestService({ receipt: 'gaps' });
  onTestFinished(() => small.stop());
  const { extensions } = await small.query('{ product(id: "600000000001") { name } }');
  expect(extensions).toEqual({ upstream: { incomplete: [], stale: [] } });
  const explained = await small.query('{ product(id: "600000000001") { name } }', {}, { 'pms-explain': '1' });
  expect(explained.extensions['upstream']).toMatchObject({ requests: 1, plan: {} });
});
