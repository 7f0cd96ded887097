/** Stores upstream responses for all replicas. It also stores the failure of the last attempt. */
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
   * Returns the stored copy of a response, or undefined if no copy is usable. A copy that another replica stored is
   * usable only if this replica would have stored it too.
   * @param isWanted whether to use a copy, decided before its body is parsed @default every copy is used
   */
  find(question: Question, isWanted?: (copy: StoredCopy) => boolean): Promise<StoredCopy | undefined>;
  /** Returns the failure of the last attempt; undefined if no unexpired failure is stored. */
  failureOf(keys: ResponseKeys): Promise<SharedFailure | undefined>;
  isFresh(copy: StoredCopy): boolean;
  /**
   * Stores a response.
   * @param sentAt when the request was sent, in monotonic milliseconds
   * @param forMs milliseconds of storage, counted from `sentAt`
   */
  keep(
    keys: ResponseKeys,
    answer: Parameters<typeof encodeCopy>[0],
    sentAt: number,
    forMs: number,
  ): Promise<void>;
  /** Deletes the stored copy of a response that the upstream no longer returns. */
  drop(keys: ResponseKeys, copy: StoredCopy): Promise<void>;
  /** Stores a failure for all replicas. Until the failure expires, no replica repeats the renewal. */
  tellFailure(keys: ResponseKeys, error: PmsError): Promise<void>;
}

export interface StoredResponsesOptions {
  readonly store: Store;
  readonly freshness: Freshness;
  /** Whether response bodies are compressed. */
  readonly compress: boolean;
  /** Returns the time in monotonic milliseconds. */
  readonly now: () => number;
  /** Returns a random number from 0 to 1. */
  readonly random: () => number;
}

/** Maximum number of milliseconds until a failed renewal is repeated, if the upstream sent no `Retry-After`. */
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
      // A replica with other settings may have stored the copy for longer than this replica's settings allow.
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
    // The stored copy of a 404 never becomes stale, because it expires first.
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
