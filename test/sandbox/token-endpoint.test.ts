/** The token endpoint of the sandbox, and the validity of its tokens. */

import { afterEach, expect, test } from 'vitest';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.js';
import { connect, requestToken } from './client.js';

let sandbox: Sandbox | undefined;

async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  sandbox = await startSandbox(options);
  return sandbox;
}

afterEach(() => sandbox?.stop());

test('the token endpoint of the sandbox grants a bearer token for client credentials in the form', async () => {
  const reply = await requestToken(await start());
  expect(reply.status).toBe(200);
  expect(JSON.parse(reply.text)).toEqual({
    token_type: 'Bearer',
    expires_in: 3599,
    ext_expires_in: 3599,
    access_token: expect.stringMatching(/^[\w-]{40,}$/) as string,
  });
});

test('the token endpoint of the sandbox accepts client credentials as basic authentication', async () => {
  const { clientId, clientSecret, scope, tokenUrl } = await start();
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  expect(response.status).toBe(200);
});

test.each([
  ['a wrong secret', { client_secret: 'guess' }, 401, 'invalid_client', 7000215],
  ['an unknown client', { client_id: 'nobody' }, 400, 'unauthorized_client', 700016],
  ['a wrong scope', { scope: 'api://other/.default' }, 400, 'invalid_scope', 70011],
  ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
])(
  'the token endpoint of the sandbox refuses %s with Entra’s error',
  async (_, changes, status, error, code) => {
    const reply = await requestToken(await start(), changes);
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.text)).toMatchObject({
      error,
      error_codes: [code],
      error_description: expect.stringContaining(`AADSTS${code}`) as string,
      trace_id: expect.any(String) as string,
      correlation_id: expect.any(String) as string,
    });
  },
);

test('the token endpoint of the sandbox refuses GET with 405', async () => {
  const { tokenUrl } = await start();
  expect((await fetch(tokenUrl)).status).toBe(405);
});

test('the sandbox refuses a request without a token with the error of EMA’s API gateway', async () => {
  const { baseUrl } = await start();
  const response = await fetch(`${baseUrl}/MedicinalProductDefinition?name=a`);
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ statusCode: 401, message: 'APIM. Not authorized' });
});

test('the sandbox accepts a token until its lifetime is over', async () => {
  let time = 1_000_000;
  const client = await connect(await start({ tokenLifetime: 60, now: () => time }));
  time += 59_999;
  expect((await client.send('/MedicinalProductDefinition')).status).toBe(200);
  time += 1;
  expect((await client.send('/MedicinalProductDefinition')).status).toBe(401);
});

test('the sandbox refuses revoked tokens and accepts later ones', async () => {
  const running = await start();
  const early = await connect(running);
  running.revokeTokens();
  expect((await early.send('/MedicinalProductDefinition')).status).toBe(401);
  expect((await (await connect(running)).send('/MedicinalProductDefinition')).status).toBe(200);
});

test('the sandbox counts every token request with its status', async () => {
  const running = await start({ faults: [{ kind: 'token-status', status: 503, times: 1 }] });
  await requestToken(running);
  await requestToken(running, { client_secret: 'guess' });
  await requestToken(running);
  expect(running.tokenRequests).toEqual([{ status: 503 }, { status: 401 }, { status: 200 }]);
  running.clearRequests();
  expect(running.tokenRequests).toEqual([]);
});
