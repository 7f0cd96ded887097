/**
 * Connections: invalid requests are refused and the connection is closed, idle ones time out, and stopping finishes open
 * ones. URLs lead to no other host.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sendJson } from '../../src/http/answers/answer.js';
import type { HttpServer } from '../../src/http/server.js';
import { startTestServer } from '../support/http-server.js';

const silent = (): void => undefined;

function open({ port }: HttpServer, text = ''): Socket {
  const socket = connect(port, '127.0.0.1').on('error', silent);
  onTestFinished(() => void socket.destroy());
  socket.write(text);
  return socket;
}

/** Reads until the other side closes the connection; this side does not close it. */
async function heard(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

const get = (path: string, headers = 'host: x'): string => `GET ${path} HTTP/1.1\r\n${headers}\r\n\r\n`;
const closing = 'host: x\r\nconnection: close';

describe('a client connection', () => {
  it.each([
    ['nothing', '', 408],
    ['an unfinished header', 'GET / HTTP/1.1\r\nhost', 408],
    ['text that is no HTTP', 'nonsense\r\n\r\n', 400],
    ['a header that is too long', get('/', `host: x\r\nx: ${'x'.repeat(40_000)}`), 431],
  ])('that sends %s gets an error status and is closed by the server', async (_what, text, status) => {
    const server = await startTestServer({ headersMs: 500 });
    const socket = open(server, text);
    // The client keeps its own half of the connection open.
    socket.allowHalfOpen = true;
    const answer = await heard(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*"code":"BAD_USER_INPUT"`));
    await server.stop();
  });

  it('that sends a valid request and then text that is no HTTP gets the answer to the request first', async () => {
    let answer: () => void = silent;
    const server = await startTestServer({
      graphql: (_request, response) =>
        new Promise((resolve) => {
          answer = () => resolve(sendJson(response, 200, { data: 'good' }));
        }),
    });
    const socket = open(server, `${get('/graphql?query=a')}garbage\r\n\r\n`);
    await setTimeout(100);
    answer();
    const text = await heard(socket);
    expect(text).toMatch(/^HTTP\/1\.1 200 [^]*"good"[^]*HTTP\/1\.1 400 /);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(2);
  });
});

describe('a request', () => {
  it.each([
    ['/health/live', 200],
    ['/health/live?a=b', 200],
    ['http://x/health/live', 200],
    ['//x/health/live', 404],
    ['/health/../metrics', 404],
    ['/health/%2e%2e/metrics', 404],
    ['/./metrics', 404],
    ['/\\metrics', 404],
    ['http://x/health/../metrics', 404],
    ['metrics', 400],
  ])('for the URL %s is answered with %d', async (path, status) => {
    const server = await startTestServer();
    expect(await heard(open(server, get(path, closing)))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it.each([
    ['one Host header', 'host: example.org:4000', 200],
    ['an IPv6 address in the Host header', 'host: [::1]:4000', 200],
    ['no Host header', 'x: y', 400],
    ['two Host headers', 'host: a\r\nHost: b', 400],
    ['the same Host header twice', 'host: a\r\nhost: a', 400],
    ['a path in the Host header', 'host: a/b', 400],
    ['a user in the Host header', 'host: me@a', 400],
    ['an empty Host header', 'host:', 400],
  ])('with %s is answered with $2', async (_what, headers, status) => {
    const server = await startTestServer();
    const text = await heard(open(server, get('/health/live', `${headers}\r\nconnection: close`)));
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});

describe('stopping the server', () => {
  it('first makes /health/ready answer 503, while other requests are still answered', async () => {
    const server = await startTestServer();
    const stopped = server.stop(300);
    const text = await heard(open(server, get('/health/ready', closing)));
    expect(text).toMatch(/^HTTP\/1\.1 503 [^]*"stopping"/);
    const answer = await heard(open(server, get('/graphql?query=a')));
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*connection: close/i);
    await stopped;
    await expect(once(open(server), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('finishes running operations, and refuses new ones with OVERLOADED', async () => {
    let answer: () => void = silent;
    const server = await startTestServer({
      graphql: (_request, response) =>
        new Promise((resolve) => {
          answer = () => resolve(sendJson(response, 200, { data: 'late' }));
        }),
    });
    const socket = open(server, get('/graphql?query=a'));
    await setTimeout(100);
    const stopped = server.stop();
    await setTimeout(100);
    socket.write(get('/graphql?query=b'));
    await setTimeout(100);
    answer();
    const text = await heard(socket);
    expect(text).toMatch(/^HTTP\/1\.1 200 [^]*"late"[^]*HTTP\/1\.1 503 [^]*"OVERLOADED"/);
    await stopped;
  });

  it('waits until a slow client has read its answer to the end', async () => {
    const body = 'x'.repeat(4_000_000);
    const server = await startTestServer({
      deadlineMs: 0,
      graphql: async (_request, response) => sendJson(response, 200, { body }),
    });
    const socket = open(server, get('/graphql?query=a'));
    await once(socket, 'readable');
    const stopped = server.stop();
    let bytes = 0;
    for await (const chunk of socket) {
      bytes += (chunk as Buffer).length;
      if (bytes % 5 === 0) await setTimeout(5);
    }
    expect(bytes).toBeGreaterThan(4_000_000);
    await stopped;
  });
});
