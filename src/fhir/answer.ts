/** Reads a response of the upstream: returns its FHIR JSON, or the error for its HTTP status. */
import { isUtf8 } from 'node:buffer';
import { PmsError, type ErrorCode } from '../errors.js';
import type { HttpAnswer } from './http.js';
import { OverBounds, parseInSlices, type Bounds } from './in-slices.js';

const maxDepth = 64;

/**
 * Bodies with at least this number of bytes are big. A big body is parsed in slices, and its values are counted. A
 * smaller body is parsed in some milliseconds, and is too short for too many values.
 */
const bigBytes = 256_000;

/** Maximum number of values in a body. Records have one value in 23 bytes, so a body of 20 MB has fewer. */
const mostValues = 1_000_000;
/**
 * Maximum number of items of a list, or of members of an object. No list of a record, and no list of parameters of a
 * server, is that long.
 */
const mostItems = 50_000;
/** Maximum bytes of a string: five times what FHIR allows, to accept attachments. */
const mostOfText = 5_000_000;
const bounds: Bounds = { depth: maxDepth, values: mostValues, items: mostItems, piece: mostOfText };

export function isBig({ byteLength }: Buffer): boolean {
  return byteLength >= bigBytes;
}

/**
 * Parses the big body of a response with status 200 in slices, so that the event loop is not blocked. Rejects with
 * UPSTREAM_BAD_RESPONSE where `parseJson` throws, and for too many values, items or members.
 */
export async function parseBigJson(answer: HttpAnswer): Promise<unknown> {
  if (answer.parsed) return answer.parsed.value;
  if (!isJson(answer)) throw badResponse('The upstream did not answer in JSON.');
  try {
    return await parseInSlices(answer.body, bounds);
  } catch (error) {
    throw unreadable(error);
  }
}

/** Creates the error for unreadable JSON. The error of the parser quotes the body, so it is not used as the cause. */
function unreadable(error: unknown): PmsError {
  return badResponse(
    error instanceof OverBounds ? overBounds[error.bound] : 'The upstream answered with invalid JSON.',
  );
}

const tooDeep = "The JSON of the upstream's response is nested too deeply.";
export const tooMany = "The upstream's response has more entries or values than this service accepts.";
const overBounds: Readonly<Record<keyof Bounds, string>> = {
  depth: tooDeep,
  values: tooMany,
  items: tooMany,
  piece: "The upstream's response has a longer text than this service accepts.",
};

/**
 * Parses the body of a response with status 200 that is not big. Throws UPSTREAM_BAD_RESPONSE unless the body is UTF-8
 * JSON, is declared as JSON, and is at most 64 levels deep.
 */
export function parseJson(answer: HttpAnswer): unknown {
  if (answer.parsed) return answer.parsed.value;
  const { body } = answer;
  if (!isJson(answer)) throw badResponse('The upstream did not answer in JSON.');
  if (isTooDeep(body)) throw badResponse(tooDeep);
  try {
    return decode(body);
  } catch (error) {
    throw unreadable(error);
  }
}

export function badResponse(message: string): PmsError {
  return new PmsError('UPSTREAM_BAD_RESPONSE', message);
}

/** Returns the error for a status other than 200. `status` distinguishes errors with the same code. */
export function refusal(answer: HttpAnswer): PmsError {
  const [code, message] = meaningOf(answer.status);
  return new PmsError(code, message, {
    status: answer.status,
    cause: new Error(`HTTP ${answer.status}: ${explanation(answer)}`),
    ...(answer.retryAfter !== undefined && { retryAfter: answer.retryAfter }),
  });
}

function meaningOf(status: number): readonly [ErrorCode, string] {
  switch (status) {
    case 401:
    case 403:
      return ['UPSTREAM_UNAUTHORIZED', 'The upstream refused access to this service.'];
    case 408:
    case 504:
      return ['UPSTREAM_TIMEOUT', 'The upstream did not answer in time.'];
    case 429:
      return ['UPSTREAM_RATE_LIMITED', "The upstream's rate limit has been reached."];
    case 410:
      return ['UPSTREAM_UNAVAILABLE', 'The upstream no longer has the requested resource.'];
    case 400:
    case 404:
    case 405:
    case 413:
    case 414:
    case 422:
    case 431:
    case 501:
      return ['UPSTREAM_UNSUPPORTED', 'The upstream does not support this request.'];
    default:
      return status >= 500
        ? ['UPSTREAM_UNAVAILABLE', 'The upstream failed.']
        : ['UPSTREAM_BAD_RESPONSE', 'The upstream answered with an unexpected HTTP status.'];
  }
}

/**
 * Returns the upstream's error message for the log, from an OperationOutcome, a gateway's JSON or an OAuth error. HTML
 * and plain text are ignored.
 */
function explanation(answer: HttpAnswer): string {
  if (!isJson(answer) || isBig(answer.body) || isTooDeep(answer.body)) return 'no explanation';
  try {
    return withoutSecrets(messagesIn(decode(answer.body)).join('; ')) || 'no explanation';
  } catch {
    return 'no explanation';
  }
}

function messagesIn(body: unknown): readonly string[] {
  if (!isObject(body)) return [];
  const issues: readonly unknown[] = Array.isArray(body['issue']) ? body['issue'] : [];
  const said = issues.filter(isObject).flatMap((issue) => [issue['code'], issue['diagnostics']]);
  return [...said, body['message'], body['error']].filter((text) => typeof text === 'string');
}

/**
 * Removes everything that may be a token or a key, because gateways repeat requests in their errors. Shortens the text.
 */
function withoutSecrets(text: string): string {
  return text
    .replaceAll(/bearer\s+\S+/gi, 'bearer […]')
    .replaceAll(/[\w.~+/=-]{16,}/g, (run) => (/\d/.test(run) ? '[…]' : run))
    .slice(0, 300);
}

/** Whether a response is a web page. Web pages come from gateways, so their status says nothing about a FHIR record. */
export function isWebPage({ headers }: HttpAnswer): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '');
}

function isJson(answer: HttpAnswer): boolean {
  return /^(application\/(fhir\+)?json|text\/json)\s*(;|$)/i.test(answer.headers.get('content-type') ?? '');
}

const byteOrderMark = 0xfeff;

/**
 * Decodes UTF-8 JSON.
 * @throws for invalid UTF-8 or JSON
 */
function decode(body: Buffer): unknown {
  if (!isUtf8(body)) throw new TypeError('no UTF-8');
  const text = body.toString('utf8');
  return JSON.parse(text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text);
}

/**
 * Whether objects and lists are nested too deeply. This is checked before parsing, because copying, comparing and
 * stringifying are recursive, and a stack overflow would end the process.
 */
function isTooDeep(body: Buffer): boolean {
  const { length } = body;
  let depth = 0;
  for (let at = 0; at < length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === quote) {
      at += 1;
      for (let within = body[at]; within !== quote && at < length; within = body[at])
        at += within === backslash ? 2 : 1;
    } else {
      // The character codes of `[` and `{` differ in one bit, and so do those of `]` and `}`. So one comparison tests
      // both.
      const bracket = byte & ~0x20;
      if (bracket === openBracket) {
        depth += 1;
        if (depth > maxDepth) return true;
      } else if (bracket === closeBracket) depth -= 1;
    }
  }
  return false;
}

const [quote, backslash, openBracket, closeBracket] = Buffer.from('"\\[]');

/** Whether a value is a JSON object, and not an array, a scalar or null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
