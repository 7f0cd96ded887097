/** Makes HTTP exchanges: keep-alive sockets, a deadline that reaches the socket, a byte limit, no redirects. */
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
  /** Aborting it ends the exchange at the socket. `Send` then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called right before every send, also of a replay or retry; throws when the operation may send no more. */
  readonly take?: () => void;
  /**
   * When an answer is no longer of use, in monotonic milliseconds. A request that cannot be sent in time is refused at
   * once.
   */
  readonly deadline?: number;
  /** The client that asks. Clients take turns. @default 'anonymous' */
  readonly client?: string;
  /**
   * Whether a client waits for it. A request that refreshes, learns or prepares is `bulk`, and yields to others.
   * @default 'interactive'
   */
  readonly priority?: 'interactive' | 'bulk';
  /**
   * How a cache may be used, in the terms of `fetch`. With `no-cache` the upstream is asked first, and a copy is used
   * only where it fails. `no-store` uses no copy, and stores none. @default 'default'
   */
  readonly cache?: 'default' | 'no-cache' | 'no-store';
  /** Whether the URL names one record, so that 404 and 410 mean that it does not exist. @default false */
  readonly isRecord?: boolean;
  /**
   * Whether the body of a 200 is of the expected kind. Any other is a failure, and is not kept. @default any resource
   */
  readonly accepts?: (body: unknown) => boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Seconds from either form of `Retry-After`; an hour at most. */
  readonly retryAfter: number | undefined;
  /** The whole body, its content coding undone. */
  readonly body: Buffer;
  /** Present where the answer is a stored copy. */
  readonly copy?: Copy;
  /** The parsed body, where it has been parsed already. */
  readonly parsed?: { readonly value: unknown };
}

/** The age of a stored answer. */
export interface Copy {
  /** Milliseconds since the upstream was asked, or confirmed it. */
  readonly ageMs: number;
  /** Whether it is older than counts as fresh. */
  readonly isStale: boolean;
}

/**
 * Sends a request and reads its answer whole, whatever the status. Rejects with UPSTREAM_TIMEOUT, with
 * UPSTREAM_UNAVAILABLE where no answer came or it broke off, with UPSTREAM_BAD_RESPONSE for a redirect, a body
 * over the limit or a broken content coding, and with the reason of the request's own signal.
 */
export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

export interface SendOptions {
  /** Milliseconds for one exchange, from the first byte sent to the last one read. @default 10000 */
  readonly timeoutMs?: number;
  /** Milliseconds until a connection is open, TLS included. @default 2000 */
  readonly connectTimeoutMs?: number;
  /** Most connections to one origin. @default 32 */
  readonly maxSockets?: number;
  /** Most bytes of a body, after its content coding is undone. @default 20 MB */
  readonly maxBytes?: number;
  /** The setting that errors name in place of the host. @default 'PMS_BASE_URL' */
  readonly place?: Place;
  /** Returns the proxy for a host. @default none */
  readonly proxyOf?: ProxyOf;
}

/**
 * Milliseconds that an idle connection is kept: less than servers and gateways allow, which do not always announce it.
 * A request on a connection that the other side is just closing is lost, and has to be sent again.
 */
const longestIdleMs = 15_000;

/** Creates `Send` over node-fetch; `destroy` closes its kept sockets. */
export function createSend({
  timeoutMs = 10_000,
  connectTimeoutMs = 2_000,
  maxSockets = 32,
  maxBytes = 20_000_000,
  place = 'PMS_BASE_URL',
  proxyOf,
}: SendOptions = {}): Send & { readonly destroy: () => void } {
  // Last in, first out: few warm sockets rather than many that the other side is about to close. With a timeout of
  // its own the agent also heeds `Keep-Alive: timeout`, and closes an idle socket before the other side does.
  const keepAlive = { keepAlive: true, scheduling: 'lifo', maxSockets, timeout: longestIdleMs } as const;
  const plain = withConnectTimeout(new http.Agent(keepAlive), 'connect', connectTimeoutMs);
  const direct = withConnectTimeout(new https.Agent(keepAlive), 'secureConnect', connectTimeoutMs);
  const secure = proxyOf ? withProxy(direct, proxyOf, connectTimeoutMs) : direct;

  // A request that waits for a socket is not sent yet: its time does not run, and it costs nothing.
  const slots = pLimit(maxSockets);

  function send(request: HttpRequest): Promise<HttpAnswer> {
    const exchange = (): Promise<HttpAnswer> => slots(() => exchangeOf(request));
    // Without a wait, the signal ends the exchange itself.
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
      // Frees the socket of a body that was not read to its end. Not done for a whole one, since an abort captures a
      // stack, which is not cheap.
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
 * Limits the time to connect, counted in turns of the event loop: a process that was busy meanwhile finds the open
 * connection at its next turn.
 */
function limitConnecting(socket: Duplex, connected: string, ms: number): void {
  const turns = 10;
  const tooSlow = Object.assign(new Error('No connection in time'), { code: 'ETIMEDOUT' });
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
  // An abort makes node-fetch emit an error on the body even where it is no longer read.
  response.body?.on('error', () => undefined);
  if (response.status >= 300 && response.status < 400 && response.status !== 304) {
    throw new PmsError(
      'UPSTREAM_BAD_RESPONSE',
      'The upstream answered with a redirect, which is not followed.',
      {
        status: response.status,
      },
    );
  }
  if (!['identity', 'gzip', 'x-gzip'].includes(response.headers.get('content-encoding') ?? 'identity')) {
    throw new PmsError(
      'UPSTREAM_BAD_RESPONSE',
      'The upstream compressed its answer in a way that this service does not accept.',
    );
  }
  return {
    status: response.status,
    headers: response.headers,
    retryAfter: retryAfterOf(response),
    body: await readBody(response, maxBytes),
  };
}

function retryAfterOf(response: Response): number | undefined {
  const told = response.headers.get('retry-after');
  return told === null ? undefined : parseRetryAfter(told, clockOf(response));
}

/** Returns the other side's time, where it sends one. A `Retry-After` date would be off where the clocks differ. */
function clockOf(response: Response): number {
  const date = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(date) ? Date.now() : date;
}

/** Reads a body by events, since iterating costs some promises for each chunk, and a watch on the stream's end. */
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
  return new PmsError('UPSTREAM_BAD_RESPONSE', "The upstream's answer is larger than this service reads.");
}

function timedOut(code: string, place: Place): PmsError {
  const cause = new ConnectionFailure(code, place);
  return new PmsError('UPSTREAM_TIMEOUT', 'The upstream did not answer in time.', { cause });
}

/** Whether a status comes from a proxy on the way: no upstream sends these. */
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
  // The original's message holds the whole URL, with the client's search text. So only its code is kept.
  const cause = new ConnectionFailure(code, place);
  if (/^(HPE_|Z_|ERR_INVALID)/.test(code)) {
    return new PmsError('UPSTREAM_BAD_RESPONSE', 'The answer of the upstream is not valid HTTP.', { cause });
  }
  if (isTlsFailure(cause)) {
    const message =
      'The upstream can be reached, but not over a safe connection: its certificate or its TLS is wrong.';
    return new PmsError('UPSTREAM_UNAVAILABLE', message, { cause });
  }
  return new PmsError('UPSTREAM_UNAVAILABLE', 'The upstream cannot be reached.', { cause });
}
