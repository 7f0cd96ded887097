/** Judges an answer of the upstream: FHIR JSON that may be read, or the typed error that it stands for. */
import { isUtf8 } from 'node:buffer';
import { PmsError, type ErrorCode } from '../errors.js';
import type { HttpAnswer } from './http.js';
import { OverBounds, hasByteOrderMark, parseInSlices, type Bounds } from './in-slices.js';

const maxDepth = 64;

/**
 * Bytes from which on a body is big: read in slices, and counted. A smaller one takes some milliseconds at the worst,
 * and has too few bytes for more values than are allowed.
 */
const bigBytes = 256_000;

/** Records have a value in 23 bytes, so that this is all that the 20 MB of a body can hold of them. */
const mostValues = 1_000_000;
/** Items of one list, or members of one object: no list of a record, and none of a server's own parameters, is as long. */
const mostItems = 50_000;
/** Bytes of one text: five times what FHIR allows, for the sake of attachments. */
const mostOfText = 5_000_000;
const bounds: Bounds = { depth: maxDepth, values: mostValues, items: mostItems, piece: mostOfText };

export function isBig({ byteLength }: Buffer): boolean {
  return byteLength >= bigBytes;
}

/**
 * Parses a big body of a 200, while the event loop has its turns. Rejects with
 * UPSTREAM_BAD_RESPONSE as `parseJson` throws, and for more values, items or members than are allowed.
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

/** The parser's own message quotes the body: it is no cause to keep. */
function unreadable(error: unknown): PmsError {
  return badResponse(
    error instanceof OverBounds ? overBounds[error.bound] : 'The upstream answered with broken JSON.',
  );
}

const tooDeep = "The upstream's answer is nested too deeply.";
export const tooMany = "The upstream's answer holds more entries or values than this service reads.";
const overBounds: Readonly<Record<keyof Bounds, string>> = {
  depth: tooDeep,
  values: tooMany,
  items: tooMany,
  piece: "The upstream's answer holds a longer text than this service reads.",
};

/**
 * Parses a 200's body that is not big. Throws UPSTREAM_BAD_RESPONSE unless it is UTF-8 JSON, said to be, and at most 64 deep.
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

/** The error behind a status other than 200; the `status` tells apart what one code holds together. */
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
      return ['UPSTREAM_UNAUTHORIZED', 'The upstream does not let this service in.'];
    case 408:
    case 504:
      return ['UPSTREAM_TIMEOUT', 'The upstream did not answer in time.'];
    case 429:
      return ['UPSTREAM_RATE_LIMITED', "The upstream's rate limit is reached."];
    case 410:
      return ['UPSTREAM_UNAVAILABLE', 'The upstream no longer holds what was asked for.'];
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
        : ['UPSTREAM_BAD_RESPONSE', 'The upstream answered with an unexpected status.'];
  }
}

/** What the upstream said, for the log: an OperationOutcome, the gateway's JSON or an OAuth error; HTML and text say nothing. */
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

/** Gateways echo what they were sent: what may be a token or a key is cut out, and the rest kept short. */
function withoutSecrets(text: string): string {
  return text
    .replaceAll(/bearer\s+\S+/gi, 'bearer […]')
    .replaceAll(/[\w.~+/=-]{16,}/g, (run) => (/\d/.test(run) ? '[…]' : run))
    .slice(0, 300);
}

/** A web page says nothing about a record: it is a gateway's, in front of a server that was not asked. */
export function isWebPage({ headers }: HttpAnswer): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '');
}

function isJson(answer: HttpAnswer): boolean {
  return /^(application\/(fhir\+)?json|text\/json)\s*(;|$)/i.test(answer.headers.get('content-type') ?? '');
}

/** @throws for what is no UTF-8, or no JSON */
function decode(body: Buffer): unknown {
  if (!isUtf8(body)) throw new TypeError('no UTF-8');
  const text = hasByteOrderMark(body) ? body.subarray(3) : body;
  return JSON.parse(text.toString('utf8'));
}

/** Counted before parsing: what comes later (copying, comparing, stringifying) recurses and would end the process. */
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
      // A brace is a bracket but for one bit: one comparison for both, for each byte there is.
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

/** A JSON object, as opposed to an array, a scalar or null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
