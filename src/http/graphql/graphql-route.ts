/** Serves GraphQL over HTTP at `/graphql`. Checks the HTTP request, and passes it to Apollo Server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import Negotiator from 'negotiator';
import { HeaderMap, type ApolloServer, type HTTPGraphQLResponse } from '@apollo/server';
import { isLoopback } from '../../fhir/base-url.js';
import type { Written } from '../../graphql/engine/written.js';
import { sendError, sendText, sendUnchanged, varyBy } from '../answers/answer.js';
import type { ErrorCode } from '../../errors.js';
import type { Persisted } from '../../graphql/persisted/persisted.js';
import { hasAlready, lifetimeHeaders, unstored, type EtagOf } from '../answers/caching.js';
import { BodyTooLarge, NotUtf8, readBody } from './body.js';
import type { Compress } from '../answers/compression.js';
import { NotAnId, withDocumentId, type Asked } from './document-id.js';
import { acceptedLanguages, contentLanguage } from './languages.js';

/** The parts of the HTTP request that an operation needs. */
export interface RequestContext {
  /** Tags of the languages that the client prefers, in order of preference. */
  readonly languages: readonly string[];
  /** The address of the client. The queue of upstream requests alternates between clients. */
  readonly client: string;
  /** Aborted if the client disconnects or the operation exceeds its deadline. */
  readonly stay: AbortController;
  /** Whether the response explains the query plan and its upstream requests. */
  readonly explain: boolean;
  /** Results of the operation. They are in a separate object, because Apollo Server copies the context. */
  readonly noticed: {
    /** Whether the HTTP request contained a GraphQL document, valid or not. */
    hasDocument: boolean;
    /** Milliseconds since the upstream sent the oldest cached response that was used. */
    ageMs?: number | undefined;
    /** Milliseconds for which the response may be reused. Undefined if it must not be stored. */
    freshMs?: number | undefined;
    /** The data of a response without errors. */
    data?: Written | undefined;
    /** Tags of the languages of the response's texts. */
    languages?: readonly string[] | undefined;
  };
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

export interface GraphqlRouteOptions {
  /** Whether any client may request an explanation. If false, only clients on this machine may. */
  readonly explain: boolean;
  readonly compress: Compress;
  readonly etagOf: EtagOf;
  readonly persisted: Pick<Persisted, 'mayAsk'>;
  /** Called with the code of each refusal that does not reach Apollo Server. */
  readonly onRefusal: (code: ErrorCode) => void;
}

export function createGraphqlRoute(
  apollo: ApolloServer<RequestContext>,
  { explain, compress, etagOf, persisted, onRefusal }: GraphqlRouteOptions,
): RequestHandler {
  /** Returns the ETag of a response. Undefined if the response must not be stored. */
  function etagOfAnswer(text: string, { noticed }: RequestContext): string | undefined {
    const { freshMs, data, languages = [] } = noticed;
    // The response may have become an error after the operation was executed, because it is too large.
    if (freshMs === undefined || !data || text.startsWith('{"errors"')) return undefined;
    return etagOf(data, languages);
  }

  return async (request, response, url) => {
    // HEAD is handled like GET, without a body in the response.
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (method !== 'GET' && method !== 'POST') {
      return sendError(response, 405, 'BAD_USER_INPUT', 'Use POST, or GET for a query.', {
        allow: 'GET, HEAD, POST',
      });
    }
    if (isForged(request)) {
      return sendError(response, 403, 'FORBIDDEN', 'A web page of another origin may not send this request.');
    }
    if (method === 'POST' && !isJson(request)) {
      return sendError(
        response,
        415,
        'BAD_USER_INPUT',
        'The body must be JSON: Content-Type: application/json.',
      );
    }
    if (method === 'POST' && !isUtf8Said(request)) {
      return sendError(
        response,
        415,
        'BAD_USER_INPUT',
        'The body must be UTF-8, and its Content-Type must not name another charset.',
      );
    }
    if (isCompressed(request)) {
      return sendError(response, 415, 'BAD_USER_INPUT', 'The body must not be compressed.');
    }
    const body = method === 'POST' ? await bodyOf(request, response) : { value: undefined };
    if (!body) return;
    const asked = askedIn(body.value, url);
    if (asked === 'no id') {
      return sendError(response, 400, 'BAD_USER_INPUT', '"documentId" must be one text.');
    }
    const document = documentIn(body.value, url);
    if (document !== '' && !persisted.mayAsk(document)) {
      onRefusal('UNTRUSTED_DOCUMENT');
      return refuse(
        request,
        response,
        'UNTRUSTED_DOCUMENT',
        'This service answers only the documents on its list.',
      );
    }
    if (isTooDeep(document)) {
      const message = `A document may nest at most ${maxBrackets} brackets.`;
      return sendError(response, 400, 'QUERY_TOO_COMPLEX', message);
    }
    const context: RequestContext = {
      languages: acceptedLanguages(request),
      client: request.socket.remoteAddress ?? 'unknown',
      stay: stayOf(request, response),
      explain: isExplained(request) && (explain || isLoopback(request.socket.remoteAddress ?? '')),
      noticed: { hasDocument: false },
    };
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method,
        headers: headersOf(request),
        search: asked.search,
        body: asked.body,
      },
      context: async () => context,
    });
    const { ageMs, languages = [] } = context.noticed;
    const { body: told } = answer;
    const text = told.kind === 'complete' ? told.string : await joined(told.asyncIterator);
    const { 'content-type': contentType = 'application/json', ...given } = Object.fromEntries(answer.headers);
    const etag = etagOfAnswer(text, context);
    const headers = {
      ...given,
      ...(ageMs !== undefined && { age: String(Math.floor(ageMs / 1_000)) }),
      ...(languages.length > 0 && { 'content-language': contentLanguage(languages) }),
      ...(etag === undefined
        ? unstored
        : { etag, ...lifetimeHeaders(request, { freshMs: context.noticed.freshMs ?? 0, ageMs }) }),
    };
    varyBy(response, 'Accept', 'Accept-Language');
    if (etag !== undefined && hasAlready(request.headers, etag)) return sendUnchanged(response, headers);
    const sent = { contentType, body: text, isRepeated: ageMs !== undefined, headers };
    await sendText(request, response, statusOf(answer, context), sent, compress);
  };
}

/**
 * Whether a page of another site sent this GET request, for example by a form or an image, which send the user's
 * cookies. Browsers mark such requests in `Sec-Fetch-Site`.
 */
function isForged({ method, headers }: IncomingMessage): boolean {
  return (
    method !== 'POST' && headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'cors'
  );
}

function isJson({ headers }: IncomingMessage): boolean {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' || type === 'application/graphql+json';
}

function isUtf8Said({ headers }: IncomingMessage): boolean {
  const [, charset] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '') ?? [];
  return charset === undefined || ['utf-8', 'utf8', 'us-ascii'].includes(charset.toLowerCase());
}

function isCompressed({ headers }: IncomingMessage): boolean {
  return (headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity';
}

async function bodyOf(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ value: unknown } | undefined> {
  try {
    return { value: JSON.parse(await readBody(request)) as unknown };
  } catch (error) {
    if (error instanceof BodyTooLarge) {
      sendError(response, 413, 'BAD_USER_INPUT', 'The body must have at most 100 kB.', {
        connection: 'close',
      });
    } else if (error instanceof NotUtf8) {
      sendError(response, 400, 'BAD_USER_INPUT', 'The body is not UTF-8.');
    } else if (error instanceof SyntaxError) {
      sendError(response, 400, 'BAD_USER_INPUT', 'The body is not JSON.');
    } else throw error;
    return undefined;
  }
}

const maxBrackets = 64;

function documentIn(body: unknown, url: URL): string {
  const query: unknown =
    typeof body === 'object' && body !== null && 'query' in body ? body.query : url.searchParams.get('query');
  return typeof query === 'string' ? query : '';
}

/**
 * Whether brackets are nested too deeply. They are counted before parsing, because the parser is recursive. Brackets
 * in strings and comments are ignored.
 */
function isTooDeep(document: string): boolean {
  if (countOpening(document) <= maxBrackets) return false;
  let depth = 0;
  for (const [token] of document.matchAll(
    /"""(?:\\"""|[^])*?(?:"""|$)|"(?:\\.|[^"\\\n])*"?|#[^\n]*|[{}()[\]]/g,
  )) {
    if ('{(['.includes(token)) depth += 1;
    else if ('})]'.includes(token)) depth -= 1;
    if (depth > maxBrackets) return true;
  }
  return false;
}

/** Counts opening brackets. Their number is an upper limit of the nesting, and rarely exceeds the allowed nesting. */
function countOpening(document: string): number {
  let count = 0;
  for (let at = 0; at < document.length; at += 1) if (opening.has(document.charCodeAt(at))) count += 1;
  return count;
}

const opening: ReadonlySet<number> = new Set([...'{(['].map((bracket) => bracket.charCodeAt(0)));

function isExplained({ headers }: IncomingMessage): boolean {
  return headers['pms-explain'] === '1' || headers['pms-explain'] === 'true';
}

function headersOf({ headers }: IncomingMessage): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

/** Returns the request in the form that Apollo Server understands. */
function askedIn(body: unknown, url: URL): Asked | 'no id' {
  try {
    return withDocumentId({ body, search: withoutEmptyName(url) });
  } catch (error) {
    if (error instanceof NotAnId) return 'no id';
    throw error;
  }
}

/**
 * Refuses an operation, in the format that the client prefers. The status is as for operations that Apollo Server
 * refuses, so that clients read the error.
 */
function refuse(request: IncomingMessage, response: ServerResponse, code: ErrorCode, message: string): void {
  const isNew = new Negotiator(request).mediaType(['application/json', newFormat]) === newFormat;
  varyBy(response, 'Accept');
  const type = isNew ? { 'content-type': `${newFormat}; charset=utf-8` } : {};
  sendError(response, isNew ? 400 : 200, code, message, type);
}

const newFormat = 'application/graphql-response+json';

/** Removes an empty `operationName` from the query: GraphQL over HTTP treats it as absent. */
function withoutEmptyName({ search, searchParams }: URL): string {
  const names = searchParams.getAll('operationName');
  if (names.length === 0 || names.some((name) => name !== '')) return search;
  const others = new URLSearchParams(search);
  others.delete('operationName');
  return `?${others}`;
}

function stayOf(request: IncomingMessage, response: ServerResponse): AbortController {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  if (request.destroyed && !request.complete) controller.abort();
  return controller;
}

/**
 * Returns the status of a response. For a refused operation, GraphQL over HTTP requires 400 with
 * `application/graphql-response+json`, and 200 with plain `application/json`.
 */
function statusOf({ status = 200, headers }: HTTPGraphQLResponse, { noticed }: RequestContext): number {
  const isPlain = headers.get('content-type')?.startsWith('application/json') ?? false;
  return status === 400 && isPlain && noticed.hasDocument ? 200 : status;
}

async function joined(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}
