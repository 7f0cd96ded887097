/** Decides whether a response of the upstream can be cached, and encodes failures for the other replicas. */
import { randomUUID } from 'node:crypto';
import { PmsError, errorCodes, isPmsError, type ErrorCode } from '../errors.js';
import { badResponse, isBig, isObject, isWebPage, parseBigJson, parseJson, refusal } from '../fhir/answer.js';
import type { HttpAnswer, HttpRequest } from '../fhir/http.js';
import { meaningOf } from './freshness.js';
import type { Entry } from '../store/store.js';

/**
 * `kept`: cache the response. `absent`: the record does not exist. `final`: return the response, even if there is a
 * stale copy. A PmsError: the upstream failed.
 */
export type Verdict = 'kept' | 'absent' | 'final' | PmsError;

export interface Judged {
  /** The response with its parsed body, so that the body is parsed only once. */
  readonly answer: HttpAnswer;
  /** A PmsError if the upstream failed, even with status 200. */
  readonly verdict: Verdict;
}

/** @param accepts whether the body of a 200 is the requested resource @default any resource but an OperationOutcome */
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

/** Checks the body of a 200: gateways send a web page or a message of their own with this status. */
function verdictOfBody(body: unknown, accepts: NonNullable<HttpRequest['accepts']>): Verdict {
  return accepts(body)
    ? 'kept'
    : badResponse('The upstream returned another resource than the requested one.');
}

function isResource(body: unknown): boolean {
  const type = isObject(body) ? body['resourceType'] : undefined;
  return typeof type === 'string' && type !== 'OperationOutcome';
}

/** Error codes that concern one caller or this process only. Other callers and replicas can still send the request. */
const ownAffairs: ReadonlySet<ErrorCode> = new Set(['UPSTREAM_BUDGET_EXCEEDED', 'OVERLOADED']);

/** Whether an error is a failure of the upstream. A used-up budget, an overload of this process or an abort is not. */
export function isFailure(error: unknown): error is PmsError {
  return isPmsError(error) && !ownAffairs.has(error.code);
}

/** A failure of the upstream, as a replica has stored it for the others. */
export interface SharedFailure {
  /** The unique id of the failure. */
  readonly id: string;
  readonly error: PmsError;
}

/**
 * Encodes code, message, status and `Retry-After` of a failure. Its cause is left out, because it may quote the
 * upstream's response.
 */
export function encodeFailure({ code, message, status, retryAfter }: PmsError): string {
  return JSON.stringify({ id: randomUUID(), code, message, status, retryAfter });
}

/** Maximum number of bytes of an encoded failure. Its message is one sentence. */
const longestFailure = 10_000;

/** Returns undefined for damaged data, or data of another version of this program. */
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
