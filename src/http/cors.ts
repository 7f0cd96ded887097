/**
 * Decides by CORS which web pages of other origins may send requests, which request headers they may send, and which
 * response headers they may read.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback } from '../fhir/base-url.js';
import { varyBy } from './answers/answer.js';

export interface Cors {
  /** Sets the headers that allow the calling page to read the response. */
  allow(request: IncomingMessage, response: ServerResponse): void;
  /** Responds to the browser's preflight request. */
  answerPreflight(response: ServerResponse): void;
}

export interface CorsOptions {
  /** Origins whose pages may send requests. `*` for any origin. */
  readonly origins: readonly string[];
  /** The host that the service listens on. On a loopback host, pages of the same machine may send requests. */
  readonly host: string;
}

/** Headers that GraphQL clients and their monitoring tools add by themselves. */
const requestHeaders = [
  'accept',
  'accept-language',
  'authorization',
  'cache-control',
  'content-type',
  'if-none-match',
  'x-api-key',
  'x-request-id',
  'traceparent',
  'tracestate',
  'baggage',
  'sentry-trace',
  'apollographql-client-name',
  'apollographql-client-version',
  'apollo-require-preflight',
  'graphql-require-preflight',
  'x-apollo-operation-name',
  'x-apollo-operation-id',
  'pms-explain',
].join(', ');

const answerHeaders = 'age, etag, retry-after, ratelimit, ratelimit-policy, x-request-id';

export function createCors({ origins, host }: CorsOptions): Cors {
  const isAny = origins.includes('*');
  const isLocal = isLoopback(host);

  function mayCall(origin: string): boolean {
    return isAny || origins.includes(origin) || (isLocal && isLocalPage(origin));
  }

  return {
    allow({ headers: { origin } }, response) {
      if (origins.length === 0 && !isLocal) return;
      varyBy(response, 'Origin');
      if (!isAny && (origin === undefined || !mayCall(origin))) return;
      response.setHeader('access-control-allow-origin', isAny ? '*' : (origin ?? ''));
      response.setHeader('access-control-expose-headers', answerHeaders);
    },
    answerPreflight(response) {
      response.writeHead(204, {
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': requestHeaders,
        'access-control-max-age': '7200',
      });
      response.end();
    },
  };
}

/** Whether a page comes from the developer's own machine, such as `http://localhost:5173`. */
function isLocalPage(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return protocol === 'http:' && isLoopback(hostname);
}
