/** The log of answers, and of internal failures on the way to an answer. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../src/http/graphql/body.js';
import { sendJson } from '../../src/http/answers/answer.js';
import type { RequestHandler } from '../../src/http/graphql/graphql-route.js';
import type { LogEvent, LogFields } from '../../src/log.js';
import { startTestServer } from '../support/http-server.js';

/**
 * Starts a server with the given handler as its only route. Returns its error log, its answer log, and a function that opens
 * a socket.
 */
async function serve(graphql: RequestHandler) {
  const errors: LogEvent[] = [];
  const answers: (readonly [LogEvent, LogFields | undefined])[] = [];
  const server = await startTestServer({
    graphql,
    log: {
      debug: (event, fields) => void answers.push([event, fields]),
      info() {},
      warn() {},
      error: (event) => void errors.push(event),
    },
  });
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  return { errors, answers, socket };
}

const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n';

describe('the HTTP server', () => {
  it('logs nothing about a client that disconnects in the middle of its request', async () => {
    let isRead: () => void = () => undefined;
    const read = new Promise<void>((resolve) => (isRead = resolve));
    const { errors, socket } = await serve((request) =>
      readBody(request).then(
        () => undefined,
        (error: unknown) => {
          isRead();
          throw error;
        },
      ),
    );
    socket.write(`${head}{`, () => socket.destroy());
    await read;
    await new Promise(setImmediate);
    expect(errors).toEqual([]);
  });

  it('logs the route, status and duration of an answer, with the request id that the client sent', async () => {
    const { answers, socket } = await serve(async (_request, response) => sendJson(response, 200, {}));
    socket.write('GET /graphql?query={secret} HTTP/1.1\r\nhost: x\r\nx-request-id: of-client\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    const told = { requestId: 'of-client', route: 'graphql', status: 200, durationMs: expect.any(Number) };
    expect(answers).toEqual([['request.answered', told]]);
  });

  it('closes an idle connection later than common reverse proxies do', async () => {
    const { socket } = await serve(async (_request, response) => sendJson(response, 200, {}));
    socket.write('GET /graphql HTTP/1.1\r\nhost: x\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    const seconds = Number(/^keep-alive: timeout=(\d+)\r$/im.exec(answer.toString())?.[1]);
    expect(seconds).toBeGreaterThan(60);
  });

  it('logs an internal failure, and sends the client no detail of it', async () => {
    const { errors, socket } = await serve(() => Promise.reject(new Error('of a secret')));
    socket.write(`${head}{`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 500 [^]*INTERNAL_SERVER_ERROR/);
    expect(answer.toString()).not.toContain('secret');
    expect(errors).toEqual(['request.failed']);
  });
});
