/** Sends one request to the upstream, and stores its response or failure for all replicas. */
import type { HttpAnswer, Send } from '../fhir/http.js';
import type { Crew } from './flights.js';
import { absentMs } from './freshness.js';
import {
  conditionsOf,
  confirmedAnswerOf,
  type Question,
  type StoredCopy,
  type StoredResponses,
} from './stored-responses.js';
import { isFailure, judge } from './verdict.js';

export interface Exchanged {
  readonly answer: HttpAnswer;
  /** Whether the upstream failed, for example with a 5xx status or a body that is not FHIR JSON. */
  readonly isFailed: boolean;
}

/** @param copy the cached response to revalidate by a conditional request; undefined to request the full response */
export type Exchange = (question: Question, copy: StoredCopy | undefined, crew: Crew) => Promise<Exchanged>;

export interface ExchangeOptions {
  readonly send: Send;
  readonly stored: StoredResponses;
  /** Milliseconds for which a response is cached. */
  readonly keepMs: number;
  /** Returns the time in monotonic milliseconds. */
  readonly now: () => number;
}

/** Rejects with the errors of the function `send`. */
export function createExchange({ send, stored, keepMs, now }: ExchangeOptions): Exchange {
  return async ({ request, keys }, copy, crew) => {
    const sentAt = now();
    const headers = copy ? { ...request.headers, ...conditionsOf(copy) } : request.headers;
    try {
      const sent = await send({ ...request, ...crew, headers });
      if (sent.status === 304 && copy) {
        const confirmed = confirmedAnswerOf(copy);
        await stored.keep(keys, confirmed, sentAt, keepMs);
        return { answer: confirmed, isFailed: false };
      }
      const { answer, verdict } = await judge(sent, request.accepts);
      if (verdict === 'kept') await stored.keep(keys, answer, sentAt, keepMs);
      // The body of a 404 response is not cached, because it may repeat the URL of the request.
      else if (verdict === 'absent' && request.isRecord)
        await stored.keep(keys, { ...answer, body: Buffer.alloc(0) }, sentAt, absentMs);
      else if (verdict === 'absent' || verdict === 'final') {
        if (copy) await stored.drop(keys, copy);
      } else {
        await stored.tellFailure(keys, verdict);
        return { answer, isFailed: true };
      }
      return { answer, isFailed: false };
    } catch (error) {
      if (isFailure(error)) await stored.tellFailure(keys, error);
      throw error;
    }
  };
}
