/** GraphiQL over HTTP: which clients get the page, its headers and its files. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pictureOf, serviceQuery, type ServiceAnswer } from '../../src/graphiql/service-facts.js';
import { startTestService, type TestService } from '../support/service.js';

const ofABrowser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ graphiql: true });
});
afterAll(() => service.stop());

describe('GET /graphql', () => {
  it('returns the GraphiQL page to a browser, also by a link on another website', async () => {
    const response = await get('/graphql', {
      accept: ofABrowser,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
    });

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('vary')).toBe('Origin, Accept');
    expect(await response.text()).toContain('<html lang="en" data-upstream="sandbox">');
  });

  it('returns a content policy that allows nothing from other hosts, and a policy without referrer', async () => {
    const { headers } = await get('/graphql', { accept: ofABrowser });

    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers.get('content-security-policy')).not.toMatch(/https?:|\*|script-src[^;]*unsafe/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it.each([
    '*/*',
    'application/json',
    'application/json, text/html;q=0.9',
    'application/graphql-response+json',
  ])('is the GraphQL API for a program that accepts %s', async (accept) => {
    const response = await get('/graphql?query={__typename}', { accept });

    expect(await response.json()).toMatchObject({ data: { __typename: 'Query' } });
  });

  it('is only the GraphQL API if GraphiQL is off', async () => {
    const plain = await startTestService({ graphiql: false });
    const page = await fetch(`${plain.origin}/graphql`, { headers: { accept: ofABrowser } });
    const file = await fetch(`${plain.origin}/graphiql/assets/index.js`);
    await plain.stop();

    expect(page.headers.get('content-type')).not.toContain('text/html');
    expect(file.status).toBe(404);
  });
});

describe('GET /graphiql/doctor', () => {
  it('returns a page with the same content policy for any Accept header', async () => {
    const response = await get('/graphiql/doctor');
    const graphiql = await get('/graphql', { accept: ofABrowser });

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const name of [
      'content-security-policy',
      'referrer-policy',
      'x-content-type-options',
      'cache-control',
    ])
      expect(response.headers.get(name)).toBe(graphiql.headers.get(name));
    expect(await response.text()).toContain('<title>What this service can do');
    expect(await graphiql.text()).toContain('<a href="/graphiql/doctor">What this service can do</a>');
  });

  it('requests only data about the service itself, and sends no upstream request', async () => {
    service.sandbox.clearRequests();
    const { data, errors, extensions } = await service.query(serviceQuery);
    const picture = pictureOf({ data } as ServiceAnswer, new Date());

    expect(errors).toBeUndefined();
    expect(picture).toMatchObject({ upstream: 'sandbox', index: 'none', rate: { limit: null, left: null } });
    expect(picture.features).toContainEqual({ name: 'everything', offered: true, evidence: 'CONFIGURED' });
    expect(extensions).toMatchObject({ upstream: { requests: 0 } });
    expect(service.sandbox.requests).toEqual([]);
  });
});

describe('GET /graphiql/…', () => {
  it('returns every file of the page with its media type and permission to cache it permanently', async () => {
    const html = await (await get('/graphql', { accept: ofABrowser })).text();
    const paths = [...html.matchAll(/(?:src|href)="(\/graphiql\/assets\/[^"]+)"/g)].map(
      ([, path = '']) => path,
    );
    const served = await Promise.all(paths.map((path) => get(path)));
    const types = served.map(({ headers }) => headers.get('content-type'));

    expect(served.map(({ status }) => status)).toEqual(paths.map(() => 200));
    expect(new Set(types)).toEqual(
      new Set(['text/javascript; charset=utf-8', 'text/css; charset=utf-8', 'image/svg+xml']),
    );
    for (const { headers } of served) {
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('returns the same file compressed, and uncompressed to a client that refuses gzip', async () => {
    const path = await scriptOfThePage();
    const [plain, compressed] = await Promise.all([
      get(path, { 'accept-encoding': 'identity' }),
      get(path, { 'accept-encoding': 'gzip, br' }),
    ]);

    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    expect(compressed.headers.get('vary')).toBe('Origin, Accept-Encoding');
    expect(Number(compressed.headers.get('content-length'))).toBeLessThan(
      Number(plain.headers.get('content-length')) / 2,
    );
    expect(await compressed.text()).toBe(await plain.text());
  });

  it.each([
    '/graphiql',
    '/graphiql/',
    '/graphiql/index.html',
    '/graphiql/.sources',
    '/graphiql/assets/',
    '/graphiql/assets/none.js',
    '/graphiql/assets/../index.html',
    '/graphiql/assets/..%2findex.html',
    '/graphiql/assets/..%2f..%2fcli.js',
    '/graphiql/assets/..\\..\\cli.js',
    '/graphiql/assets/%00',
  ])('answers 404 in JSON for %s', async (path) => {
    const { status, body } = await getRaw(path);

    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  it('answers 404 for the name of a compressed file', async () => {
    expect((await get(`${await scriptOfThePage()}.gz`)).status).toBe(404);
  });

  it('refuses POST', async () => {
    const response = await fetch(`${service.origin}${await scriptOfThePage()}`, { method: 'POST' });

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });
});

function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(service.origin + path, { headers });
}

/** Sends the path unchanged: `fetch` would resolve the dots. */
async function getRaw(path: string): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const { hostname, port } = new URL(service.origin);
  return new Promise((resolve, reject) => {
    const asking = request({ hostname, port, path }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    });
    asking.on('error', reject).end();
  });
}

async function scriptOfThePage(): Promise<string> {
  const html = await (await get('/graphql', { accept: ofABrowser })).text();
  return /src="([^"]+)"/.exec(html)?.[1] ?? '';
}
