/** What goes wrong on the way to an answer is logged where it is this service's fault, and only there. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readBody } from '../../src/http/body.js';
import { startHttpServer } from '../../src/http/server.js';
import type { Route } from '../../src/http/graphql-route.js';
import type { LogEvent } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';

/** A server whose one route is given, what it logs as errors, and a socket to it. */
async function serve(graphql: Route) {
  const errors: LogEvent[] = [];
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    graphql,
    graphiql: undefined,
    sdl: () => '',
    corsOrigins: [],
    isReady: () => true,
    condition: () => ({}),
    metrics: createMetrics(),
    log: { debug() {}, info() {}, warn() {}, error: (event) => void errors.push(event) },
  });
  onTestFinished(() => server.stop());
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  return { errors, socket };
}

const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n';

describe('the HTTP server', () => {
  it('logs nothing of a client that leaves in the middle of its request', async () => {
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

  it('logs what fails here, and tells nothing of it', async () => {
    const { errors, socket } = await serve(() => Promise.reject(new Error('of a secret')));
    socket.write(`${head}{`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 500 [^]*INTERNAL_SERVER_ERROR/);
    expect(answer.toString()).not.toContain('secret');
    expect(errors).toEqual(['request.failed']);
  });
});
