/**
 * Decides when a request may be sent. Requests stay within the rate limit of all replicas, and within the concurrency
 * that the upstream tolerates. None is sent while the upstream is down. Interactive requests come before bulk
 * requests, the queue alternates between clients, and requests that would be too late are refused.
 */
import { isPmsError } from '../errors.js';
import type { HttpAnswer, HttpRequest, Send } from '../fhir/http.js';
import { createBreaker } from './breaker.js';
import type { Bucket } from './bucket.js';
import { createConcurrencyLimit } from './concurrency.js';
import { unavailable } from './refusals.js';
import { createTurns, type End } from './turns.js';

export interface GovernorOptions {
  readonly bucket: Bucket;
  /** Maximum number of concurrent upstream requests. @default 32 */
  readonly maxConcurrency?: number;
  /** Maximum number of requests that may wait. @default 1000 */
  readonly maxQueue?: number;
  /** Maximum number of milliseconds that a request without a deadline may wait. @default 60000 */
  readonly maxWaitMs?: number;
  /**
   * Called when the circuit breaker opens or closes.
   * @param loss the error of the last request, if the upstream did not respond to it
   */
  readonly onBreaker?: (state: 'open' | 'closed', loss: unknown) => void;
  /** Returns monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

export interface Governed extends Send {
  destroy(): void;
  /** The current state of the governor in this process. */
  readonly state: {
    readonly waiting: number;
    readonly inFlight: number;
    /** Maximum number of concurrent requests. */
    readonly most: number;
    readonly isDown: boolean;
  };
}

/** Milliseconds of the pause after a 429 response without `Retry-After`. */
const defaultHoldMs = 1_000;

/**
 * Adds the governor to `send`: each request needs a permit, and room below the concurrency limit. Rejects with
 * UPSTREAM_RATE_LIMITED if the rate leaves no permit before the deadline, with OVERLOADED if too many requests wait or
 * the upstream is too slow for them, and with UPSTREAM_UNAVAILABLE while the upstream is down. In these cases nothing
 * was sent, and `retryAfter` says when to try again, if that is known. `destroy` refuses all waiting requests.
 */
export function withGovernor(
  send: Send,
  {
    bucket,
    maxConcurrency = 32,
    maxQueue = 1_000,
    maxWaitMs = 60_000,
    onBreaker = () => undefined,
    now = () => performance.now(),
  }: GovernorOptions,
): Governed {
  /** The error of the last request, if the upstream did not respond to it; otherwise undefined. */
  let loss: unknown;
  const concurrency = createConcurrencyLimit({ max: maxConcurrency, now });
  const breaker = createBreaker({ now, onChange: (state) => onBreaker(state, loss) });
  const turns = createTurns({ bucket, concurrency, maxQueue, maxWaitMs, now });

  async function governed(request: HttpRequest): Promise<HttpAnswer> {
    request.signal?.throwIfAborted();
    if (!isAdmitted()) throw unavailable(bucket.heldMs, loss);
    const end = await turns.await(request);
    return exchange(request, end);
  }

  /**
   * Whether a request may join the queue. During a pause by `Retry-After`, no probe is sent either, because a probe
   * must not wait.
   */
  function isAdmitted(): boolean {
    return !breaker.isOpen || (bucket.heldMs === 0 && breaker.admits());
  }

  async function exchange(request: HttpRequest, end: End): Promise<HttpAnswer> {
    let isSent = false;
    const take = (): void => {
      request.take?.();
      isSent = true;
    };
    try {
      const answer = await send({ ...request, take });
      end(isCongested(answer.status) ? 'congested' : 'answered');
      loss = undefined;
      breaker.record(isDown(answer.status));
      await obey(answer);
      return answer;
    } catch (error) {
      const isLost = isSent && isUnanswered(error);
      end(isLost ? 'congested' : 'abandoned');
      if (isLost) {
        loss = error;
        breaker.record(true);
      }
      throw error;
    } finally {
      if (breaker.isOpen) turns.turnAway(loss);
      void turns.dispatch();
    }
  }

  async function obey({ status, retryAfter }: HttpAnswer): Promise<void> {
    if (status !== 429 && (status !== 503 || retryAfter === undefined)) return;
    const told = retryAfter === undefined ? defaultHoldMs : retryAfter * 1_000;
    const held = bucket.hold(told, status === 429);
    if (bucket.heldMs > 0) turns.hold(bucket.heldMs);
    // All replicas must know of the pause before any of them sends again.
    await held;
  }

  const state = {
    get waiting() {
      return turns.waiting;
    },
    get inFlight() {
      return concurrency.inFlight;
    },
    get most() {
      return concurrency.limit;
    },
    get isDown() {
      return breaker.isOpen;
    },
  };
  return Object.assign(governed, { destroy: () => turns.destroy(), state });
}

function isCongested(status: number): boolean {
  return status === 429 || isDown(status);
}

/** Whether a status counts as an outage. 500 does not: a server may fail for one request and answer all others. */
function isDown(status: number): boolean {
  return status >= 502 && status <= 504;
}

function isUnanswered(error: unknown): boolean {
  return isPmsError(error) && (error.code === 'UPSTREAM_UNAVAILABLE' || error.code === 'UPSTREAM_TIMEOUT');
}
