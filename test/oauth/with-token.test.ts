/** The complete authorized pipe: token cache, token endpoint and upstream over real HTTP. */
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSend, type HttpRequest, type Send } from '../../src/fhir/http.js';
import { createTokenCache } from '../../src/oauth/token-cache.js';
import { createTokenEndpoint } from '../../src/oauth/token-endpoint.js';
import { withToken } from '../../src/oauth/with-token.js';
import { json, startUpstream, type Asked, type Upstream } from '../support/upstream.js';

interface World {
  readonly send: Send;
  readonly api: Upstream;
  readonly issuer: Upstream;
  readonly clock: { at: number };
  readonly request: (more?: Partial<HttpRequest>) => HttpRequest;
}

/** Starts an issuer of `token-1`, `token-2`, …, and an upstream that accepts a request if `admits` returns true. */
async function start(admits: (token: string, asked: Asked) => boolean): Promise<World> {
  const issuer = await startUpstream((_asked, response, count) =>
    json(response, { access_token: `token-${count}`, token_type: 'Bearer', expires_in: 3_599 }),
  );
  const api = await startUpstream((asked, response) => {
    const token = asked.headers.authorization?.replace('Bearer ', '') ?? '';
    if (admits(token, asked)) json(response, { ok: true });
    else json(response, { statusCode: 401, message: `APIM. Not authorized ${token}` }, 401);
  });
  const clock = { at: 0 };
  const plain = createSend();
  onTestFinished(plain.destroy);
  const tokenUrl = `${issuer.origin}/token`;
  const endpoint = createTokenEndpoint({
    tokenUrl,
    clientId: 'id',
    secrets: () => ['secret'],
    scope: 'scope',
    send: plain,
  });
  const tokens = createTokenCache({ endpoint, now: () => clock.at });
  const send = withToken(plain, { tokens, origin: api.origin });
  const request = (more = {}): HttpRequest => ({
    method: 'GET',
    url: new URL('/base/x', api.origin),
    headers: {},
    ...more,
  });
  return { send, api, issuer, clock, request };
}

describe('an upstream request with an access token', () => {
  test('has the bearer token in addition to its other headers', async () => {
    const { send, api, request } = await start(() => true);
    await send(request({ headers: { Accept: 'application/fhir+json' } }));
    expect(api.asked[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      accept: 'application/fhir+json',
    });
  });

  test('shares one token request with 499 simultaneous requests', async () => {
    const { send, issuer, request } = await start(() => true);
    await Promise.all(Array.from({ length: 500 }, () => send(request())));
    expect(issuer.asked).toHaveLength(1);
  });

  test.each(['http://127.0.0.1:9/base', 'https://evil.example/base', 'http://localhost/'])(
    'to %s, which is not the upstream, is refused before a token is requested',
    async (url) => {
      const { send, issuer, request } = await start(() => true);
      await expect(send(request({ url: new URL(url) }))).rejects.toMatchObject({
        code: 'UPSTREAM_BAD_RESPONSE',
      });
      expect(issuer.asked).toHaveLength(0);
    },
  );
});

describe('an upstream response 401', () => {
  test('causes one token request, and the upstream request is repeated once', async () => {
    const { send, api, issuer, request } = await start((token) => token !== 'token-1');
    let taken = 0;
    const answer = await send(request({ method: 'POST', body: 'a=b', take: () => void taken++ }));
    expect([answer.status, issuer.asked.length, taken]).toEqual([200, 2, 2]);
    expect(api.asked.map(({ body, headers }) => [body, headers.authorization])).toEqual([
      ['a=b', 'Bearer token-1'],
      ['a=b', 'Bearer token-2'],
    ]);
  });

  test('for 50 simultaneous requests causes one token request', async () => {
    const { send, issuer, request } = await start((token) => token !== 'token-1');
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(request())));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(issuer.asked).toHaveLength(2);
  });

  test('causes one token request each time that tokens are revoked, if the new tokens are accepted', async () => {
    let admitted = 1;
    const { send, issuer, request } = await start((token) => token === `token-${admitted}`);
    for (admitted = 1; admitted <= 5; admitted++) expect((await send(request())).status).toBe(200);
    expect(issuer.asked).toHaveLength(5);
  });

  test('to the repeated request, with the new token, is returned unchanged', async () => {
    const { send, api, request } = await start(() => false);
    expect((await send(request())).status).toBe(401);
    expect(api.asked).toHaveLength(2);
  });

  test('to every request causes two token requests in the first minute, and one in each following minute', async () => {
    const { send, issuer, clock, request } = await start(() => false);
    const counts: number[] = [];
    for (const at of [0, 1_000, 30_000, 59_999, 60_000, 61_000, 119_999, 120_000]) {
      clock.at = at;
      await Promise.all(Array.from({ length: 5 }, () => send(request())));
      counts.push(issuer.asked.length);
    }
    expect(counts).toEqual([2, 2, 2, 2, 3, 3, 3, 4]);
  });

  test('for one path only is limited in the same number of token requests', async () => {
    const { send, issuer, request } = await start((_token, { url }) => url === '/base/x');
    for (let round = 0; round < 10; round++) {
      await send(request());
      await send(request({ url: new URL('/base/y', request().url) }));
    }
    expect(issuer.asked).toHaveLength(2);
  });

  test('is not followed by a repetition if the budget of the operation is spent', async () => {
    const { send, api, request } = await start(() => false);
    const over = new Error('over budget');
    let left = 1;
    const take = (): void => {
      if (left-- === 0) throw over;
    };
    await expect(send(request({ take }))).rejects.toBe(over);
    expect(api.asked).toHaveLength(1);
  });
});

test('an upstream response 403 causes no token request', async () => {
  const issuer = await startUpstream((_asked, response) =>
    json(response, { access_token: 'a', expires_in: 60 }),
  );
  const api = await startUpstream((_asked, response) => json(response, {}, 403));
  const plain = createSend();
  onTestFinished(plain.destroy);
  const tokenUrl = issuer.origin;
  const endpoint = createTokenEndpoint({
    tokenUrl,
    clientId: 'i',
    secrets: () => ['s'],
    scope: 'x',
    send: plain,
  });
  const send = withToken(plain, { tokens: createTokenCache({ endpoint }), origin: api.origin });
  expect((await send({ method: 'GET', url: new URL(api.origin), headers: {} })).status).toBe(403);
  expect([api.asked.length, issuer.asked.length]).toEqual([1, 1]);
});

test('without a token because the token endpoint fails, no upstream request is sent, and the error has no credentials', async () => {
  const api = await startUpstream((_asked, response) => json(response, {}));
  const plain = createSend();
  onTestFinished(plain.destroy);
  const credentials = { clientId: 'my-client', secrets: () => ['my-secret'], scope: 'my-scope' };
  const endpoint = createTokenEndpoint({ tokenUrl: 'http://127.0.0.1:1/token', ...credentials, send: plain });
  const send = withToken(plain, { tokens: createTokenCache({ endpoint }), origin: api.origin });
  const error = await send({ method: 'GET', url: new URL(api.origin), headers: {} }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/my-|127\.0\.0\.1/);
  expect(api.asked).toHaveLength(0);
});
