/** The HTTP server: accepts, routes, drains. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { Log } from '../log.js';
import type { HttpRoute, Metrics } from '../metrics.js';
import { send, sendError, sendJson, sendText } from './answer.js';
import type { Compress } from './compression.js';
import type { Cors } from './cors.js';
import type { Graphiql } from './graphiql.js';
import type { Route } from './graphql-route.js';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly graphql: Route;
  /** For browsers; none where it is switched off. */
  readonly graphiql: Graphiql | undefined;
  /** The schema's SDL, for `/schema.graphql`. */
  readonly sdl: () => string;
  readonly cors: Cors;
  readonly compress: Compress;
  /** Whether clients may be sent here. */
  readonly isReady: () => boolean;
  /** What `/health/ready` tells beside. */
  readonly condition: () => Readonly<Record<string, unknown>>;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface HttpServer {
  /** `http://127.0.0.1:4000` */
  readonly origin: string;
  readonly port: number;
  /** Readiness goes first; requests in flight are answered, and their connections closed behind them. */
  stop(): Promise<void>;
}

/** Connections that have not come to an end by then are cut. */
const drainMs = 10_000;

/**
 * Longer than the 60 s for which proxies and load balancers keep an idle connection. The client closes it first then,
 * and no request meets a connection that is just being closed.
 */
const longestIdleMs = 75_000;

/** What is refused before it is a request, by Node's code for it. */
const refusals: Readonly<Record<string, readonly [string, string]>> & {
  readonly other: readonly [string, string];
} = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The address or a header is too long. Use POST.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not come in time.'],
  other: ['400 Bad Request', 'This is not an HTTP request.'],
};

/** Rejects with Node's error where it cannot listen. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, metrics, log } = options;
  let isStopping = false;
  // Node would refuse a request without a host in no words at all.
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    if (isStopping) response.setHeader('connection', 'close');
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    const began = performance.now();
    response.once('finish', () => {
      const [kind, status, ms] = [routeOf(request.url), response.statusCode, performance.now() - began];
      metrics.answered(kind, status, ms / 1_000);
      log.debug('request.answered', { requestId, route: kind, status, durationMs: Math.round(ms) });
    });
    void route(request, response).catch((error: unknown) => {
      // A client that left in the middle of its request is no fault of this service.
      if (request.destroyed && !request.complete && codeOf(error) === 'ECONNRESET') return;
      log.error('request.failed', { error, requestId });
      if (!response.headersSent)
        sendError(response, 500, 'INTERNAL_SERVER_ERROR', 'Something went wrong here. It has been logged.');
      else response.destroy();
    });
  });
  // What is no HTTP at all is answered in JSON too.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return;
    const [status, message] = refusals[error.code ?? ''] ?? refusals.other;
    const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n${body}`);
  });
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    sendError(response, 417, 'BAD_USER_INPUT', 'Nothing but 100-continue can be expected here.');
  });
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = longestIdleMs;
  server.listen(options.port, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = isNamed(request) ? safeUrl(request.url) : undefined;
    options.cors.allow(request, response);
    if (!url)
      return sendError(response, 400, 'BAD_USER_INPUT', 'This address cannot be read, or has no host.');
    if (request.method === 'OPTIONS') return options.cors.answerPreflight(response);
    if (url.pathname === '/graphql' || url.pathname === '/graphql/') {
      return options.graphiql?.isWanted(request)
        ? options.graphiql.sendPage(response)
        : options.graphql(request, response, url);
    }
    if (options.graphiql && url.pathname.startsWith('/graphiql')) {
      return options.graphiql.sendFile(request, response, url);
    }
    const page = pages[url.pathname];
    if (!page)
      return sendError(response, 404, 'BAD_USER_INPUT', 'There is nothing here. The API is at /graphql.');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendError(response, 405, 'BAD_USER_INPUT', 'Use GET.', { allow: 'GET, HEAD' });
    }
    return page(request, response);
  }

  type Page = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

  const pages: Readonly<Record<string, Page>> = {
    '/': (request, response) =>
      options.graphiql?.isWanted(request)
        ? sendJson(response, 302, { see: '/graphql' }, { location: '/graphql', vary: 'Accept' })
        : sendJson(response, 200, endpoints),
    '/health/live': (_request, response) => sendJson(response, 200, { status: 'live' }),
    '/health/ready': (_request, response) =>
      isStopping || !options.isReady()
        ? sendJson(response, 503, { status: isStopping ? 'stopping' : 'starting' }, { 'retry-after': '5' })
        : sendJson(response, 200, { status: 'ready', ...options.condition() }),
    '/metrics': async (_request, response) => send(response, 200, metrics.contentType, await metrics.text()),
    '/schema.graphql': (request, response) => {
      const text = { contentType: 'text/plain; charset=utf-8', body: options.sdl(), isRepeated: true };
      return sendText(request, response, 200, text, options.compress);
    },
  };

  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    async stop() {
      isStopping = true;
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** What `/` tells programs. */
const endpoints = {
  graphql: '/graphql',
  schema: '/schema.graphql',
  health: { live: '/health/live', ready: '/health/ready' },
  metrics: '/metrics',
};

const routes: readonly (readonly [beginning: string, HttpRoute])[] = [
  ['/graphql', 'graphql'],
  ['/graphiql', 'graphiql'],
  ['/health/', 'health'],
  ['/metrics', 'metrics'],
  ['/schema.graphql', 'schema'],
];

function routeOf(url = '/'): HttpRoute {
  return routes.find(([beginning]) => url.startsWith(beginning))?.[1] ?? 'other';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** HTTP/1.1 wants to know whom a request is for. */
function isNamed({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host !== undefined || httpVersion === '1.0';
}

function safeUrl(text: string | undefined): URL | undefined {
  return URL.canParse(text ?? '/', 'http://localhost') ? new URL(text ?? '/', 'http://localhost') : undefined;
}

function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}
