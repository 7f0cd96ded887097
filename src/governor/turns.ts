/**
 * Sends requests in the order of the queue. A request is sent as soon as it has a permit and the concurrency limit
 * allows it. A request is refused as soon as it is clear that its response would come too late.
 */
import type { HttpRequest } from '../fhir/http.js';
import { onAbort } from '../network/signals.js';
import type { Bucket } from './bucket.js';
import type { ConcurrencyLimit, Outcome } from './concurrency.js';
import { createFairQueue, type FairQueue, type Queued } from './queue.js';
import { overloaded, rateLimited, unavailable } from './refusals.js';

export interface TurnsOptions {
  readonly bucket: Bucket;
  readonly concurrency: ConcurrencyLimit;
  /** Maximum number of requests that may wait. */
  readonly maxQueue: number;
  /** Maximum number of milliseconds that a request without a deadline may wait. */
  readonly maxWaitMs: number;
  /** Returns monotonic milliseconds. */
  readonly now: () => number;
}

/** The function to call when an upstream request has ended, with its outcome. */
export type End = (outcome: Outcome) => void;

export interface Turns {
  /** Number of waiting requests. */
  readonly waiting: number;
  /**
   * Resolves when the request may be sent. The caller must then send it at once. Rejects if the request may not be
   * sent, or not in time.
   */
  await(request: HttpRequest): Promise<End>;
  /** Starts the requests that may be sent now, after another request has ended. */
  dispatch(): Promise<void>;
  /** Sends no requests for this time. */
  hold(milliseconds: number): void;
  /** Refuses all waiting requests, because the upstream is down. */
  turnAway(cause?: unknown): void;
  destroy(): void;
}

interface Waiting extends Queued {
  /** When the response is no longer needed, in monotonic milliseconds. */
  readonly deadline: number;
  start(end: End): void;
  refuse(error: unknown): void;
}

/** Milliseconds between two searches for requests whose response would come too late. */
const weedingMs = 10;

export function createTurns({ bucket, concurrency, maxQueue, maxWaitMs, now }: TurnsOptions): Turns {
  const queue = createFairQueue<Waiting>(maxQueue);
  const shortage = createShortage({ bucket, onEnd: () => void dispatch(), now });
  let isAsking = false;
  let weeding: NodeJS.Timeout | undefined;

  function turn(request: HttpRequest): Promise<End> {
    return new Promise((resolve, reject) => {
      const waiting = waitingOf(request, request.deadline ?? now() + maxWaitMs, queue, resolve, reject);
      queue.add(waiting)?.refuse(shortage.isOn ? rateLimited(shortage.leftMs) : overloaded());
      weedOut();
      void dispatch();
    });
  }

  async function dispatch(): Promise<void> {
    if (isAsking || shortage.isOn) return;
    isAsking = true;
    for (let wanted = places(); wanted > 0; wanted = places()) {
      const { granted, waitMs } = await bucket.acquire(wanted);
      // While the permits were requested from the bucket, the upstream may have demanded a pause.
      if (bucket.heldMs > 0) hold(bucket.heldMs);
      else {
        for (let permit = 0; permit < granted; permit += 1) startNext();
        if (granted < wanted) hold(waitMs);
        else shortage.forget();
      }
      if (shortage.isOn) break;
    }
    isAsking = false;
    if (!shortage.isOn) weedOut();
  }

  function places(): number {
    return Math.max(0, Math.min(queue.size, concurrency.limit - concurrency.inFlight));
  }

  function startNext(): void {
    shortage.serve();
    queue.take()?.start(concurrency.begin());
  }

  function hold(milliseconds: number): void {
    if (queue.size === 0) return;
    shortage.begin(milliseconds);
    refuseHopeless();
  }

  /**
   * Refuses hopeless requests at once, and then at most every 10 ms. Checking all waiting requests for each new one
   * would take quadratic time. While there are places for all and no shortage of permits, none is hopeless.
   */
  function weedOut(): void {
    if (weeding || (!shortage.isOn && queue.size <= places())) return;
    refuseHopeless();
    weeding = setTimeout(() => {
      weeding = undefined;
      if (queue.size > 0) refuseHopeless();
    }, weedingMs);
    weeding.unref();
  }

  /** Refuses requests that cannot be answered in time because of the number of requests before them in the queue. */
  function refuseHopeless(): void {
    const { latencyMs, limit, inFlight } = concurrency;
    const { isOn, leftMs, intervalMs } = shortage;
    const at = now();
    let ahead = 0;
    for (const waiting of queue.inOrder()) {
      const forPermit = isOn ? leftMs + ahead * intervalMs : 0;
      const forPlace = (Math.max(0, inFlight + ahead + 1 - limit) / limit) * latencyMs;
      if (at + Math.max(forPermit, forPlace) + latencyMs <= waiting.deadline) ahead += 1;
      else if (queue.remove(waiting)) {
        waiting.refuse(isOn ? rateLimited(Math.max(forPermit, forPlace)) : overloaded());
      }
    }
  }

  function turnAway(cause?: unknown): void {
    for (let next = queue.take(); next; next = queue.take()) next.refuse(unavailable(bucket.heldMs, cause));
  }

  return {
    get waiting() {
      return queue.size;
    },
    await: turn,
    dispatch,
    hold,
    turnAway,
    destroy() {
      shortage.destroy();
      clearTimeout(weeding);
      turnAway();
    },
  };
}

/**
 * Creates an entry of the queue. It leaves the queue when its request is started or refused, or when its signal is
 * aborted.
 */
function waitingOf(
  { signal, client = 'anonymous', priority = 'interactive' }: HttpRequest,
  deadline: number,
  queue: FairQueue<Waiting>,
  resolve: (end: End) => void,
  reject: (error: unknown) => void,
): Waiting {
  const leave = (): void => {
    if (queue.remove(waiting)) waiting.refuse(signal?.reason);
  };
  const stay = signal ? onAbort(signal, leave) : () => {};
  const waiting: Waiting = {
    client,
    priority,
    deadline,
    start(end) {
      stay();
      resolve(end);
    },
    refuse(error) {
      stay();
      reject(error);
    },
  };
  return waiting;
}

/** A shortage of permits: when to ask the bucket again, and the interval between permits. */
interface Shortage {
  /** Whether the bucket must not be asked for permits now. */
  readonly isOn: boolean;
  /** Milliseconds until the bucket may be asked again. */
  readonly leftMs: number;
  /** Milliseconds between two permits, by the rate limit or by what other replicas leave for this one. */
  readonly intervalMs: number;
  /** Begins a shortage of this length. Replaces a current shortage. */
  begin(milliseconds: number): void;
  /** Records a permit that came during a shortage. */
  serve(): void;
  /** Records that the bucket granted all wanted permits. */
  forget(): void;
  destroy(): void;
}

interface ShortageOptions {
  readonly bucket: Bucket;
  /** Called when the shortage is over and the bucket may be asked for permits. */
  readonly onEnd: () => void;
  /** Returns monotonic milliseconds. */
  readonly now: () => number;
}

function createShortage({ bucket, onEnd, now }: ShortageOptions): Shortage {
  let waits: { readonly until: number; readonly timer: NodeJS.Timeout } | undefined;
  /** The start of the shortage, and the number of permits since. */
  let scarce = { since: 0, served: 0 };

  return {
    get isOn() {
      return waits !== undefined;
    },
    get leftMs() {
      return waits ? waits.until - now() : 0;
    },
    get intervalMs() {
      const { windowMs, limit } = bucket.rate;
      const seen = scarce.served > 2 ? (now() - scarce.since) / scarce.served : 0;
      return Math.max(windowMs / Math.max(1, limit), seen);
    },
    begin(milliseconds) {
      const ms = Math.max(1, Math.ceil(milliseconds));
      const goOn = (): void => {
        waits = undefined;
        onEnd();
      };
      clearTimeout(waits?.timer);
      waits = { until: now() + ms, timer: setTimeout(goOn, ms) };
      // The number of permits that other replicas leave changes, so older observations count half.
      const age = now() - scarce.since;
      if (age > 10_000) scarce = { since: now() - age / 2, served: scarce.served / 2 };
    },
    serve() {
      scarce.served += 1;
    },
    forget() {
      scarce = { since: now(), served: 0 };
    },
    destroy: () => clearTimeout(waits?.timer),
  };
}
