/**
 * Caches the upstream's responses for all replicas. A fresh response is served without an upstream request. A stale
 * response is served while the service renews it, and for a day while the upstream fails. The cached data are public.
 * They contain no access token, because the token is added after the cache.
 */
import { isPmsError } from '../errors.js';
import type { HttpAnswer, HttpRequest, Send } from '../fhir/http.js';
import { createExchange } from './exchange.js';
import { createFlights, type Crew, type Flight } from './flights.js';
import { createFreshness } from './freshness.js';
import { acquireLease, singleFlight } from '../store/lease.js';
import type { Store } from '../store/store.js';
import {
  answerOf,
  createResponseKeys,
  createStoredResponses,
  type Question,
  type SharedFailure,
  type StoredCopy,
} from './stored-responses.js';

export interface ResponseCacheOptions {
  readonly store: Store;
  /** The base URL of the upstream. */
  readonly base: string;
  /**
   * Milliseconds for which a response counts as fresh. With 0, nothing is cached, and equal requests are not merged.
   */
  readonly freshMs: number;
  /**
   * Whether other processes use the store too. Then bodies are compressed, and a lease keeps two replicas from sending
   * the same request. @default false
   */
  readonly isShared?: boolean;
  /** Returns the time in monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Returns a random number from 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/** Milliseconds that a caller waits for the renewed response before it gets the stale copy. */
const patienceMs = 1_000;
const leaseMs = 3_000;

/**
 * Adds a cache to `send`. Equal requests of all callers in all replicas are sent only once, and charged to one
 * waiting caller by its `take` function. If the upstream fails, the stale copy is returned; if there is no copy, the
 * call rejects as `send` does. These count as failures: a refused or reset connection, a timeout, the statuses 401,
 * 408, 429 and 5xx except 501, a body that is not FHIR JSON, and a missing access token. Responses with any other
 * status are returned unchanged.
 */
export function withResponseCache(
  send: Send,
  {
    store,
    base,
    freshMs,
    isShared = false,
    now = () => performance.now(),
    random = Math.random,
  }: ResponseCacheOptions,
): Send & { readonly close: () => Promise<void> } {
  const flights = createFlights<HttpAnswer>();
  const renewals = createFlights<HttpAnswer | undefined>();
  const freshness = createFreshness(freshMs);
  const stored = createStoredResponses({ store, freshness, isShared, now, random });
  const { find, failureOf, isFresh } = stored;
  const keysOf = createResponseKeys(base);
  const exchange = createExchange({ send, stored, keepMs: freshness.keepMs, now });

  async function cached(request: HttpRequest): Promise<HttpAnswer> {
    if (freshMs === 0 || request.cache === 'no-store') return send(request);
    request.signal?.throwIfAborted();
    const question = { request, keys: keysOf(request) };
    const { copy } = question.keys;
    const flight =
      request.cache === 'no-cache'
        ? flights.fly(`${copy} anew`, (crew) => askAnew(question, crew))
        : flights.fly(copy, (crew) => answer(question, crew));
    return flight.join(request);
  }

  async function answer(question: Question, crew: Crew): Promise<HttpAnswer> {
    const copy = await find(question);
    if (!copy) return ask(question, crew);
    if (isFresh(copy)) return answerOf(copy, false);
    const renewal = renewals.flyOn(question.keys.copy, (later) => renew(question, copy, later));
    // The purpose of a bulk request is to renew the copy. It waits for the renewal, because no client waits for it.
    if (question.request.priority === 'bulk') return (await renewal.join(crew)) ?? answerOf(copy, true);
    const isRenewedBehind = freshness.isRenewedBehind(copy.ageMs);
    const renewed = isRenewedBehind ? undefined : await withPatience(renewal, crew);
    return renewed ?? answerOf(copy, true);
  }

  /** Sends the request from one replica only. The other replicas use the response or the failure that it stores. */
  async function ask(question: Question, crew: Crew): Promise<HttpAnswer> {
    // Within a process, a flight is shared already.
    if (!isShared) return (await exchange(question, undefined, crew)).answer;
    let isFirst = true;
    let former: SharedFailure | undefined;
    return singleFlight({
      store,
      key: question.keys.lease,
      signal: crew.signal,
      leaseMs,
      random,
      async look() {
        const [copy, failure] = await Promise.all([find(question), failureOf(question.keys)]);
        if (copy) return answerOf(copy, !isFresh(copy));
        // A failure that was stored before this call began does not prevent a new attempt.
        if (isFirst) former = failure;
        isFirst = false;
        if (failure && failure.id !== former?.id) throw failure.error;
        return undefined;
      },
      work: async () => (await exchange(question, undefined, crew)).answer,
    });
  }

  /**
   * Requests the full response. Conditional headers are left out, because the caller may not want the cached copy
   * again.
   */
  async function askAnew(question: Question, crew: Crew): Promise<HttpAnswer> {
    const [copy, failure] = await Promise.all([find(question), failureOf(question.keys)]);
    if (copy && failure) return answerOf(copy, true);
    try {
      const { answer: found, isFailed } = await exchange(question, undefined, crew);
      return isFailed && copy ? answerOf(copy, true) : found;
    } catch (error) {
      if (copy && isPmsError(error)) return answerOf(copy, true);
      throw error;
    }
  }

  /** Returns the renewed response; undefined if it cannot be renewed now. */
  async function renew(question: Question, copy: StoredCopy, crew: Crew): Promise<HttpAnswer | undefined> {
    if (await failureOf(question.keys)) return undefined;
    const lease = await acquireLease(store, question.keys.lease, leaseMs);
    if (!lease) return undefined;
    try {
      const renewed = await find(question, isFresh);
      if (renewed) return answerOf(renewed, false);
      const { answer: found, isFailed } = await exchange(question, copy, crew);
      return isFailed ? undefined : found;
    } catch (error) {
      // The request failed, or no waiting caller has budget left. In both cases the stale copy is served.
      if (isPmsError(error)) return undefined;
      throw error;
    } finally {
      void lease.release();
    }
  }

  async function close(): Promise<void> {
    await Promise.all([flights.close(), renewals.close()]);
  }

  return Object.assign(cached, { close });
}

/** Waits for a flight, but returns undefined `patienceMs` after its start. The flight continues. */
async function withPatience<Result>(
  { beganAt, join }: Flight<Result>,
  { signal, take }: Crew,
): Promise<Result | undefined> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), Math.max(0, beganAt + patienceMs - performance.now()));
  try {
    return await join({ take, signal: AbortSignal.any([signal, over.signal]) });
  } catch (error) {
    if (over.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
