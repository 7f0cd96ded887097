/** Headers for HTTP caches: how long an answer may be reused, by whom, and how a client checks that its copy is still right. */
import { request as send, type IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { varyBy } from '../../src/http/answers/answer.js';
import { hasNginx, needsNginx, startNginx, type Nginx } from '../support/nginx.js';
import { startTestService, type TestService } from '../support/service.js';

const minute = 60_000;
const realNow = performance.now.bind(performance);

/** Advances both clocks. */
function later(ms: number): void {
  const at = performance.now() + ms - realNow();
  vi.restoreAllMocks();
  vi.spyOn(performance, 'now').mockImplementation(() => realNow() + at);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The header lines as sent, which `headers` joins. */
  readonly lines: readonly string[];
  readonly body: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly variables?: object;
}

/** Sends a query by GET, or else by POST. No client library adds headers or combines them. */
function ask(origin: string, query: string, { method = 'GET', headers = {}, variables }: Asked = {}) {
  const parameters = new URLSearchParams({
    query,
    ...(variables && { variables: JSON.stringify(variables) }),
  });
  const isPost = method === 'POST';
  const url = `${origin}/graphql${isPost ? '' : `?${parameters}`}`;
  return new Promise<Answered>((resolve, reject) => {
    const type = isPost ? { 'content-type': 'application/json' } : {};
    const sent = send(url, { method, headers: { ...type, ...headers }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          lines: response.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()),
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(isPost ? JSON.stringify({ query, variables }) : undefined);
  });
}

let service: TestService;
beforeEach(async () => {
  service = await startTestService({ cacheTtlMs: 5 * minute });
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await service.stop();
});

const product = '{ product(id: "600000000001") { name packages { nodes { id } } } }';
const translated = '{ product(id: "600000000003") { name domain { label { text language } } } }';

describe('the headers of an answer', () => {
  it('allow every cache to reuse the answer to a GET request while its data are fresh', async () => {
    const first = await ask(service.origin, product);
    expect(first.headers).toMatchObject({
      'cache-control': 'public, max-age=300',
      etag: expect.stringMatching(/^W\/"[\w-]{22}"$/),
    });
    expect(first.headers.age).toBeUndefined();
    later(2 * minute);
    const second = await ask(service.origin, product);
    expect(second.headers).toMatchObject({
      'cache-control': 'public, max-age=300',
      age: '120',
      etag: first.headers.etag,
      // What is left, for proxies that do not subtract `Age`.
      'x-accel-expires': expect.stringMatching(/^1(79|80)$/),
    });
  });

  it('have the age of the oldest data, and its lifetime', async () => {
    await ask(service.origin, product);
    later(4 * minute);
    const { headers } = await ask(service.origin, '{ product(id: "600000000001") { pmsId name } }');
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=300', age: '240' });
  });

  it.each([
    ['to a POST request', { method: 'POST' }],
    ['to a request with `Authorization`', { headers: { authorization: 'Bearer x' } }],
    ['to a request with `X-API-Key`', { headers: { 'x-api-key': 'x' } }],
    ['to a request with cookies', { headers: { cookie: 'a=b' } }],
  ])('allow only the client’s own cache to store an answer %s', async (_what, asked) => {
    expect((await ask(service.origin, product, asked)).headers['cache-control']).toBe('private, max-age=300');
  });

  it('are the same for HEAD as for GET', async () => {
    await ask(service.origin, product);
    const got = await ask(service.origin, product);
    const head = await ask(service.origin, product, { method: 'HEAD' });
    expect(head.body).toBe('');
    for (const name of ['etag', 'cache-control', 'vary', 'content-type', 'content-length'])
      expect(head.headers[name], name).toBe(got.headers[name]);
  });

  it('name all request headers that the answer depends on, in one line', async () => {
    const { headers, lines } = await ask(service.origin, product);
    expect(headers.vary).toBe('Origin, Accept, Accept-Language, Accept-Encoding');
    expect(lines.filter((name) => name === 'vary')).toHaveLength(1);
  });

  it.each([
    ['a syntax error', '{'],
    ['an unknown field', '{ unknown }'],
    ['an invalid argument', '{ product(id: "x y") { name } }'],
    ['an unknown hash', undefined],
  ])('forbid every cache to store the answer to %s', async (_what, query) => {
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } });
    const sent = query === undefined ? { extensions } : { query };
    const { headers } = await fetch(`${service.origin}/graphql?${new URLSearchParams(sent)}`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('etag')).toBeNull();
  });

  it('forbid every cache to store a refusal of the HTTP layer', async () => {
    const answers = await Promise.all([
      fetch(`${service.origin}/nowhere`),
      fetch(`${service.origin}/graphql`, { method: 'PUT' }),
      fetch(`${service.origin}/graphql`, { method: 'POST', body: 'x' }),
    ]);
    expect(answers.map(({ status: code }) => code)).toEqual([404, 405, 415]);
    for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store');
  });

  it('forbid every cache to store an answer with errors, or with gaps that another request may fill', async () => {
    service.sandbox.setFaults([{ kind: 'status', status: 503, match: '600000000002/$everything' }]);
    const failed = await ask(
      service.origin,
      '{ products(filter: { name: "Avelanta" }, first: 2) { nodes { pmsId packages { nodes { id } } } } }',
    );
    expect(JSON.parse(failed.body)).toHaveProperty('errors');
    const paged = await startTestService({ cacheTtlMs: 5 * minute, sandbox: { maxPageSize: 20 } });
    paged.sandbox.setFaults([{ kind: 'expired-next' }]);
    const cut = await ask(paged.origin, '{ products(first: 60) { nodes { pmsId } } }');
    await paged.stop();
    expect(cut.body).toContain('"PAGE_FAILED"');
    expect(JSON.parse(cut.body)).not.toHaveProperty('errors');
    for (const { headers } of [failed, cut]) {
      expect(headers['cache-control']).toBe('no-store');
      expect(headers).not.toHaveProperty('etag');
    }
  });

  it('forbid every cache to store an answer that explains its costs', async () => {
    const { headers } = await ask(service.origin, product, { headers: { 'pms-explain': '1' } });
    expect(headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['that lacks a record which may be added soon', '{ product(id: "600000009999") { name } }'],
    ['about the service itself', '{ service { version } }'],
  ])('allow an answer %s to be reused after a check only', async (_what, query) => {
    const { headers } = await ask(service.origin, query);
    expect(headers['cache-control']).toBe('public, max-age=0');
    expect(headers.etag).toBeDefined();
  });

  it('allow an answer with old data to be reused after a check only', async () => {
    await ask(service.origin, product);
    later(10 * minute);
    const { headers, body } = await ask(service.origin, product);
    expect(body).not.toContain('"stale":[]');
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=0', age: '600' });
    expect(headers).not.toHaveProperty('x-accel-expires');
  });
});

describe('the ETag', () => {
  it('is the same with and without caches, for another client, and whatever the answer has cost', async () => {
    const uncached = await startTestService();
    const [one, two, three] = [
      await ask(service.origin, product),
      await ask(service.origin, product, { method: 'POST' }),
      await ask(uncached.origin, product),
    ];
    await uncached.stop();
    expect([two.headers.etag, three.headers.etag]).toEqual([one.headers.etag, one.headers.etag]);
    expect(three.headers['cache-control']).toBe('public, max-age=0');
  });

  it('differs between answers that differ in their data or in the language of their texts', async () => {
    const tags = [
      await ask(service.origin, product),
      await ask(service.origin, product.replace('name', 'pmsId')),
      await ask(service.origin, translated, { headers: { 'accept-language': 'en' } }),
      await ask(service.origin, translated, { headers: { 'accept-language': 'de' } }),
    ].map(({ headers }) => headers.etag);
    expect(new Set(tags).size).toBe(4);
  });
});

describe('a request with If-None-Match', () => {
  it('gets 304 without a body and without an upstream request, while the answer is fresh', async () => {
    const { headers: first } = await ask(service.origin, translated);
    service.sandbox.clearRequests();
    const again = await ask(service.origin, translated, { headers: { 'if-none-match': first.etag! } });
    expect(again).toMatchObject({ status: 304, body: '' });
    for (const name of ['etag', 'vary', 'cache-control', 'content-language'])
      expect(again.headers[name], name).toBe(first[name]);
    expect(again.headers.age).toBe('0');
    expect(service.sandbox.requests).toEqual([]);
  });

  it.each([
    ['of a list', (etag: string) => `"x", ${etag}, W/"y"`],
    ['without W/', (etag: string) => etag.slice(2)],
    ['of any answer', () => '*'],
  ])('may have the ETag %s', async (_what, write) => {
    const { headers } = await ask(service.origin, product);
    const asked = { headers: { 'if-none-match': write(headers.etag!) } };
    expect((await ask(service.origin, product, asked)).status).toBe(304);
    expect((await ask(service.origin, product, { ...asked, method: 'POST' })).status).toBe(304);
  });

  it('gets the whole answer if it differs, is in another language, has errors, or must be new', async () => {
    const { headers: german } = await ask(service.origin, translated, {
      headers: { 'accept-language': 'de' },
    });
    const having = { 'if-none-match': german.etag! };
    const whole = [
      await ask(service.origin, product, { headers: having }),
      await ask(service.origin, translated, { headers: { ...having, 'accept-language': 'en' } }),
      await ask(service.origin, translated, {
        headers: { ...having, 'accept-language': 'de', 'cache-control': 'no-cache' },
      }),
      await ask(service.origin, '{ product(id: "x y") { name } }', { headers: { 'if-none-match': '*' } }),
    ];
    for (const { status: code, body } of whole) {
      expect(code).not.toBe(304);
      expect(body).not.toBe('');
    }
  });
});

it('the header Vary stays in one line, whoever adds to it', () => {
  const set = new Map<string, string>();
  const response = {
    getHeader: (name: string) => set.get(name),
    setHeader: (name: string, value: string) => set.set(name, value),
  };
  varyBy(response as never, 'Origin');
  varyBy(response as never, 'Accept', 'Accept-Language');
  expect(set.get('vary')).toBe('Origin, Accept, Accept-Language');
});

describe.skipIf(!hasNginx)(`nginx in front of the service (${needsNginx})`, () => {
  let proxy: Nginx;
  beforeEach(async () => {
    proxy = await startNginx(service.origin);
  });
  afterEach(() => proxy.stop());

  const stateOf = ({ headers }: Answered): unknown => headers['x-cache'];

  it('answers from its cache, without the service', async () => {
    const first = await ask(proxy.origin, product);
    const direct = await ask(service.origin, product);
    await service.stop();
    const second = await ask(proxy.origin, product);
    expect([stateOf(first), stateOf(second)]).toEqual(['MISS', 'HIT']);
    expect(second.body).toBe(first.body);
    expect(second.headers.etag).toBe(direct.headers.etag);
    const third = await ask(proxy.origin, product, { headers: { 'if-none-match': direct.headers.etag! } });
    expect(third).toMatchObject({ status: 304, body: '' });
    service = await startTestService();
  });

  it('gives each client an answer in its own language, format and encoding, and for its own origin', async () => {
    const wanted: readonly Readonly<Record<string, string>>[] = [
      {},
      { 'accept-language': 'de' },
      { 'accept-language': 'en' },
      { 'accept-language': 'de, en;q=0.5' },
      { accept: 'application/json' },
      { accept: 'application/graphql-response+json' },
      { origin: 'http://localhost:5173' },
      { origin: 'http://localhost:3000' },
      { 'accept-encoding': 'gzip' },
      { 'accept-encoding': 'br' },
    ];
    const long = `{ products(first: 40) { nodes { pmsId name status { label { text language } } } } }`;
    const told = [
      'content-type',
      'content-language',
      'content-encoding',
      'access-control-allow-origin',
      'etag',
    ];
    const seen: string[] = [];
    for (const headers of [...wanted, ...wanted]) {
      const [through, direct] = [
        await ask(proxy.origin, long, { headers }),
        await ask(service.origin, long, { headers }),
      ];
      for (const name of told) expect(through.headers[name], name).toBe(direct.headers[name]);
      seen.push(String(stateOf(through)));
    }
    expect(seen).toEqual([...wanted.map(() => 'MISS'), ...wanted.map(() => 'HIT')]);
  });

  it('stores no answer for a client with credentials, or to a POST request', async () => {
    for (const asked of [
      { headers: { authorization: 'Bearer one' } },
      { headers: { 'x-api-key': 'one' } },
      { headers: { cookie: 'session=one' } },
      { method: 'POST' },
    ])
      for (let time = 0; time < 2; time += 1)
        expect(stateOf(await ask(proxy.origin, product, asked))).not.toBe('HIT');
    expect(stateOf(await ask(proxy.origin, product))).toBe('MISS');
  });

  it('stores no answer with errors or temporary gaps', async () => {
    const several =
      '{ products(filter: { name: "Avelanta" }, first: 2) { nodes { pmsId packages { nodes { id } } } } }';
    service.sandbox.setFaults([{ kind: 'status', status: 503, match: '600000000002/$everything' }]);
    const failed = await ask(proxy.origin, several);
    expect(JSON.parse(failed.body)).toHaveProperty('errors');
    service.sandbox.setFaults([]);
    // The service itself pauses after failures, so that the first requests may still fail.
    await vi.waitUntil(
      async () => {
        const answer = await ask(proxy.origin, several);
        expect(stateOf(answer)).toBe('MISS');
        return !answer.body.includes('"errors"');
      },
      { timeout: 60_000, interval: 200 },
    );
    expect(stateOf(await ask(proxy.origin, several))).toBe('HIT');
    for (const wrong of ['{', '{ unknown }', '{ product(id: "x y") { name } }'])
      for (let time = 0; time < 2; time += 1) expect(stateOf(await ask(proxy.origin, wrong))).toBe('MISS');
  });

  it('stores an answer only until its data expire, and then checks it by its ETag', async () => {
    await ask(service.origin, product);
    // The data have been fresh for all but two seconds of their lifetime.
    later(5 * minute - 2_000);
    const first = await ask(proxy.origin, product);
    expect(stateOf(first)).toBe('MISS');
    expect(first.headers).not.toHaveProperty('x-accel-expires');
    expect(stateOf(await ask(proxy.origin, product))).toBe('HIT');
    let answer = first;
    await vi.waitUntil(
      async () => {
        answer = await ask(proxy.origin, product);
        return stateOf(answer) !== 'HIT';
      },
      { timeout: 60_000, interval: 100 },
    );
    expect(stateOf(answer)).toBe('REVALIDATED');
    expect(answer).toMatchObject({ status: 200, body: first.body });
  });
});
