/**
 * Decides when a request may be sent: under the rate of all replicas, with no more at once than the upstream bears, not
 * at all while it is down, interactive before bulk, fair between clients, and never too late to be of use.
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
  /** Most exchanges at once. @default 32 */
  readonly maxConcurrency?: number;
  /** Most requests that wait. @default 1000 */
  readonly maxQueue?: number;
  /** Milliseconds that a request without a deadline waits at most. @default 60000 */
  readonly maxWaitMs?: number;
  /** Told why the last exchange was lost, where no answer came. */
  readonly onBreaker?: (state: 'open' | 'closed', loss: unknown) => void;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

export interface Governed extends Send {
  destroy(): void;
  /** Of this process, now. */
  readonly state: {
    readonly waiting: number;
    readonly inFlight: number;
    /** At once. */
    readonly most: number;
    readonly isDown: boolean;
  };
}

/** For a 429 without `Retry-After`. */
const defaultHoldMs = 1_000;

/**
 * The same pipe, governed: one permit and one place for each send. Also rejects with UPSTREAM_RATE_LIMITED where the rate
 * leaves no permit before the deadline, with OVERLOADED where too many wait or the upstream is too slow for all, and with
 * UPSTREAM_UNAVAILABLE while it is known to be down; `retryAfter` says when, where that is known. Nothing was sent then.
 * `destroy` turns away all who wait.
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
  /** Why the last exchange was lost; undefined where the last one was not. */
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

  /** A probe that would have to wait is none: `Retry-After` goes first. */
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
    // All replicas know of it before anybody can ask again.
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

/** 500 is left out: one question may be too much for a server that answers all others. */
function isDown(status: number): boolean {
  return status >= 502 && status <= 504;
}

function isUnanswered(error: unknown): boolean {
  return isPmsError(error) && (error.code === 'UPSTREAM_UNAVAILABLE' || error.code === 'UPSTREAM_TIMEOUT');
}
