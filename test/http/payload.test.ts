/** The bytes of requests and answers that docs/payload.md states. */
import { readFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
