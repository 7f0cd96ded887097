/** One HTTP exchange: keep-alive sockets, a deadline that reaches the socket, a byte limit, no redirects. */
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
  /** Aborting it ends the exchange at the socket; its reason is what `Send` then rejects with. */
  readonly signal?: AbortSignal;
  /** Called right before every send, replays and retries too; throws when the operation may send no more. */
  readonly take?: () => void;
  /** When an answer is no longer of use, in monotonic milliseconds; what cannot be sent in time is refused at once. */
  readonly deadline?: number;
  /** Who asks: clients have their turn one after the other. @default 'anonymous' */
  readonly client?: string;
  /** Whether somebody waits for it. What refreshes, learns or prepares is `bulk`, and stands back. @default 'interactive' */
  readonly priority?: 'interactive' | 'bulk';
  /**
   * What a cache on the way may do, in the terms of `fetch`: with `no-cache` the upstream is asked first, and a copy
   * stands in where it fails; `no-store` wants no copy, and leaves none. @default 'default'
   */
  readonly cache?: 'default' | 'no-cache' | 'no-store';
  /** Whether the URL names one record, so that 404 and 410 say that there is none. @default false */
  readonly isRecord?: boolean;
  /** Whether the body of a 200 is what was asked for: anything else is a failure, and is not kept. @default any resource */
  readonly accepts?: (body: unknown) => boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Seconds, out of either form of `Retry-After`; an hour at most. */
  readonly retryAfter: number | undefined;
  /** The whole body, its content coding undone. */
  readonly body: Buffer;
  /** Of what was not sent for, but kept from before. */
  readonly copy?: Copy;
  /** What its body says, where that has been parsed on the way. */
  readonly parsed?: { readonly value: unknown };
}

/** How old a kept answer is. */
export interface Copy {
  /** Milliseconds since it was asked of the upstream, or confirmed by it. */
  readonly ageMs: number;
  /** Whether it is older than what counts as fresh. */
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
  /** Milliseconds until a connection stands, TLS included. @default 2000 */
  readonly connectTimeoutMs?: number;
  /** Connections to one origin. @default 32 */
  readonly maxSockets?: number;
  /** Most bytes of a body, after its content coding is undone. @default 20 MB */
  readonly maxBytes?: number;
  /** The setting that failures name in place of the host. @default 'PMS_BASE_URL' */
  readonly place?: Place;
  /** The proxy on the way to a host. @default none */
  readonly proxyOf?: ProxyOf;
}

/**
 * Milliseconds that a connection is kept without an exchange on it: less than servers and gateways allow, which do not
 * always say how much. A request on a connection that the other side is just closing is lost, and has to be sent again.
 */
const longestIdleMs = 15_000;

/** The plain pipe over node-fetch; `destroy` closes the sockets that it keeps alive. */
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

  // Who waits for a socket has sent nothing: neither its time nor its account runs.
  const slots = pLimit(maxSockets);

  function send(request: HttpRequest): Promise<HttpAnswer> {
    const exchange = (): Promise<HttpAnswer> => slots(() => exchangeOf(request));
    // Where it need not wait, the exchange itself is what a signal ends.
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
      // Frees the socket of a body that was not read to its end; an abort takes down a stack, which is not cheap.
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

/** Counted in turns: a process that was busy meanwhile finds at its next turn that the connection stands. */
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
  // An abort makes node-fetch emit an error on the body even where nobody reads it any more.
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
    throw new PmsError('UPSTREAM_BAD_RESPONSE', 'The upstream used a content coding that was not offered.');
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

/** The other side's clock, where it tells: a date is early or late where the two differ. */
function clockOf(response: Response): number {
  const date = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(date) ? Date.now() : date;
}

/** By events: to iterate costs some promises for each chunk, and a watch over the stream's end. */
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

/** No upstream answers so: a proxy on the way does, in its place. */
function isOfProxy(status: number): boolean {
  return status === 407 || status === 511;
}

function refusedByProxy(status: number, place: Place): PmsError {
  const cause = new ConnectionFailure(`HTTP_${status}`, place);
  const message = 'A proxy on the way to the upstream does not let this service through.';
  return new PmsError('UPSTREAM_UNAVAILABLE', message, { status, cause });
}

function brokenExchange(error: unknown, place: Place): PmsError {
  if (isPmsError(error)) return error;
  const code = codeOf(error);
  if (code === 'ETIMEDOUT') return timedOut(code, place);
  // The original's message holds the whole URL, with what a client searched for: only its code is kept.
  const cause = new ConnectionFailure(code, place);
  if (/^(HPE_|Z_|ERR_INVALID)/.test(code)) {
    return new PmsError('UPSTREAM_BAD_RESPONSE', 'The upstream did not answer in proper HTTP.', { cause });
  }
  if (isTlsFailure(cause)) {
    const message =
      'The upstream is there, and no safe connection to it: its certificate or its TLS is wrong.';
    return new PmsError('UPSTREAM_UNAVAILABLE', message, { cause });
  }
  return new PmsError('UPSTREAM_UNAVAILABLE', 'The upstream cannot be reached.', { cause });
}
