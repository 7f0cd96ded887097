/** Starts the HTTP server without GraphQL. The test gives a route instead. */
import { onTestFinished } from 'vitest';
import { sendJson } from '../../src/http/answers/answer.js';
import { createCompress } from '../../src/http/answers/compression.js';
import { createCors } from '../../src/http/cors.js';
import { startHttpServer, type HttpServer, type HttpServerOptions } from '../../src/http/server.js';
import { createMetrics } from '../../src/metrics.js';

const silent = (): void => undefined;

/** Starts the server. It stops after the test. */
export async function startTestServer(options: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    graphql: async (_request, response) => sendJson(response, 200, { data: {} }),
    graphiql: undefined,
    changes: { isOffered: false, answer: async () => undefined, close: silent },
    sdl: () => '',
    cors: createCors({ origins: [], host: '127.0.0.1' }),
    compress: createCompress(0),
    deadlineMs: 1_000,
    isReady: async () => true,
    condition: () => ({}),
    hindrance: () => ({}),
    metrics: createMetrics(),
    log: { debug: silent, info: silent, warn: silent, error: silent },
    ...options,
  });
  onTestFinished(() => server.stop());
  return server;
}
