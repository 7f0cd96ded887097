/** Limits of an operation: it is refused with the code of the limit before any upstream request. */
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

const repeated = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');

describe('an operation with', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService();
  });
  afterAll(() => service.stop());

  it.each([
    [
      '31 aliases of one field',
      `{ product(id: "1") { ${repeated(31, (index) => `a${index}: name`)} } }`,
      /30 aliases/,
    ],
    [
      '31 aliases in two fragments',
      `{ product(id: "1") { ...A ...B } }
       fragment A on Product { ${repeated(20, (index) => `a${index}: name`)} }
       fragment B on Product { ${repeated(11, (index) => `b${index}: name`)} }`,
      /30 aliases/,
    ],
    [
      '11 fields at its root',
      `{ ${repeated(11, (index) => `a${index}: ${index % 2 ? 'service { version }' : 'product(id: "1") { name }'}`)} }`,
      /10 fields at its root/,
    ],
    [
      '21 directives',
      `{ product(id: "1") { ${repeated(21, (index) => `a${index}: id @include(if: true)`)} } }`,
      /20 directives/,
    ],
    ['2,001 tokens', `{ ${repeated(1_990, (index) => `a${index}: __typename`)} }`, /at most 2000 tokens/],
    ['101 unknown fields', `{ ${repeated(101, (index) => `a${index}`)} }`, /more than 100 errors/],
    [
      '101 errors of several kinds',
      `{ product(id: "1") { ${repeated(60, (index) => `a${index}: name(x: 1)`)} ${repeated(60, (index) => `b${index}`)} } }`,
      /more than 100 errors/,
    ],
    [
      'fields that are repeated so often that comparing them takes too long',
      `{ service { ...A ${'version '.repeat(400)} } } fragment A on Service { ${'version '.repeat(400)} }`,
      /500,000 steps/,
    ],
    [
      'introspection through four lists',
      '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
      /at most 3 lists/,
    ],
    [
      '65 nested brackets',
      `{ product(id: "1") ${'{ a '.repeat(64)}${'}'.repeat(64)} }`,
      /at most 64 brackets/,
    ],
  ])('%s is refused with QUERY_TOO_COMPLEX', async (_what, document, message) => {
    service.sandbox.clearRequests();
    const { data, errors } = await service.query(document);
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message) as string, extensions: { code: 'QUERY_TOO_COMPLEX' } },
    ]);
    expect(service.sandbox.requests).toEqual([]);
  });

  it('100 unknown fields gets one error for each field', async () => {
    const { errors } = await service.query(`{ ${repeated(100, (index) => `a${index}`)} }`);
    expect(errors).toHaveLength(100);
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['GRAPHQL_VALIDATION_FAILED']),
    );
  });

  it('exactly 30 aliases is answered', async () => {
    const { errors } = await service.query(
      `{ product(id: "600000000001") { ${repeated(30, (index) => `a${index}: name`)} } a: service { version } }`,
    );
    expect(errors).toBeUndefined();
  });

  it('99 brackets inside a string and inside a comment is answered', async () => {
    const { errors } = await service.query(
      `# ${'{'.repeat(99)}\n{ products(filter: { name: "${'('.repeat(99)}" }) { nodes { id } } }`,
    );
    expect(errors).toBeUndefined();
  });

  it('an alias such as __proto__ has this key in its answer', async () => {
    const response = await fetch(`${service.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ service { __proto__: version constructor: version } }' }),
    });
    expect(await response.text()).toContain('{"service":{"__proto__":"0.0.0","constructor":"0.0.0"}}');
  });

  it('a URL that is too long gets the status 431 and a JSON error', async () => {
    const socket = connect(Number(new URL(service.origin).port), '127.0.0.1');
    socket.write(`GET /graphql?query=${'x'.repeat(40_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 431 [^]*"code":"BAD_USER_INPUT"/);
  });
});
