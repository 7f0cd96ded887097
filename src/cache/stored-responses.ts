/** Stores, for all replicas, the answer to a request, and the failure of the last attempt. */
import type { PmsError } from '../errors.js';
import { absentMs, type Freshness } from './freshness.js';
import type { HttpRequest } from '../fhir/http.js';
import { confirmedAnswerOf, decodeCopy, encodeCopy, type StoredCopy } from './response-copy.js';
import type { ResponseKeys } from './response-key.js';
import type { Store } from '../store/store.js';
import { decodeFailure, encodeFailure, judge, type SharedFailure } from './verdict.js';

export interface Question {
  readonly request: HttpRequest;
  readonly keys: ResponseKeys;
}

export interface StoredResponses {
  /**
   * Returns undefined without a usable copy. A copy that would not be kept today does not count, whichever replica kept
   * it.
   * @param isWanted checked before the body is read @default any
   */
  find(question: Question, isWanted?: (copy: StoredCopy) => boolean): Promise<StoredCopy | undefined>;
  /** Returns undefined where the last attempt succeeded, or failed long enough ago. */
  failureOf(keys: ResponseKeys): Promise<SharedFailure | undefined>;
  isFresh(copy: StoredCopy): boolean;
  /**
   * Keeps an answer.
   * @param sentAt when the request was sent, in monotonic milliseconds
   * @param forMs milliseconds from then on
   */
  keep(
    keys: ResponseKeys,
    answer: Parameters<typeof encodeCopy>[0],
    sentAt: number,
    forMs: number,
  ): Promise<void>;
  /** Drops a copy that the upstream no longer gives. */
  drop(keys: ResponseKeys, copy: StoredCopy): Promise<void>;
  /** Records a failure for all replicas, so that none tries again for a while. */
  tellFailure(keys: ResponseKeys, error: PmsError): Promise<void>;
}

export interface StoredResponsesOptions {
  readonly store: Store;
  readonly freshness: Freshness;
  /** Whether bodies are compressed. */
  readonly compress: boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Most milliseconds in which no replica repeats a failed renewal, if the upstream names no time. */
const restMs = 2_000;
const longestRestMs = 60_000;

export function createStoredResponses({
  store,
  freshness,
  compress,
  now,
  random,
}: StoredResponsesOptions): StoredResponses {
  return {
    async find({ keys, request }, isWanted = () => true) {
      const entry = await store.get(keys.copy);
      const copy = entry && (await decodeCopy(entry));
      // A replica with other settings may keep copies for longer.
      if (!copy || !isWanted(copy)) return undefined;
      if (copy.status === 200 ? !freshness.mayStandIn(copy.ageMs) : copy.ageMs >= absentMs) return undefined;
      const { answer, verdict } = await judge(confirmedAnswerOf(copy), request.accepts);
      const isGood = verdict === 'kept' || (verdict === 'absent' && request.isRecord === true);
      return isGood ? { ...copy, ...(answer.parsed && { parsed: answer.parsed }) } : undefined;
    },
    async failureOf(keys) {
      const entry = await store.get(keys.failure);
      return entry && decodeFailure(entry);
    },
    // An absent record is never stale: it is forgotten before.
    isFresh: ({ ageMs, status }) => freshness.isFresh(ageMs) || status !== 200,
    async keep(keys, answer, sentAt, forMs) {
      const leftMs = forMs - (now() - sentAt);
      if (leftMs <= 0) return;
      await store.set(keys.copy, await encodeCopy(answer, { keepMs: forMs, mayCompress: compress }), leftMs);
    },
    async drop(keys, copy) {
      await store.deleteIf(keys.copy, copy.raw);
    },
    async tellFailure(keys, error) {
      const named = Math.min(longestRestMs, (error.retryAfter ?? 0) * 1_000);
      await store.set(keys.failure, encodeFailure(error), Math.max(named, restMs * (1 - random() / 2)));
    },
  };
}
