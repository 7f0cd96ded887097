/** Judges an answer of the upstream: returns its FHIR JSON, or the typed error for its status. */
import { isUtf8 } from 'node:buffer';
import { PmsError, type ErrorCode } from '../errors.js';
import type { HttpAnswer } from './http.js';
import { OverBounds, hasByteOrderMark, parseInSlices, type Bounds } from './in-slices.js';

const maxDepth = 64;

/**
 * Bytes from which on a body is big, and so is read in slices, and counted. A smaller one takes some milliseconds at
 * worst, and is too short to exceed the number of values.
 */
const bigBytes = 256_000;

/** Most values of a body. Records have one value in 23 bytes, so the 20 MB of a body hold no more. */
const mostValues = 1_000_000;
/**
 * Most items of one list, or members of one object. No list of a record, and none of a server's own parameters, is as
 * long.
 */
const mostItems = 50_000;
/** Most bytes of one string: five times as many as FHIR allows, for the sake of attachments. */
const mostOfText = 5_000_000;
const bounds: Bounds = { depth: maxDepth, values: mostValues, items: mostItems, piece: mostOfText };

export function isBig({ byteLength }: Buffer): boolean {
  return byteLength >= bigBytes;
}

/**
 * Parses the big body of a 200, with turns for the event loop. Rejects with UPSTREAM_BAD_RESPONSE where `parseJson`
 * throws, and for too many values, items or members.
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

/** Makes the error for unreadable JSON. The parser's message quotes the body, so it is not kept as the cause. */
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
 * Parses the body of a 200 that is not big. Throws UPSTREAM_BAD_RESPONSE unless it is UTF-8 JSON, declared as such, and
 * at most 64 levels deep.
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

/** Returns the error for a status other than 200. Its `status` distinguishes cases that share one code. */
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
      return ['UPSTREAM_RATE_LIMITED', "The upstream's rate limit is reached."];
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
 * Returns the upstream's explanation for the log: from an OperationOutcome, the gateway's JSON or an OAuth error. HTML
 * and plain text are not used.
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

/** Removes anything that may be a token or a key, since gateways echo requests, and shortens the rest. */
function withoutSecrets(text: string): string {
  return text
    .replaceAll(/bearer\s+\S+/gi, 'bearer […]')
    .replaceAll(/[\w.~+/=-]{16,}/g, (run) => (/\d/.test(run) ? '[…]' : run))
    .slice(0, 300);
}

/**
 * Whether an answer is a web page. It comes from a gateway in front of a server that was not asked, so it says nothing
 * about a record.
 */
export function isWebPage({ headers }: HttpAnswer): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '');
}

function isJson(answer: HttpAnswer): boolean {
  return /^(application\/(fhir\+)?json|text\/json)\s*(;|$)/i.test(answer.headers.get('content-type') ?? '');
}

/**
 * Decodes UTF-8 JSON.
 * @throws for invalid UTF-8 or JSON
 */
function decode(body: Buffer): unknown {
  if (!isUtf8(body)) throw new TypeError('no UTF-8');
  const text = hasByteOrderMark(body) ? body.subarray(3) : body;
  return JSON.parse(text.toString('utf8'));
}

/**
 * Whether brackets are nested too deep. This is checked before parsing, because later steps (copying, comparing,
 * stringifying) recurse and would end the process.
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
      // Braces and brackets differ in one bit, so one comparison for each byte serves for both.
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
