/** What all replicas find in the store of one question: the answer to it, and how the last attempt to get one failed. */
import type { PmsError } from '../errors.js';
import { absentMs, type Freshness } from './freshness.js';
import type { HttpRequest } from '../fhir/http.js';
import { confirmedAnswerOf, decodeCopy, encodeCopy, type StoredCopy } from './response-copy.js';
import type { ResponseKeys } from './response-key.js';
import type { Store } from '../store/store.js';
import { decodeFailure, encodeFailure, judge, type ToldFailure } from './verdict.js';

export interface Question {
  readonly request: HttpRequest;
  readonly keys: ResponseKeys;
}

export interface StoredResponses {
  /**
   * Undefined where there is none that is good for anything: what would not be kept today is no copy, whoever kept it.
   * @param isWanted looked at before the body is @default any
   */
  find(question: Question, isWanted?: (copy: StoredCopy) => boolean): Promise<StoredCopy | undefined>;
  /** Undefined where the last attempt did not fail, or long enough ago. */
  failureOf(keys: ResponseKeys): Promise<ToldFailure | undefined>;
  isFresh(copy: StoredCopy): boolean;
  /**
   * Keeps an answer.
   * @param sentAt when it was asked for, in monotonic milliseconds
   * @param forMs milliseconds from then on
   */
  keep(
    keys: ResponseKeys,
    answer: Parameters<typeof encodeCopy>[0],
    sentAt: number,
    forMs: number,
  ): Promise<void>;
  /** What the upstream no longer gives is not given in its place. */
  drop(keys: ResponseKeys, copy: StoredCopy): Promise<void>;
  /** Tells all that it failed: nobody tries again for a while. */
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

/** Milliseconds that nobody tries again to renew what could not be renewed, at most, if the upstream names no time. */
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
      // Another replica may keep them for longer.
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
    // That something does not exist is never stale: it is forgotten before.
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
