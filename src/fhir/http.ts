/** Sends HTTP requests over keep-alive sockets, with a timeout, a limit of bytes, and no redirects. */
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import fetch, { type Response } from 'node-fetch';
import pLimit from 'p-limit';
import { PmsError, codeOf, isPmsError, isTlsFailure } from '../errors.js';
import { ConnectionFailure, type Place } from '../network/connection-failure.js';
import { withProxy, type ProxyOf } from '../network/proxy.js';
import { onAbort, untilAborted } from '../network/signals.js';
import { parseRetryAfter } from './retry-after.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Aborting it closes the socket. `Send` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Called directly before each request is sent, including retries. Throws if the operation has no request left in its
   * budget.
   */
  readonly take?: () => void;
  /**
   * When the response is no longer needed, in monotonic milliseconds. If the request cannot be sent before that, it
   * is rejected at once.
   */
  readonly deadline?: number;
  /**
   * The client for which the request is sent. The queue alternates between the requests of different clients.
   * @default 'anonymous'
   */
  readonly client?: string;
  /**
   * `interactive` if a client waits for the response. Background work (refreshing, detecting capabilities, warming
   * up) is `bulk`, and is sent after interactive requests.
   * @default 'interactive'
   */
  readonly priority?: 'interactive' | 'bulk';
  /**
   * How to use the cache, as in `fetch`. `no-cache` sends the request, and uses a cached copy only if the request
   * fails. `no-store` neither uses nor stores a copy. @default 'default'
   */
  readonly cache?: 'default' | 'no-cache' | 'no-store';
  /**
   * Whether the URL is that of a single record. Statuses 404 and 410 then mean that the record does not exist. @default
   * false
   */
  readonly isRecord?: boolean;
  /**
   * Whether the body of a response with status 200 is of the expected type. A response with another body counts as
   * failed, and is not cached. @default any resource
   */
  readonly accepts?: (body: unknown) => boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Seconds from the header `Retry-After`, given as seconds or as a date; at most an hour. */
  readonly retryAfter: number | undefined;
  /** The whole body, decompressed. */
  readonly body: Buffer;
  /** Present if the response is a cached copy. */
  readonly copy?: Copy;
  /** The parsed body, if it was already parsed. */
  readonly parsed?: { readonly value: unknown };
}

/** The age of a cached response. */
export interface Copy {
  /** Milliseconds since the upstream sent or last confirmed the response. */
  readonly ageMs: number;
  /** Whether the copy is too old to count as fresh. */
  readonly isStale: boolean;
}

/**
 * Sends a request, and returns the complete response with any status. Rejects with UPSTREAM_TIMEOUT; with
 * UPSTREAM_UNAVAILABLE if no response came or the connection broke; with UPSTREAM_BAD_RESPONSE for a redirect, a body
 * over the limit or an invalid compression; and with the reason of the request's signal.
 */
export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

export interface SendOptions {
  /** Milliseconds for one request and its response, from the first byte sent to the last byte read. @default 10000 */
  readonly timeoutMs?: number;
  /** Milliseconds to open a connection, including TLS. @default 2000 */
  readonly connectTimeoutMs?: number;
  /** Maximum number of connections to one origin. @default 32 */
  readonly maxSockets?: number;
  /** Maximum size of a decompressed body in bytes. @default 20 MB */
  readonly maxBytes?: number;
  /** The name of the setting that errors mention instead of the host. @default 'PMS_BASE_URL' */
  readonly place?: Place;
  /** Returns the proxy for a host. @default none */
  readonly proxyOf?: ProxyOf;
}

/**
 * Milliseconds after which an idle connection is closed. Servers and gateways also close idle connections, but later
 * and often without notice. A request on a connection that the server is closing is lost, and must be sent again.
 */
const longestIdleMs = 15_000;

/** Creates a `Send` that uses node-fetch. `destroy` closes its idle sockets. */
export function createSend({
  timeoutMs = 10_000,
  connectTimeoutMs = 2_000,
  maxSockets = 32,
  maxBytes = 20_000_000,
  place = 'PMS_BASE_URL',
  proxyOf,
}: SendOptions = {}): Send & { readonly destroy: () => void } {
  // With LIFO, few sockets are reused often, so fewer sockets stay idle until the server closes them. With a timeout,
  // the agent also respects `Keep-Alive: timeout`, and closes an idle socket before the server does.
  const keepAlive = { keepAlive: true, scheduling: 'lifo', maxSockets, timeout: longestIdleMs } as const;
  const plain = withConnectTimeout(new http.Agent(keepAlive), 'connect', connectTimeoutMs);
  const direct = withConnectTimeout(new https.Agent(keepAlive), 'secureConnect', connectTimeoutMs);
  const secure = proxyOf ? withProxy(direct, proxyOf, connectTimeoutMs) : direct;

  // Without a free socket, a request is not sent yet. Its timeout has not started, and it does not count in the budget.
  const slots = pLimit(maxSockets);

  function send(request: HttpRequest): Promise<HttpAnswer> {
    const exchange = (): Promise<HttpAnswer> => slots(() => exchangeOf(request));
    // If a socket is free, aborting the signal aborts the request directly.
    const isFree = slots.activeCount + slots.pendingCount < maxSockets;
    return isFree ? exchange() : untilAborted(request.signal, exchange);
  }

  async function exchangeOf(request: HttpRequest): Promise<HttpAnswer> {
    request.signal?.throwIfAborted();
    request.take?.();
    const exchange = new AbortController();
    const timer = setTimeout(() => exchange.abort(timedOut('NO_ANSWER', place)), timeoutMs);
    const { signal } = request;
    const stopListening = signal && onAbort(signal, () => exchange.abort(signal.reason));
    let isWhole = false;
    try {
      const response = await fetch(request.url, {
        method: request.method,
        headers: { ...request.headers, 'Accept-Encoding': 'gzip' },
        body: request.body ?? null,
        agent: (url) => (url.protocol === 'https:' ? secure : plain),
        redirect: 'manual',
        signal: exchange.signal,
      });
      if (isOfProxy(response.status)) throw refusedByProxy(response.status, place);
      const answer = await readAnswer(response, maxBytes);
      isWhole = true;
      return answer;
    } catch (error) {
      throw exchange.signal.aborted ? exchange.signal.reason : brokenExchange(error, place);
    } finally {
      clearTimeout(timer);
      stopListening?.();
      // Frees the socket of an incompletely read body. A completely read body is not aborted, since an abort captures a
      // stack trace, which is slow.
      if (!isWhole) exchange.abort();
    }
  }

  function destroy(): void {
    plain.destroy();
    secure.destroy();
  }

  return Object.assign(send, { destroy });
}

function withConnectTimeout<Agent extends http.Agent>(agent: Agent, connected: string, ms: number): Agent {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    if (socket) limitConnecting(socket, connected, ms);
    return socket;
  };
  return agent;
}

/**
 * Limits the time to connect by ten timers, one after the other. If the process was too busy to notice an open
 * connection, it is handled before the last timer.
 */
function limitConnecting(socket: Duplex, connected: string, ms: number): void {
  const turns = 10;
  const tooSlow = Object.assign(new Error('No connection was established in time'), { code: 'ETIMEDOUT' });
  let timer: NodeJS.Timeout | undefined;
  const wait = (left: number): void => {
    if (left === 0) socket.destroy(tooSlow);
    else timer = setTimeout(wait, ms / turns, left - 1);
  };
  const stop = () => clearTimeout(timer);
  wait(turns);
  socket.once(connected, stop).once('close', stop);
}

async function readAnswer(response: Response, maxBytes: number): Promise<HttpAnswer> {
  // On abort, node-fetch emits an error on the body even if nobody reads it.
  response.body?.on('error', () => undefined);
  if (response.status >= 300 && response.status < 400 && response.status !== 304) {
    throw new PmsError(
      'UPSTREAM_BAD_RESPONSE',
      'The upstream answered with a redirect. The service does not follow it.',
      {
        status: response.status,
      },
    );
  }
  if (!['identity', 'gzip', 'x-gzip'].includes(response.headers.get('content-encoding') ?? 'identity')) {
    throw new PmsError(
      'UPSTREAM_BAD_RESPONSE',
      'The upstream compressed its response with an encoding that this service does not support.',
    );
  }
  return {
    status: response.status,
    headers: response.headers,
    // Only a refusal says when to come again.
    retryAfter: response.status === 200 ? undefined : retryAfterOf(response),
    body: await readBody(response, maxBytes),
  };
}

function retryAfterOf(response: Response): number | undefined {
  const told = response.headers.get('retry-after');
  return told === null ? undefined : parseRetryAfter(told, clockOf(response));
}

/**
 * Returns the server's time from the `Date` header; without it, the local time. A date in `Retry-After` refers to the
 * server's clock.
 */
function clockOf(response: Response): number {
  const date = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(date) ? Date.now() : date;
}

/** Reads a body by events. Iterating over the stream would create several promises for each chunk. */
function readBody({ body }: Response, maxBytes: number): Promise<Buffer> {
  if (!body) return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isWhole = false;
    body.on('data', (chunk: Buffer | string) => {
      const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      bytes += part.byteLength;
      if (bytes > maxBytes) reject(tooLarge());
      else chunks.push(part);
    });
    body.once('end', () => {
      isWhole = true;
      resolve(Buffer.concat(chunks, bytes));
    });
    body.once('error', reject);
    body.once('close', () => {
      if (!isWhole) reject(Object.assign(new Error('The body broke off'), { code: 'ECONNRESET' }));
    });
  });
}

function tooLarge(): PmsError {
  return new PmsError(
    'UPSTREAM_BAD_RESPONSE',
    "The upstream's response is larger than this service accepts.",
  );
}

function timedOut(code: string, place: Place): PmsError {
  const cause = new ConnectionFailure(code, place);
  return new PmsError('UPSTREAM_TIMEOUT', 'The upstream did not answer in time.', { cause });
}

/** Whether a status comes from a proxy. No upstream sends these statuses. */
function isOfProxy(status: number): boolean {
  return status === 407 || status === 511;
}

function refusedByProxy(status: number, place: Place): PmsError {
  const cause = new ConnectionFailure(`HTTP_${status}`, place);
  const message = 'A proxy between this service and the upstream refused the connection.';
  return new PmsError('UPSTREAM_UNAVAILABLE', message, { status, cause });
}

function brokenExchange(error: unknown, place: Place): PmsError {
  if (isPmsError(error)) return error;
  const code = codeOf(error);
  if (code === 'ETIMEDOUT') return timedOut(code, place);
  // The original error message contains the URL with the client's search text, so only the error code is used.
  const cause = new ConnectionFailure(code, place);
  if (/^(HPE_|Z_|ERR_INVALID)/.test(code)) {
    return new PmsError('UPSTREAM_BAD_RESPONSE', 'The response of the upstream is not valid HTTP.', {
      cause,
    });
  }
  if (isTlsFailure(cause)) {
    const message = 'No secure connection to the upstream is possible: its certificate or its TLS is wrong.';
    return new PmsError('UPSTREAM_UNAVAILABLE', message, { cause });
  }
  return new PmsError('UPSTREAM_UNAVAILABLE', 'The upstream cannot be reached.', { cause });
}
