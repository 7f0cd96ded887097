/** The token request over real HTTP: its form, how responses are judged, and that errors contain no secret. */
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSend } from '../../src/fhir/http.js';
import {
  createTokenEndpoint,
  type TokenEndpoint,
  type TokenEndpointOptions,
} from '../../src/oauth/token-endpoint.js';
import { json, startUpstream, type Answering } from '../support/upstream.js';

const secret = 's3cr3t~With.Odd&Signs=+ %';
const description =
  "AADSTS7000215: Invalid client secret provided for app '11111111-2222-3333-4444-555555555555'. Trace ID: 99999999-aaaa";

async function openEndpoint(answer: Answering, more: Partial<TokenEndpointOptions> = {}, timeoutMs = 10_000) {
  const upstream = await startUpstream(answer);
  const send = createSend({ timeoutMs });
  onTestFinished(send.destroy);
  const endpoint = createTokenEndpoint({
    tokenUrl: `${upstream.origin}/tenant/oauth2/v2.0/token`,
    clientId: 'client one',
    secrets: () => [secret],
    scope: 'api://euema/.default',
    send,
    ...more,
  });
  return { endpoint, asked: upstream.asked };
}

function failureOf(endpoint: TokenEndpoint): Promise<unknown> {
  return endpoint.request().then(
    () => expect.unreachable('a token was given'),
    (error: unknown) => error,
  );
}

const granted = { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: 'abc.def' };

describe('the token request', () => {
  test('is a POST with the client credentials as a form, each value encoded', async () => {
    const { endpoint, asked } = await openEndpoint((_asked, response) => json(response, granted));
    expect(await endpoint.request()).toEqual({ value: 'abc.def', lifetime: 3_599_000 });
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/tenant/oauth2/v2.0/token' });
    expect(asked[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client one',
      client_secret: secret,
      scope: 'api://euema/.default',
    });
  });

  test.each([
    ['its `expires_in` as a string', { ...granted, expires_in: '60' }, 60_000],
    ['no `expires_in`', { access_token: 'abc' }, 300_000],
    [
      'an `expires_in` of 31 years, which counts as a day',
      { ...granted, expires_in: 999_999_999 },
      86_400_000,
    ],
    [
      'an `expires_in` that is too large for a number, which counts as a day',
      { ...granted, expires_in: '1e999' },
      86_400_000,
    ],
    ['its `token_type` in lower case', { ...granted, token_type: 'bearer' }, 3_599_000],
  ])('succeeds if the response has %s', async (_title, answer, lifetime) => {
    const { endpoint } = await openEndpoint((_asked, response) => json(response, answer));
    expect(await endpoint.request()).toMatchObject({ lifetime });
  });

  test.each<[string, unknown]>([
    ['no `access_token`', { token_type: 'Bearer', expires_in: 3599 }],
    ['an `access_token` that is no string', { ...granted, access_token: 5 }],
    ['an `access_token` with a line break', { ...granted, access_token: 'abc\r\nHost: evil' }],
    ['another `token_type` than Bearer', { ...granted, token_type: 'mac' }],
    ['an `expires_in` that is a word', { ...granted, expires_in: 'soon' }],
    ['a negative `expires_in`', { ...granted, expires_in: -1 }],
    ['an `expires_in` of 0', { ...granted, expires_in: 0 }],
    ['an `expires_in` of less than a second', { ...granted, expires_in: 0.001 }],
    ['an `expires_in` of "NaN"', { ...granted, expires_in: 'NaN' }],
    ['an `expires_in` that is a list', { ...granted, expires_in: [3_600] }],
    ['more bytes than the limit', { ...granted, more: 'x'.repeat(100_000) }],
    ['a list instead of an object', [granted]],
    ['null instead of an object', null],
  ])('fails if the response has %s', async (_title, answer) => {
    const { endpoint } = await openEndpoint((_asked, response) => json(response, answer));
    expect(await failureOf(endpoint)).toMatchObject({ code: 'TOKEN_UNAVAILABLE', status: 200 });
  });

  test('fails if the response is an HTML page', async () => {
    const { endpoint } = await openEndpoint((_asked, response) => response.end('<html>Sign in</html>'));
    expect(await failureOf(endpoint)).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  });
});

describe('a refused token request', () => {
  test.each<[number, unknown, string, boolean]>([
    [
      401,
      { error: 'invalid_client', error_description: description },
      'HTTP 401: invalid_client, AADSTS7000215. The client secret is wrong: PMS_CLIENT_SECRET must be the complete value of the secret, not its ID, without blanks.',
      true,
    ],
    [
      400,
      { error: 'invalid_scope', error_description: 'AADSTS70011: The scope is not valid.' },
      'HTTP 400: invalid_scope, AADSTS70011. The scope is not valid: check PMS_SCOPE, which must end with /.default.',
      true,
    ],
    [
      401,
      {
        error: 'invalid_client',
        error_description: 'AADSTS7000222: The provided client secret keys are expired.',
      },
      'HTTP 401: invalid_client, AADSTS7000222. The client secret has expired: get a new one, and put it into PMS_CLIENT_SECRET.',
      true,
    ],
    [
      400,
      {
        error: 'invalid_scope',
        error_description: 'AADSTS1002012: The provided value for scope is not valid.',
      },
      'HTTP 400: invalid_scope, AADSTS1002012. The scope of client credentials must end with /.default: check PMS_SCOPE.',
      true,
    ],
    [
      400,
      { error: 'invalid_request', error_description: "AADSTS90002: Tenant 'x' not found." },
      'HTTP 400: invalid_request, AADSTS90002. The tenant does not exist. Check the part of PMS_TOKEN_URL before /oauth2.',
      true,
    ],
    [
      400,
      { error: 'unauthorized_client', error_description: 'AADSTS700016: Application not found.' },
      'HTTP 400: unauthorized_client, AADSTS700016. The tenant does not know this application: check PMS_CLIENT_ID, and the tenant in PMS_TOKEN_URL.',
      true,
    ],
    [
      400,
      { error: 'invalid_request', error_description: 'AADSTS123456: Something new.' },
      'HTTP 400: invalid_request, AADSTS123456',
      true,
    ],
    [400, { error: 'unauthorized_client' }, 'HTTP 400: unauthorized_client', true],
    [404, 'nothing here', 'HTTP 404', true],
    [400, { error: `custom ${secret}` }, 'HTTP 400', true],
    [429, { error: 'temporarily_unavailable' }, 'HTTP 429: temporarily_unavailable', false],
    [400, { error: 'temporarily_unavailable' }, 'HTTP 400: temporarily_unavailable', false],
    [503, 'down', 'HTTP 503', false],
    [408, 'slow', 'HTTP 408', false],
  ])(
    'with %i and %j is reported by its codes, and by whether a retry can help',
    async (status, body, message, isPermanent) => {
      const { endpoint } = await openEndpoint((_asked, response) => json(response, body, status));
      expect(await failureOf(endpoint)).toMatchObject({
        code: 'TOKEN_UNAVAILABLE',
        status,
        cause: { name: 'TokenRefusal', message, isPermanent },
      });
    },
  );

  test('causes an error with the seconds of its Retry-After header', async () => {
    const { endpoint } = await openEndpoint((_asked, response) =>
      json(response, {}, 429, { 'Retry-After': '9' }),
    );
    expect(await failureOf(endpoint)).toMatchObject({ retryAfter: 9 });
  });

  test.each<[string, Answering]>([
    [
      'an Entra error',
      (asked, response) =>
        json(response, { error: 'invalid_client', error_description: description + asked.body }, 401),
    ],
    ['an error that repeats the form', (asked, response) => json(response, { error: asked.body }, 400)],
    ['a page that repeats the form', (asked, response) => response.writeHead(500).end(asked.body)],
    [
      'an invalid token that contains the form',
      (asked, response) => json(response, { ...granted, access_token: `${asked.body}\n` }),
    ],
    [
      'a redirect to a URL with the form',
      (asked, response) => response.writeHead(302, { Location: `/?${asked.body}` }).end(),
    ],
    ['a dropped connection', (_asked, response) => response.socket?.destroy()],
    ['no response', () => undefined],
  ])(
    'causes an error without client secret and client id, even in its causes, after %s',
    async (title, answer) => {
      const { endpoint } = await openEndpoint(answer, {}, title === 'silence' ? 200 : undefined);
      const shown = inspect(await failureOf(endpoint), { depth: null, showHidden: true });
      for (const hidden of [
        secret,
        encodeURIComponent(secret),
        's3cr3t',
        'client one',
        '11111111',
        '99999999',
        '127.0.0.1:',
      ]) {
        expect(shown).not.toContain(hidden);
      }
      expect(shown).toContain('TOKEN_UNAVAILABLE');
    },
  );
});

describe('the setting PMS_CLIENT_SECRET_NEXT', () => {
  const only =
    (accepted: string): Answering =>
    (asked, response) =>
      new URLSearchParams(asked.body).get('client_secret') === accepted
        ? json(response, granted)
        : json(response, { error: 'invalid_client' }, 401);

  test('is tried once if the first secret is refused, and is used from then on', async () => {
    const { endpoint } = await openEndpoint(only('new'), { secrets: () => ['old', 'new'] });
    expect(await endpoint.request()).toMatchObject({ value: 'abc.def' });
    expect(endpoint.requests).toBe(2);
    await endpoint.request();
    expect(endpoint.requests).toBe(3);
  });

  test('is logged once when the token endpoint first accepts it', async () => {
    let told = 0;
    const { endpoint } = await openEndpoint(only('new'), {
      secrets: () => ['old', 'new'],
      onNextSecret: () => void told++,
    });
    for (let request = 0; request < 3; request++) await endpoint.request();
    expect(told).toBe(1);
  });

  test('and the first secret are tried alternately, one for each token request, after both were refused', async () => {
    const { endpoint, asked } = await openEndpoint(only('third'), { secrets: () => ['old', 'new'] });
    for (let request = 0; request < 4; request++) await failureOf(endpoint);
    const tried = asked.map(({ body }) => new URLSearchParams(body).get('client_secret'));
    expect(tried).toEqual(['old', 'new', 'old', 'new', 'old']);
  });

  test('is read again for the next token request if it changes while the service runs', async () => {
    let secrets = ['old'];
    const { endpoint } = await openEndpoint(only('newest'), { secrets: () => secrets });
    const before = endpoint.credentials();
    await failureOf(endpoint);
    secrets = ['newest'];
    expect(await endpoint.request()).toMatchObject({ value: 'abc.def' });
    expect(endpoint.credentials()).not.toBe(before);
    expect(before).not.toContain('old');
  });

  test('is not sent while the first secret is accepted', async () => {
    const { endpoint, asked } = await openEndpoint(only('old'), { secrets: () => ['old', 'new'] });
    await endpoint.request();
    expect(asked).toHaveLength(1);
  });

  test('causes one error for both secrets if it is refused too', async () => {
    const { endpoint } = await openEndpoint(only('third'), { secrets: () => ['old', 'new'] });
    expect(await failureOf(endpoint)).toMatchObject({
      cause: { error: 'invalid_client', isPermanent: true },
    });
    expect(endpoint.requests).toBe(2);
  });

  test('is not sent if the token endpoint fails for another reason', async () => {
    const { endpoint, asked } = await openEndpoint((_asked, response) => json(response, {}, 503), {
      secrets: () => ['old', 'new'],
    });
    await failureOf(endpoint);
    expect(asked).toHaveLength(1);
  });
});
