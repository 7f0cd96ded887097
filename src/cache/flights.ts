/**
 * Shares one run of an asynchronous task, called a flight, among all callers in this process that need its result. If
 * all callers have left, the flight is aborted.
 */
import { untilAborted } from '../network/signals.js';

/**
 * A caller that waits for the result of a flight. The flight's upstream requests can be charged to the caller's
 * request budget.
 */
export interface Caller {
  readonly signal?: AbortSignal | undefined;
  /** Charges one upstream request to the caller's budget. Throws if the budget is used up. */
  readonly take?: (() => void) | undefined;
}

/**
 * The arguments of the shared task: a signal that aborts it, and a function `take` that charges an upstream request
 * to a waiting caller.
 */
export interface Crew {
  readonly signal: AbortSignal;
  readonly take: () => void;
}

export interface Flight<Result> {
  /** When the task started, in monotonic milliseconds. */
  readonly beganAt: number;
  /** Waits for the result. Rejects with the error of the task, or with the abort reason of the caller's signal. */
  join(caller: Caller): Promise<Result>;
}

export interface Flights<Result> {
  /** Returns the running flight with this name, or starts a new one. */
  fly(name: string, work: (crew: Crew) => Promise<Result>): Flight<Result>;
  /**
   * Like `fly`, but the task continues after all callers have left. From then on, its upstream requests are charged
   * to no caller.
   */
  flyOn(name: string, work: (crew: Crew) => Promise<Result>): Flight<Result>;
  /** Aborts all flights, and waits for their end. */
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
    // Avoids an unhandled rejection if all callers have left.
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
          // A finished task is not aborted, because an abort captures a stack trace, which is slow.
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
 * Charges one request to the first waiting caller with enough budget. If no caller waits, the request is charged to
 * nobody.
 * @throws the budget error of the last caller, if no caller has budget left
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
