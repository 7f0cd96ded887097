/**
 * Decides when a request may be sent: under the rate of all replicas, with no more at once than the upstream bears, not
 * at all while it is down, interactive before bulk, fair between clients, and never too late to be of use.
 */
import { setMaxListeners } from 'node:events';
import { isPmsError } from '../errors.js';
import type { HttpAnswer, HttpRequest, Send } from '../fhir/http.js';
import { createBreaker } from './breaker.js';
import type { Bucket } from './bucket.js';
import { createConcurrencyLimit, type Outcome } from './concurrency.js';
import { createFairQueue, type Queued } from './queue.js';
import { overloaded, rateLimited, unavailable } from './refusals.js';

export interface GovernorOptions {
  readonly bucket: Bucket;
  /** Most exchanges at once. @default 32 */
  readonly maxConcurrency?: number;
  /** Most requests that wait. @default 1000 */
  readonly maxQueue?: number;
  /** Milliseconds that a request without a deadline waits at most. @default 60000 */
  readonly maxWaitMs?: number;
  readonly onBreaker?: (state: 'open' | 'closed') => void;
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

/** To be called with what came of an exchange. */
type End = (outcome: Outcome) => void;

interface Waiting extends Queued {
  /** Monotonic milliseconds by which it must have been answered. */
  readonly deadline: number;
  start(end: End): void;
  refuse(error: unknown): void;
}

/** Milliseconds between two looks at who waits in vain. */
const weedingMs = 10;
/** For a 429 without `Retry-After`. */
const defaultHoldMs = 1_000;
/** A wait that nobody can mean is broken off, to see. */
const longestHoldMs = 3_600_000;

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
  const queue = createFairQueue<Waiting>(maxQueue);
  const concurrency = createConcurrencyLimit({ max: maxConcurrency, now });
  const breaker = createBreaker({ now, onChange: onBreaker });
  let isAsking = false;
  /** When the bucket is to be asked again, where it had too little. */
  let waits: { readonly until: number; readonly timer: NodeJS.Timeout } | undefined;
  let weeding: NodeJS.Timeout | undefined;
  /** Since when there were too few permits, and how many came all the same. */
  let scarce = { since: 0, served: 0 };

  async function governed(request: HttpRequest): Promise<HttpAnswer> {
    request.signal?.throwIfAborted();
    if (!isAdmitted()) throw unavailable(bucket.heldMs);
    const end = await turn(request);
    return exchange(request, end);
  }

  /** A probe that would have to wait is none: `Retry-After` goes first. */
  function isAdmitted(): boolean {
    return !breaker.isOpen || (bucket.heldMs === 0 && breaker.admits());
  }

  /** Resolves when it may be sent, which is then done at once. */
  function turn({
    signal,
    client = 'anonymous',
    priority = 'interactive',
    deadline,
  }: HttpRequest): Promise<End> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        if (queue.remove(waiting)) waiting.refuse(signal?.reason);
      };
      const stay = (): void => signal?.removeEventListener('abort', leave);
      const waiting: Waiting = {
        client,
        priority,
        deadline: deadline ?? now() + maxWaitMs,
        start(end) {
          stay();
          resolve(end);
        },
        refuse(error) {
          stay();
          reject(error as Error);
        },
      };
      if (signal) setMaxListeners(0, signal);
      signal?.addEventListener('abort', leave, { once: true });
      queue.add(waiting)?.refuse(waits ? rateLimited(waits.until - now()) : overloaded());
      if (isAsking || waits) weedOut();
      void dispatch();
    });
  }

  async function dispatch(): Promise<void> {
    if (isAsking || waits) return;
    isAsking = true;
    for (let wanted = places(); wanted > 0; wanted = places()) {
      const { granted, waitMs } = await bucket.acquire(wanted);
      // While the bucket was asked, somebody may have been told to wait.
      if (bucket.heldMs > 0) wait(bucket.heldMs);
      else {
        for (let permit = 0; permit < granted; permit += 1) startNext();
        if (granted < wanted) wait(waitMs);
        else scarce = { since: now(), served: 0 };
      }
      if (waits) break;
    }
    isAsking = false;
    if (!waits) weedOut();
  }

  function places(): number {
    return Math.max(0, Math.min(queue.size, concurrency.limit - concurrency.inFlight));
  }

  function startNext(): void {
    scarce.served += 1;
    queue.take()?.start(concurrency.begin());
  }

  function wait(milliseconds: number): void {
    if (queue.size === 0) return;
    const ms = Math.max(1, Math.ceil(milliseconds));
    const goOn = (): void => {
      waits = undefined;
      void dispatch();
    };
    clearTimeout(waits?.timer);
    waits = { until: now() + ms, timer: setTimeout(goOn, ms) };
    // The share that the others leave changes: what is long ago counts half.
    const age = now() - scarce.since;
    if (age > 10_000) scarce = { since: now() - age / 2, served: scarce.served / 2 };
    refuseHopeless();
  }

  /** At once, and then only now and then: who looks at all that wait whenever one comes does so the square of them. */
  function weedOut(): void {
    if (weeding) return;
    refuseHopeless();
    weeding = setTimeout(() => {
      weeding = undefined;
      if (queue.size > 0) refuseHopeless();
    }, weedingMs);
    weeding.unref();
  }

  /** Who cannot be answered in time is told at once. Those before it would be sent before it. */
  function refuseHopeless(): void {
    const { latencyMs, limit, inFlight } = concurrency;
    const interval = intervalMs();
    let ahead = 0;
    for (const waiting of queue.inOrder()) {
      const forPermit = waits ? waits.until - now() + ahead * interval : 0;
      const forPlace = (Math.max(0, inFlight + ahead + 1 - limit) / limit) * latencyMs;
      if (now() + Math.max(forPermit, forPlace) + latencyMs <= waiting.deadline) ahead += 1;
      else if (queue.remove(waiting)) {
        waiting.refuse(waits ? rateLimited(Math.max(forPermit, forPlace)) : overloaded());
      }
    }
  }

  /** Milliseconds between two permits: as the rate has it, or as the other replicas leave them to this one. */
  function intervalMs(): number {
    const { windowMs, limit } = bucket.rate;
    const seen = scarce.served > 2 ? (now() - scarce.since) / scarce.served : 0;
    return Math.max(windowMs / Math.max(1, limit), seen);
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
      breaker.record(isDown(answer.status));
      await obey(answer);
      return answer;
    } catch (error) {
      const isLost = isSent && isUnanswered(error);
      end(isLost ? 'congested' : 'abandoned');
      if (isLost) breaker.record(true);
      throw error;
    } finally {
      if (breaker.isOpen) turnAway();
      void dispatch();
    }
  }

  async function obey({ status, retryAfter }: HttpAnswer): Promise<void> {
    if (status !== 429 && (status !== 503 || retryAfter === undefined)) return;
    const told = retryAfter === undefined ? defaultHoldMs : retryAfter * 1_000;
    const held = bucket.hold(Math.min(longestHoldMs, told), status === 429);
    if (bucket.heldMs > 0) wait(bucket.heldMs);
    // All replicas know of it before anybody can ask again.
    await held;
  }

  function turnAway(): void {
    for (let next = queue.take(); next; next = queue.take()) next.refuse(unavailable(bucket.heldMs));
  }

  function destroy(): void {
    clearTimeout(waits?.timer);
    clearTimeout(weeding);
    turnAway();
  }

  const state = {
    get waiting() {
      return queue.size;
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
  return Object.assign(governed, { destroy, state });
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
