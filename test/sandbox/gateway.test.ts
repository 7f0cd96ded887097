/** The simulated gateway of the sandbox: rate limit, URL length, faults, and the record of requests. */

import { afterEach, expect, test } from 'vitest';
import {
  parseFault,
  startSandbox,
  type Fault,
  type Sandbox,
  type SandboxOptions,
} from '../../src/sandbox/server.js';
import { connect, nextOf, requestToken, type Client } from './client.js';

let sandbox: Sandbox | undefined;

async function start(options: SandboxOptions = {}): Promise<{ sandbox: Sandbox; client: Client }> {
  sandbox = await startSandbox(options);
  return { sandbox, client: await connect(sandbox) };
}

afterEach(() => sandbox?.stop());

const products = '/MedicinalProductDefinition?name=a';

test('the sandbox answers 429 with Retry-After above its rate limit, and accepts requests again a minute later', async () => {
  let time = 5_000_000;
  const { client } = await start({ rate: 2, now: () => time });
  expect((await client.send(products)).status).toBe(200);
  time += 20_500;
  expect((await client.send(products)).status).toBe(200);
  const refused = await client.send(products);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('40');
  expect(JSON.parse(refused.text)).toEqual({
    statusCode: 429,
    message: 'Rate limit is exceeded. Try again in 40 seconds.',
  });
  time += 39_500;
  expect((await client.send(products)).status).toBe(200);
});

test('the sandbox answers a URL of more than 8,000 characters with 414 and a web page', async () => {
  const { client } = await start();
  const reply = await client.send(`/MedicinalProductDefinition?name=${'a'.repeat(8_000)}`);
  expect(reply.status).toBe(414);
  expect(reply.headers.get('content-type')).toContain('text/html');
});

test('the sandbox answers 404 for a path outside its base URL', async () => {
  const { sandbox: running } = await start();
  const origin = new URL(running.baseUrl).origin;
  expect((await fetch(`${origin}/`)).status).toBe(404);
  expect((await fetch(`${origin}/public/v10/MedicinalProductDefinition`)).status).toBe(404);
});

test('the sandbox records each request with its method, path, form and status', async () => {
  const { sandbox: running, client } = await start({ profile: 'search' });
  await client.send('/Organization/1');
  await client.send('/Organization/_search', { method: 'POST', body: new URLSearchParams({ name: 'x' }) });
  await fetch(`${running.baseUrl}/Organization`);
  expect(running.requests).toEqual([
    { method: 'GET', path: '/Organization/1', status: 404 },
    { method: 'POST', path: '/Organization/_search', form: 'name=x', status: 200 },
    { method: 'GET', path: '/Organization', status: 401 },
  ]);
  running.clearRequests();
  expect(running.requests).toEqual([]);
});

test('the sandbox fault `status` is answered for the given number of requests on the given paths', async () => {
  const { sandbox: running, client } = await start();
  running.setFaults([{ kind: 'status', status: 503, match: '$everything', times: 1, retryAfter: 7 }]);
  expect((await client.send(products)).status).toBe(200);
  const broken = await client.send('/MedicinalProductDefinition/600000000001/$everything');
  expect(broken.status).toBe(503);
  expect(broken.headers.get('retry-after')).toBe('7');
  expect((await client.send('/MedicinalProductDefinition/600000000001/$everything')).status).toBe(200);
});

test('the sandbox fault `reset` closes the connection', async () => {
  const { client } = await start({ faults: [{ kind: 'reset' }] });
  await expect(client.send(products)).rejects.toThrow('fetch failed');
});

test('the sandbox fault `hang` gives no response, and the request ends when the sandbox stops', async () => {
  const { sandbox: running, client } = await start({ faults: [{ kind: 'hang' }] });
  const hanging = client.send(products).catch((error: unknown) => error);
  while (running.requests.length === 0) await requestToken(running);
  await running.stop();
  expect(await hanging).toMatchObject({ message: 'fetch failed' });
  sandbox = undefined;
});

test('the sandbox fault `html` answers 200 with a web page', async () => {
  const { client } = await start({ faults: [{ kind: 'html' }] });
  const reply = await client.send(products);
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
});

test('the sandbox fault `truncated-json` answers JSON that cannot be parsed', async () => {
  const { client } = await start({ faults: [{ kind: 'truncated-json' }] });
  const reply = await client.send(products);
  expect(() => JSON.parse(reply.text) as unknown).toThrow(SyntaxError);
});

test('the sandbox fault `foreign-next` gives a `next` link to another host', async () => {
  const { client } = await start({ faults: [{ kind: 'foreign-next' }] });
  expect(nextOf(await client.bundle(products))).toMatch(/^https:\/\/elsewhere\.example\//);
});

test('the sandbox fault `expired-next` makes a `next` link expire', async () => {
  const { sandbox: running, client } = await start();
  const next = nextOf(await client.bundle(products)) ?? '';
  running.setFaults([{ kind: 'expired-next', times: 1 }]);
  expect((await client.send(next)).status).toBe(410);
  expect((await client.send(next)).status).toBe(200);
});

test('the sandbox fault `no-total` leaves out the total', async () => {
  const { client } = await start({ faults: [{ kind: 'no-total' }] });
  const bundle = await client.bundle(products);
  expect(bundle).not.toHaveProperty('total');
  expect(bundle.entry).toHaveLength(20);
});

test('the sandbox fault `post-refused` makes POST _search fail', async () => {
  const { client } = await start({ profile: 'search', faults: [{ kind: 'post-refused' }] });
  expect((await client.send('/Ingredient/_search', { method: 'POST', body: 'role=1' })).status).toBe(405);
});

test('the sandbox fault `ignore` returns all resources, with a `self` link without the ignored parameter', async () => {
  const { client } = await start({
    profile: 'search',
    faults: [{ kind: 'ignore', parameter: 'for', match: '/Ingredient' }],
  });
  const bundle = await client.bundle('/Ingredient?for=nothing&_count=1');
  expect(bundle.total).toBeGreaterThan(100);
  expect(bundle.link?.find(({ relation }) => relation === 'self')?.url).not.toContain('for=');
});

test('the sandbox delays each response by its latency', async () => {
  const { client } = await start({ latency: 60 });
  const began = performance.now();
  await client.send(products);
  expect(performance.now() - began).toBeGreaterThan(55);
});

test.each<[string, Fault]>([
  ['status=503', { kind: 'status', status: 503 }],
  ['status=500@/$everything*2', { kind: 'status', status: 500, match: '/$everything', times: 2 }],
  ['token-status=500', { kind: 'token-status', status: 500 }],
  ['hang@/Ingredient', { kind: 'hang', match: '/Ingredient' }],
  ['reset*3', { kind: 'reset', times: 3 }],
  ['ignore=package-for', { kind: 'ignore', parameter: 'package-for' }],
])('the sandbox option `--fault %s` is read', (text, fault) => {
  expect(parseFault(text)).toEqual(fault);
});

test.each([
  '',
  'status',
  'status=fast',
  'status=99',
  'hang=1',
  'explode',
  'reset*0',
  'ignore',
  'ignore=for*2',
])('the sandbox option `--fault "%s"` is refused with a list of the existing faults', (text) => {
  expect(() => parseFault(text)).toThrow(/status=<200-599>.*post-refused/);
});

test('the sandbox does not start on a port that is in use', async () => {
  const { sandbox: running } = await start();
  const port = Number(new URL(running.baseUrl).port);
  await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
