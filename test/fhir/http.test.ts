/** HTTP over real sockets: deadlines, limits, broken responses, redirects. */
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isTlsFailure, PmsError } from '../../src/errors.js';
import { createSend, type HttpRequest, type Send, type SendOptions } from '../../src/fhir/http.js';
import { startUpstream } from '../support/upstream.js';

function openPipe(options?: SendOptions): Send {
  const send = createSend(options);
  onTestFinished(send.destroy);
  return send;
}

function get(origin: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: new URL('/x?name=who+is+ill', origin), headers: {}, ...more };
}

/** Starts a server on plain sockets, for responses that no HTTP server would send. */
async function startSocket(onRequest: (socket: net.Socket) => void): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => onRequest(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('an idle upstream connection', () => {
  test('is closed earlier than the time in the upstream’s `Keep-Alive` header', async () => {
    let connection: net.Socket | null = null;
    const { origin } = await startUpstream((_asked, response) => {
      connection = response.socket;
      response.writeHead(200, { 'Keep-Alive': 'timeout=2' }).end('short');
    });
    await openPipe()(get(origin));
    expect(connection).toMatchObject({ destroyed: false });
    // The server's side of the connection: without an `end` event the server would have closed it first.
    await once(connection as unknown as net.Socket, 'end');
  });
});

describe('an upstream response', () => {
  test('is returned with status, headers and body, whatever its status', async () => {
    const { origin } = await startUpstream((_asked, response) =>
      response.writeHead(418, { 'X-Pot': 'tea' }).end('short'),
    );
    const answer = await openPipe()(get(origin));
    expect([answer.status, answer.headers.get('x-pot'), answer.body.toString()]).toEqual([
      418,
      'tea',
      'short',
    ]);
  });

  test('may be gzip, the only compression that the request offers', async () => {
    const { origin, asked } = await startUpstream((_asked, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('hello')),
    );
    expect((await openPipe()(get(origin))).body.toString()).toBe('hello');
    expect(asked[0]?.headers['accept-encoding']).toBe('gzip');
  });

  test.each(['br', 'deflate', 'gzip, gzip'])(
    'compressed with %s, which the request did not offer, is refused',
    async (coding) => {
      const { origin } = await startUpstream((_asked, response) =>
        response.writeHead(200, { 'Content-Encoding': coding }).end('xxxx'),
      );
      await expect(openPipe()(get(origin))).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
    },
  );

  test('that claims to be gzip but is not is refused', async () => {
    const { origin } = await startUpstream((_asked, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('not gzip at all'),
    );
    await expect(openPipe()(get(origin))).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
  });

  test('above the byte limit is refused and its connection is closed, even if it is small as gzip', async () => {
    const { origin, abandoned } = await startUpstream((_asked, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).write(gzipSync(Buffer.alloc(5_000_000)));
    });
    await expect(openPipe({ maxBytes: 1_000_000 })(get(origin))).rejects.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
    });
    await abandoned;
  });

  test('of exactly the byte limit is read', async () => {
    const { origin } = await startUpstream((_asked, response) => response.end(Buffer.alloc(1_000)));
    expect((await openPipe({ maxBytes: 1_000 })(get(origin))).body).toHaveLength(1_000);
  });

  test.each([301, 302, 303, 307, 308])(
    'that redirects with %i is refused, and not followed',
    async (status) => {
      const elsewhere = await startUpstream((_asked, response) => response.end('gotcha'));
      const { origin, asked } = await startUpstream((_asked, response) =>
        response.writeHead(status, { Location: `${elsewhere.origin}/` }).end(),
      );
      await expect(openPipe()(get(origin))).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', status });
      expect([asked.length, elsewhere.asked.length]).toEqual([1, 0]);
    },
  );

  test('with status 304 does not count as a redirect', async () => {
    const { origin } = await startUpstream((_asked, response) => response.writeHead(304).end());
    expect((await openPipe()(get(origin))).status).toBe(304);
  });

  test('has the seconds of its Retry-After header', async () => {
    const { origin } = await startUpstream((_asked, response) =>
      response.writeHead(429, { 'Retry-After': '7' }).end(),
    );
    expect((await openPipe()(get(origin))).retryAfter).toBe(7);
  });

  test('with a date in Retry-After has the seconds from its own Date header to that date', async () => {
    const { origin } = await startUpstream((_asked, response) =>
      response
        .writeHead(429, {
          Date: 'Fri, 13 Aug 2027 11:29:14 GMT',
          'Retry-After': 'Fri, 13 Aug 2027 11:29:44 GMT',
        })
        .end(),
    );
    expect((await openPipe()(get(origin))).retryAfter).toBe(30);
  });
});

describe('a broken upstream connection', () => {
  test.each<[string, (socket: net.Socket) => void, string]>([
    ['a connection reset', (socket) => socket.resetAndDestroy(), 'UPSTREAM_UNAVAILABLE'],
    [
      'less than its Content-Length',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{'),
      'UPSTREAM_UNAVAILABLE',
    ],
    [
      'chunks without a last chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n'),
      'UPSTREAM_UNAVAILABLE',
    ],
    ['text that is no HTTP', (socket) => socket.end('220 mail ready\r\n'), 'UPSTREAM_BAD_RESPONSE'],
  ])('causes a typed error if the upstream sends %s', async (_title, onRequest, code) => {
    const origin = await startSocket(onRequest);
    await expect(openPipe()(get(origin))).rejects.toMatchObject({ name: 'PmsError', code });
  });

  test.each(['http://127.0.0.1:1', 'http://no-such-host.invalid'])(
    'to %s is reported as an unreachable host',
    async (origin) => {
      await expect(openPipe()(get(origin))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    },
  );

  test('to a server that does not speak TLS is reported as a TLS failure', async () => {
    const origin = await startSocket((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(openPipe()(get(origin.replace('http:', 'https:')))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: expect.stringContaining('TLS') as string,
    });
  });

  test.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED', 'EPROTO'])(
    'with the error %s counts as a TLS failure',
    (code) => {
      expect(isTlsFailure(Object.assign(new Error(), { code }))).toBe(true);
      expect(
        isTlsFailure(new PmsError('UPSTREAM_UNAVAILABLE', '', { cause: { code: 'ECONNREFUSED' } })),
      ).toBe(false);
    },
  );

  test('causes an error that contains no search value', async () => {
    const error = await openPipe()(get('http://127.0.0.1:1')).catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: null })).not.toMatch(/who|127\.0\.0\.1/);
  });
});

describe('the time limit of an upstream request', () => {
  test('ends a request that gets no response, and closes the socket', async () => {
    const { origin, abandoned } = await startUpstream(() => undefined);
    await expect(openPipe({ timeoutMs: 50 })(get(origin))).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
    await abandoned;
  });

  test('ends a request whose response arrives too slowly, and closes the socket', async () => {
    const { origin, abandoned } = await startUpstream((_asked, response) => {
      const trickle = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(trickle));
    });
    await expect(openPipe({ timeoutMs: 100 })(get(origin))).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
    await abandoned;
  });

  test('ends a request whose TLS handshake gets no response', async () => {
    const origin = await startSocket(() => undefined);
    const pipe = openPipe({ connectTimeoutMs: 50, timeoutMs: 20_000 });
    await expect(pipe(get(origin.replace('http:', 'https:')))).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
  });
});

describe('an abort signal of an upstream request', () => {
  test('closes the socket, and the request fails with the reason of the signal', async () => {
    const leaving = new AbortController();
    const { origin, abandoned } = await startUpstream(() => leaving.abort(reason));
    const reason = new Error('gone');
    await expect(openPipe()(get(origin, { signal: leaving.signal }))).rejects.toBe(reason);
    await abandoned;
  });

  test('closes the socket in the middle of a response body', async () => {
    const leaving = new AbortController();
    const reason = new Error('gone');
    const { origin, abandoned } = await startUpstream((_asked, response) => {
      response.write('some', () => setImmediate(() => leaving.abort(reason)));
    });
    await expect(openPipe()(get(origin, { signal: leaving.signal }))).rejects.toBe(reason);
    await abandoned;
  });

  test('that is already aborted prevents the request', async () => {
    const { origin, asked } = await startUpstream((_asked, response) => response.end());
    let taken = 0;
    const reason = new Error('gone');
    const request = get(origin, { signal: AbortSignal.abort(reason), take: () => void taken++ });
    await expect(openPipe()(request)).rejects.toBe(reason);
    expect([asked.length, taken]).toEqual([0, 0]);
  });

  test('can be used for many requests without a warning of Node', async () => {
    const warnings: Error[] = [];
    const collect = (warning: Error): void => void warnings.push(warning);
    process.on('warning', collect);
    onTestFinished(() => void process.off('warning', collect));
    const { origin } = await startUpstream((_asked, response) => response.end());
    const { signal } = new AbortController();
    const pipe = openPipe();
    await Promise.all(Array.from({ length: 20 }, () => pipe(get(origin, { signal }))));
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });
});

describe('sending upstream requests', () => {
  test('takes one permit for each request immediately before it, and sends nothing without a permit', async () => {
    const { origin, asked } = await startUpstream((_asked, response) => response.end());
    const over = new Error('over budget');
    const take = (): never => {
      throw over;
    };
    await expect(openPipe()(get(origin, { take }))).rejects.toBe(over);
    expect(asked).toHaveLength(0);
  });

  test('uses one connection for several requests one after the other', async () => {
    const ports = new Set<number | undefined>();
    const { origin } = await startUpstream((_asked, response) => {
      ports.add(response.socket?.remotePort);
      response.end('x');
    });
    const pipe = openPipe();
    for (let call = 0; call < 5; call++) await pipe(get(origin));
    expect(ports.size).toBe(1);
  });
});
