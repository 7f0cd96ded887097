/** CORS: the origins that may call, the headers that they may send, and the headers that they may read. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCors, type CorsOptions } from '../../src/http/cors.js';
import { startTestService, type TestService } from '../support/service.js';

function allowed(options: CorsOptions, origin?: string): Record<string, unknown> {
  const request = new IncomingMessage(new Socket());
  if (origin !== undefined) request.headers.origin = origin;
  const response = new ServerResponse(request);
  createCors(options).allow(request, response);
  return response.getHeaders();
}

describe('the origins that CORS allows', () => {
  const local = { origins: [], host: '127.0.0.1' };
  const open = { origins: ['https://shop.example'], host: '0.0.0.0' };
  it.each([
    ['localhost, if the service listens on loopback only', local, 'http://localhost:5173'],
    ['127.0.0.1, if the service listens on loopback only', local, 'http://127.0.0.1:3000'],
    ['[::1], if the service listens on ::1', { ...local, host: '::1' }, 'http://[::1]:8080'],
    ['an origin in the setting', open, 'https://shop.example'],
    [
      'an origin in the setting, if the service listens on loopback',
      { ...open, host: 'localhost' },
      'https://shop.example',
    ],
  ])('include %s', (_what, options, origin) => {
    expect(allowed(options, origin)).toMatchObject({
      vary: 'Origin',
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'age, etag, retry-after, ratelimit, ratelimit-policy, x-request-id',
    });
  });

  it('include any origin if the setting is `*`', () => {
    expect(allowed({ origins: ['*'], host: '0.0.0.0' }, 'https://any.example')).toMatchObject({
      'access-control-allow-origin': '*',
    });
  });

  it.each([
    [
      'localhost, if the service listens on every address',
      { origins: [], host: '0.0.0.0' },
      'http://localhost:5173',
    ],
    ['another machine of the network', local, 'http://192.168.0.7:5173'],
    ['a host whose name begins with localhost.', local, 'http://localhost.evil.example'],
    ['a host whose name contains 127.0.0.1', local, 'http://evil-127.0.0.1.example'],
    ['the origin null', local, 'null'],
    ['localhost with https', local, 'https://localhost:5173'],
    ['an origin that only begins like one in the setting', open, 'https://shop.example.evil'],
    ['a request without an Origin header', open, undefined],
  ])('do not include %s', (_what, options, origin) => {
    expect(allowed(options, origin)).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('CORS over HTTP', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService();
  });
  afterAll(() => service.stop());

  it('a preflight allows the headers that GraphQL clients send', async () => {
    const sent =
      'accept accept-language authorization cache-control content-type if-none-match x-api-key x-request-id traceparent tracestate baggage sentry-trace apollographql-client-name apollographql-client-version apollo-require-preflight graphql-require-preflight x-apollo-operation-name x-apollo-operation-id pms-explain'.split(
        ' ',
      );
    const { status, headers } = await fetch(`${service.origin}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:5173',
        'access-control-request-method': 'POST',
        'access-control-request-headers': sent.join(),
      },
    });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    const allowedHeaders = headers.get('access-control-allow-headers')?.split(', ');
    expect(sent.filter((name) => !allowedHeaders?.includes(name))).toEqual([]);
  });

  it('a page of an allowed origin can read answers and errors', async () => {
    for (const [path, status] of [
      ['/graphql?query={__typename}', 200],
      ['/graphql', 400],
      ['/nothing', 404],
    ] as const) {
      const response = await fetch(service.origin + path, { headers: { origin: 'http://localhost:5173' } });
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
        status,
        'http://localhost:5173',
      ]);
      expect(response.headers.get('vary')).toMatch(/Origin/);
    }
  });
});
