/** Runs the HTTP server: accepts connections, routes requests, and completes running requests at shutdown. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { codeOf } from '../errors.js';
import type { Log } from '../log.js';
import type { HttpRoute, Metrics } from '../metrics.js';
import { addressOf } from './address.js';
import { send, sendError, sendJson, sendText } from './answers/answer.js';
import { answerClientErrors } from './answers/client-errors.js';
import type { Compress } from './answers/compression.js';
import type { ChangesRoute } from './changes/changes-route.js';
import type { Cors } from './cors.js';
import type { Graphiql } from './pages/graphiql.js';
import { createOutbox } from './answers/outbox.js';
import type { RequestHandler } from './graphql/graphql-route.js';

export interface HttpServerOptions {
  readonly host: string;
  /** The port to listen on. 0 picks a free port. */
  readonly port: number;
  readonly graphql: RequestHandler;
  /** GraphiQL for browsers. Undefined if it is switched off. */
  readonly graphiql: Graphiql | undefined;
  /** The changes of products, for `/changes`. */
  readonly changes: Pick<ChangesRoute, 'answer' | 'close' | 'isOffered'>;
  /** The schema's SDL, for `/schema.graphql`. */
  readonly sdl: () => string;
  readonly cors: Cors;
  readonly compress: Compress;
  /** Maximum number of milliseconds for an operation. */
  readonly deadlineMs: number;
  /** Milliseconds within which the headers of a request must arrive. @default 10 s */
  readonly headersMs?: number;
  /** Whether this replica is ready for clients. */
  readonly isReady: () => Promise<boolean>;
  /** Details that `/health/ready` adds while this replica is ready. */
  readonly condition: () => Readonly<Record<string, unknown>>;
  /** Why this replica is not ready, if that is known, for `/health/ready`. */
  readonly hindrance: () => Readonly<Record<string, unknown>>;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface HttpServer {
  /** The URL of the service itself: `http://127.0.0.1:4000` */
  readonly origin: string;
  readonly port: number;
  /**
   * Stops the server. First it reports that it is not ready. After the delay it accepts no new requests, completes
   * those in progress, and closes their connections. No response is cut off while a client reads it.
   * @param delayMs milliseconds for load balancers to notice that this replica is shutting down. @default 0
   */
  stop(delayMs?: number): Promise<void>;
}

/**
 * Milliseconds after which an idle connection is closed. Proxies and load balancers close idle connections after 60
 * s. This time is longer, so that the other side closes first, and no request arrives on a connection that is just
 * being closed.
 */
const longestIdleMs = 75_000;
/** Milliseconds within which a whole request must arrive. */
const requestMs = 30_000;
/** Milliseconds between two checks of these limits. So a limit may take effect later by this time. */
const checkMs = 1_000;
/** Milliseconds after the deadline of an operation during which its response can still be read. */
const readingMs = 30_000;

/** Starts the server. Rejects with Node's error if the server cannot listen on its port. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, metrics, log } = options;
  let phase: 'serving' | 'leaving' | 'closed' = 'serving';
  const outbox = createOutbox({ onCut: metrics.cut });
  metrics.watch('answers_waiting_bytes', () => outbox.bytes);
  const settings = {
    ServerResponse: outbox.Response,
    // Without this setting, Node refuses a request without a `Host` header by a response without a body.
    requireHostHeader: false,
    headersTimeout: options.headersMs ?? 10_000,
    requestTimeout: requestMs,
    connectionsCheckingInterval: checkMs,
    keepAliveTimeout: longestIdleMs,
  };
  const server = createServer(settings, (request, response) => {
    answering(request, response);
    if (phase !== 'serving') response.setHeader('connection', 'close');
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    const began = performance.now();
    response.once('finish', () => {
      const [kind, status, ms] = [routeOf(request.url), response.statusCode, performance.now() - began];
      metrics.answered(kind, status, ms / 1_000);
      log.debug('request.answered', { requestId, route: kind, status, durationMs: Math.round(ms) });
    });
    void route(request, response).catch((error: unknown) => {
      // If the client disconnected before its request was complete, that is not an error of this service.
      if (request.destroyed && !request.complete && codeOf(error) === 'ECONNRESET') return;
      log.error('request.failed', { error, requestId });
      if (!response.headersSent)
        sendError(
          response,
          500,
          'INTERNAL_SERVER_ERROR',
          'This service has failed. Its log has the details under the x-request-id of this response.',
        );
      else response.destroy();
    });
  });
  const answering = answerClientErrors(server);
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    sendError(response, 417, 'BAD_USER_INPUT', 'The header "Expect" may only be 100-continue.');
  });
  server.listen(options.port, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = addressOf(request);
    options.cors.allow(request, response);
    if (url === 'unreadable') {
      const message = 'The request must have a valid URL and exactly one Host header.';
      return sendError(response, 400, 'BAD_USER_INPUT', message);
    }
    if (request.method === 'OPTIONS') return options.cors.answerPreflight(response);
    if (url === 'nowhere') return sendError(response, 404, 'BAD_USER_INPUT', nothing);
    if (phase === 'closed' && !url.pathname.startsWith('/health/')) {
      const message = 'This replica is shutting down. Send the request again to reach another replica.';
      return sendError(response, 503, 'OVERLOADED', message, { 'retry-after': '1' });
    }
    if (url.pathname === '/graphql' || url.pathname === '/graphql/') {
      return options.graphiql?.isWanted(request)
        ? options.graphiql.sendPage(response)
        : options.graphql(request, response, url);
    }
    if (options.graphiql && url.pathname.startsWith('/graphiql')) {
      return options.graphiql.sendFile(request, response, url);
    }
    const page = pages[url.pathname];
    if (!page) return sendError(response, 404, 'BAD_USER_INPUT', nothing);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendError(response, 405, 'BAD_USER_INPUT', 'Use GET.', { allow: 'GET, HEAD' });
    }
    return page(request, response, url);
  }

  type Page = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>;

  const pages: Readonly<Record<string, Page>> = {
    '/': (request, response) =>
      options.graphiql?.isWanted(request)
        ? sendJson(response, 302, { see: '/graphql' }, { location: '/graphql', vary: 'Accept' })
        : sendJson(response, 200, endpointsWith(options.changes)),
    '/health/live': (_request, response) => sendJson(response, 200, { status: 'live' }),
    '/health/ready': async (_request, response) => {
      const isReady = phase === 'serving' && (await options.isReady());
      if (isReady) return sendJson(response, 200, { status: 'ready', ...options.condition() });
      const told =
        phase === 'serving' ? { status: 'starting', ...options.hindrance() } : { status: 'stopping' };
      return sendJson(response, 503, told, { 'retry-after': '5' });
    },
    '/metrics': async (_request, response) => send(response, 200, metrics.contentType, await metrics.text()),
    '/changes': (request, response, url) => options.changes.answer(request, response, url),
    '/schema.graphql': (request, response) => {
      const text = { contentType: 'text/plain; charset=utf-8', body: options.sdl(), isRepeated: true };
      return sendText(request, response, 200, text, options.compress);
    },
  };

  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    async stop(delayMs = 0) {
      phase = 'leaving';
      if (delayMs > 0) await setTimeout(delayMs);
      phase = 'closed';
      const closed = once(server, 'close');
      server.close();
      options.changes.close();
      // A connection whose response was sent with `keep-alive` before the stop becomes idle when the response has been
      // read.
      const sweep = setInterval(() => server.closeIdleConnections(), 100);
      const last = globalThis.setTimeout(() => server.closeAllConnections(), options.deadlineMs + readingMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(last);
      outbox.close();
    },
  };
}

const nothing = 'This address does not exist. The API is at /graphql.';

/** Returns the response of `/` for programs. */
function endpointsWith({ isOffered }: Pick<ChangesRoute, 'isOffered'>): object {
  return {
    graphql: '/graphql',
    schema: '/schema.graphql',
    ...(isOffered && { changes: '/changes' }),
    health: { live: '/health/live', ready: '/health/ready' },
    metrics: '/metrics',
  };
}

const routes: readonly (readonly [beginning: string, HttpRoute])[] = [
  ['/graphql', 'graphql'],
  ['/graphiql', 'graphiql'],
  ['/health/', 'health'],
  ['/metrics', 'metrics'],
  ['/schema.graphql', 'schema'],
  ['/changes', 'changes'],
];

function routeOf(url = '/'): HttpRoute {
  return routes.find(([beginning]) => url.startsWith(beginning))?.[1] ?? 'other';
}

function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}
