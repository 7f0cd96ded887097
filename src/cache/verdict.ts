/** Decides whether an upstream response can be cached, and encodes failures so that other replicas can read them. */
import { randomUUID } from 'node:crypto';
import { PmsError, errorCodes, isPmsError, type ErrorCode } from '../errors.js';
import { badResponse, isBig, isObject, isWebPage, parseBigJson, parseJson, refusal } from '../fhir/answer.js';
import type { HttpAnswer, HttpRequest } from '../fhir/http.js';
import { meaningOf } from './freshness.js';
import type { Entry } from '../store/store.js';

/**
 * `kept`: the response can be cached. `absent`: the record does not exist. `final`: the response is returned even if
 * a stale copy exists. A PmsError: the upstream failed.
 */
export type Verdict = 'kept' | 'absent' | 'final' | PmsError;

export interface Judged {
  /** The response with its parsed body, so that the body is parsed only once. */
  readonly answer: HttpAnswer;
  /** A PmsError if the upstream failed, even with status 200. */
  readonly verdict: Verdict;
}

/**
 * @param accepts whether the body of a 200 response is the requested resource @default true unless the body is an
 * OperationOutcome
 */
export async function judge(answer: HttpAnswer, accepts = isResource): Promise<Judged> {
  if (answer.status !== 200) return { answer, verdict: verdictOfStatus(answer) };
  try {
    const value = isBig(answer.body) ? await parseBigJson(answer) : parseJson(answer);
    return { answer: { ...answer, parsed: { value } }, verdict: verdictOfBody(value, accepts) };
  } catch (error) {
    if (isPmsError(error)) return { answer, verdict: error };
    throw error;
  }
}

function verdictOfStatus(answer: HttpAnswer): Verdict {
  const meaning = meaningOf(answer.status);
  const isFailed = meaning === 'outage' || (meaning === 'absent' && isWebPage(answer));
  return isFailed ? refusal(answer) : meaning;
}

/** Checks the body of a 200 response, because gateways also send web pages or messages with this status. */
function verdictOfBody(body: unknown, accepts: NonNullable<HttpRequest['accepts']>): Verdict {
  return accepts(body)
    ? 'kept'
    : badResponse('The upstream returned another resource than the requested one.');
}

function isResource(body: unknown): boolean {
  const type = isObject(body) ? body['resourceType'] : undefined;
  return typeof type === 'string' && type !== 'OperationOutcome';
}

/**
 * Error codes that concern only one caller or this process. Other callers and replicas can still send the request.
 */
const ownAffairs: ReadonlySet<ErrorCode> = new Set(['UPSTREAM_BUDGET_EXCEEDED', 'OVERLOADED']);

/**
 * Whether an error is a failure of the upstream. These are not: a used-up budget, an overload of this process, an
 * abort.
 */
export function isFailure(error: unknown): error is PmsError {
  return isPmsError(error) && !ownAffairs.has(error.code);
}

/** A failure of the upstream, in the form in which a replica stores it for other replicas. */
export interface SharedFailure {
  /** The unique id of the failure. */
  readonly id: string;
  readonly error: PmsError;
}

/**
 * Encodes the code, the message, the status and the `Retry-After` of a failure. Its cause is left out, because the
 * cause may quote the upstream's response.
 */
export function encodeFailure({ code, message, status, retryAfter }: PmsError): string {
  return JSON.stringify({ id: randomUUID(), code, message, status, retryAfter });
}

/** Maximum size of an encoded failure in bytes. Its message is a single sentence. */
const longestFailure = 10_000;

/** Returns undefined if the data are damaged, or if another version of this program wrote them. */
export function decodeFailure({ value }: Entry): SharedFailure | undefined {
  if (value.byteLength > longestFailure) return undefined;
  try {
    const { id, code, message, status, retryAfter } = JSON.parse(value.toString('utf8')) as Told;
    const isTold = typeof id === 'string' && errorCodes.includes(code) && typeof message === 'string';
    if (!isTold || ![status, retryAfter].every(isCount)) return undefined;
    const more = { ...(status !== undefined && { status }), ...(retryAfter !== undefined && { retryAfter }) };
    return { id, error: new PmsError(code, message, more) };
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && value >= 0);
}

interface Told {
  readonly id: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly status?: number;
  readonly retryAfter?: number;
}
