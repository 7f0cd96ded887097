/** Decides whether a response of the upstream can be cached. */
import { isPmsError, type ErrorCode, type PmsError } from '../errors.js';
import { badResponse, isBig, isObject, isWebPage, parseBigJson, parseJson, refusal } from '../fhir/answer.js';
import type { HttpAnswer, HttpRequest } from '../fhir/http.js';
import { meaningOf } from './freshness.js';

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
