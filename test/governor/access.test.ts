/** The complete pipe to the upstream as the service builds it, with all its parts in order. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createFhirClient, type FhirClient } from '../../src/fhir/client.js';
import type { HttpRequest } from '../../src/fhir/http.js';
import { inBackground } from '../../src/fhir/in-background.js';
import { createLog } from '../../src/log.js';
import { openAccess, type Access, type UpstreamLimits } from '../../src/service.js';
import { json, startUpstream, type Answering, type Upstream } from '../support/upstream.js';

interface World {
  readonly api: Upstream;
  readonly issuer: Upstream;
  readonly ask: (request?: Partial<HttpRequest>) => ReturnType<Access['send']>;
}

async function start(config: UpstreamLimits, answering: Answering): Promise<World> {
  const issuer = await startUpstream((_asked, response, count) =>
    json(response, { access_token: `token-${count}`, token_type: 'Bearer', expires_in: 3_599 }),
  );
  const api = await startUpstream(answering);
  const access = openAccess({
    config: { timeoutMs: 5_000, cacheTtlMs: 0, cacheMaxBytes: 1_000_000, ...config },
    secrets: {
      clientSecret: 'secret',
      clientSecretNext: undefined,
      cursorKey: undefined,
      redisUrl: undefined,
      redisEncryptionKeys: undefined,
    },
    upstream: {
      kind: 'fhir',
      baseUrl: new URL(`${api.origin}/v1`),
      oauth: { tokenUrl: new URL(`${issuer.origin}/token`), clientId: 'id', scope: 'scope' },
    },
    log: createLog('silent'),
  });
  onTestFinished(() => access.close());
  const url = new URL(`${api.origin}/v1/Ingredient`);
  return { api, issuer, ask: (request) => access.send({ method: 'GET', url, headers: {}, ...request }) };
}

const soon = () => ({ deadline: performance.now() + 2_000 });

describe('the chain of wrappers around upstream requests', () => {
  test('counts a request that is repeated with a new token for the rate limit, and not the token request', async () => {
    const { api, issuer, ask } = await start({ rateLimit: 4 }, ({ headers }, response) =>
      json(response, {}, headers.authorization === 'Bearer token-1' ? 401 : 200),
    );
    expect((await ask()).status).toBe(200);
    // Half of the limit may be used at once; the next permit comes after a third of a minute.
    await expect(ask(soon())).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
    expect([api.asked.length, issuer.asked.length]).toEqual([2, 2]);
  });

  test('counts a retry for the rate limit', async () => {
    const { api, ask } = await start({ rateLimit: 60 }, (_asked, response, count) =>
      json(response, {}, count === 20 ? 503 : 200),
    );
    for (let call = 0; call < 29; call += 1) expect((await ask()).status).toBe(200);
    expect(api.asked).toHaveLength(30);
    await expect(ask({ deadline: performance.now() + 100 })).rejects.toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
    });
  });

  test('counts each request for the budget of its operation', async () => {
    let taken = 0;
    const take = (): void => void (taken += 1);
    const { api, ask } = await start({}, (_asked, response, count) =>
      json(response, {}, count === 1 ? 401 : count === 20 ? 503 : 200),
    );
    for (let call = 0; call < 25; call += 1) await ask({ take });
    expect(taken).toBe(api.asked.length);
    expect(taken).toBe(27);
  });

  test('fails with the error of the rate limit if no permit is available before the deadline', async () => {
    const { api, ask } = await start({}, (_asked, response) =>
      json(response, {}, 429, { 'Retry-After': '30' }),
    );
    expect(await ask(soon())).toMatchObject({ status: 429, retryAfter: 30 });
    await expect(ask(soon())).rejects.toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfter: 30 });
    expect(api.asked).toHaveLength(1);
  });
});

test('the source files send every background request with the priority for background requests', async () => {
  const priorities: unknown[] = [];
  const client: FhirClient = createFhirClient({
    baseUrl: 'https://pms.example/v1',
    async send({ priority }) {
      priorities.push(priority);
      return { status: 404, retryAfter: undefined, headers: new Map(), body: Buffer.alloc(0) } as never;
    },
  });
  const background = inBackground(client);
  await background.read('Ingredient', '1');
  await background.everything('1');
  await background.capabilities();
  await background.description();
  await background.search('Ingredient', []).catch(() => undefined);
  await background.page('https://pms.example/v1?page=2').catch(() => undefined);
  await client.read('Ingredient', '1');
  expect(priorities).toEqual(['bulk', 'bulk', 'bulk', 'bulk', 'bulk', 'bulk', undefined]);
  expect(background.longestUrl).toBe(client.longestUrl);
});
