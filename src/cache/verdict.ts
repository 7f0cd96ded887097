/** What an answer of the upstream is worth to a cache, and how a failure is told to the other replicas. */
import { randomUUID } from 'node:crypto';
import { PmsError, errorCodes, isPmsError, type ErrorCode } from '../errors.js';
import { badResponse, isBig, isObject, isWebPage, parseBigJson, parseJson, refusal } from '../fhir/answer.js';
import type { HttpAnswer, HttpRequest } from '../fhir/http.js';
import { meaningOf } from './freshness.js';
import type { Entry } from '../store/store.js';

/** `kept` is to be kept, `absent` says that there is nothing, `final` is an answer that no copy may stand in for. */
export type Verdict = 'kept' | 'absent' | 'final' | PmsError;

export interface Judged {
  /** The same answer; its body has been parsed, and is not to be parsed again. */
  readonly answer: HttpAnswer;
  /** A PmsError where the upstream has failed to answer, whatever it sent. */
  readonly verdict: Verdict;
}

/** @param accepts whether the body of a 200 is what was asked for @default any resource but an OperationOutcome */
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

/** Gateways answer 200 with a web page, or with a message of their own. */
function verdictOfBody(body: unknown, accepts: NonNullable<HttpRequest['accepts']>): Verdict {
  return accepts(body) ? 'kept' : badResponse('The upstream did not answer with what was asked for.');
}

function isResource(body: unknown): boolean {
  const type = isObject(body) ? body['resourceType'] : undefined;
  return typeof type === 'string' && type !== 'OperationOutcome';
}

/** Of this asker, or of this process: others may ask. */
const ownAffairs: ReadonlySet<ErrorCode> = new Set(['UPSTREAM_BUDGET_EXCEEDED', 'OVERLOADED']);

/** Whether an error says that the upstream cannot be asked now, rather than that the asker may not or has left. */
export function isFailure(error: unknown): error is PmsError {
  return isPmsError(error) && !ownAffairs.has(error.code);
}

/** A failure that another replica has met. */
export interface ToldFailure {
  /** No two are the same. */
  readonly id: string;
  readonly error: PmsError;
}

/** Codes and this service's own sentences; no cause, which may quote what was answered. */
export function encodeFailure({ code, message, status, retryAfter }: PmsError): string {
  return JSON.stringify({ id: randomUUID(), code, message, status, retryAfter });
}

/** Bytes: there is a sentence in it. */
const longestFailure = 10_000;

/** Undefined for what is damaged, or of another version of this program. */
export function decodeFailure({ value }: Entry): ToldFailure | undefined {
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
