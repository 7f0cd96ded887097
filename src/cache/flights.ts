/**
 * Shares work that many callers wait for: it is done once in this process, and aborted when the last of them has left.
 */
import { untilAborted } from '../network/signals.js';

/** A waiting caller. It pays for requests as long as it waits. */
export interface Caller {
  readonly signal?: AbortSignal | undefined;
  /** Counts a request. Throws where the caller may send no more. */
  readonly take?: (() => void) | undefined;
}

/** The work's signal, and a `take` that charges the callers waiting at each send. */
export interface Crew {
  readonly signal: AbortSignal;
  readonly take: () => void;
}

export interface Flight<Result> {
  /** Monotonic milliseconds. */
  readonly beganAt: number;
  /** Waits for the result. Rejects as the work does, and with the reason of the caller's signal. */
  join(caller: Caller): Promise<Result>;
}

export interface Flights<Result> {
  /** Returns the flight of that name, or starts one. */
  fly(name: string, work: (crew: Crew) => Promise<Result>): Flight<Result>;
  /** Does the same, but the work goes on without waiting callers, and then no caller pays. */
  flyOn(name: string, work: (crew: Crew) => Promise<Result>): Flight<Result>;
  /** Aborts all of them. */
  close(): Promise<void>;
}

export function createFlights<Result>(): Flights<Result> {
  const underWay = new Map<string, { readonly flight: Flight<Result>; readonly end: () => Promise<void> }>();

  function start(name: string, work: (crew: Crew) => Promise<Result>, goesOn: boolean): Flight<Result> {
    const before = underWay.get(name);
    if (before) return before.flight;
    const callers = new Set<Caller>();
    const ended = new AbortController();
    let isOver = false;
    const remove = (): void => {
      if (underWay.get(name)?.flight === flight) underWay.delete(name);
    };
    const result = work({ signal: ended.signal, take: () => takeOf(callers) }).finally(() => {
      isOver = true;
      remove();
    });
    // The rejection must not be unhandled when every caller has left.
    result.catch(() => undefined);
    const flight: Flight<Result> = {
      beganAt: performance.now(),
      async join({ signal, take }) {
        const caller = { take };
        callers.add(caller);
        try {
          return await untilAborted(signal, () => result);
        } finally {
          callers.delete(caller);
          // An abort captures a stack, which is not cheap, so work that is over is not aborted.
          if (callers.size === 0 && !goesOn && !isOver) {
            remove();
            ended.abort();
          }
        }
      },
    };
    const end = async (): Promise<void> => {
      ended.abort();
      await result.catch(() => undefined);
    };
    underWay.set(name, { flight, end });
    return flight;
  }

  return {
    fly: (name, work) => start(name, work, false),
    flyOn: (name, work) => start(name, work, true),
    async close() {
      await Promise.all([...underWay.values()].map(({ end }) => end()));
    },
  };
}

/**
 * Charges the first waiting caller that can pay; free without any caller.
 * @throws the error of the last caller that cannot pay
 */
function takeOf(callers: ReadonlySet<Caller>): void {
  let refusal: { readonly error: unknown } | undefined;
  for (const { take } of callers) {
    try {
      return take?.();
    } catch (error) {
      refusal = { error };
    }
  }
  if (refusal) throw refusal.error;
}
