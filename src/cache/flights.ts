/**
 * Shares one run of some work, called a flight, among all its callers in this process. The flight is aborted when its
 * last caller has left.
 */
import { untilAborted } from '../network/signals.js';

/** A caller that waits for a result. While it waits, upstream requests can be charged to its budget. */
export interface Caller {
  readonly signal?: AbortSignal | undefined;
  /** Charges one upstream request to the caller. Throws if the caller's budget is used up. */
  readonly take?: (() => void) | undefined;
}

/** The arguments of the work: a signal that aborts it, and a `take` that charges a request to a waiting caller. */
export interface Crew {
  readonly signal: AbortSignal;
  readonly take: () => void;
}

export interface Flight<Result> {
  /** When the work began, in monotonic milliseconds. */
  readonly beganAt: number;
  /** Waits for the result. Rejects with the error of the work, or with the reason of the caller's signal. */
  join(caller: Caller): Promise<Result>;
}

export interface Flights<Result> {
  /** Returns the running flight of this name, or starts one. */
  fly(name: string, work: (crew: Crew) => Promise<Result>): Flight<Result>;
  /** Like `fly`, but the work continues after all callers have left. Its requests are then charged to no caller. */
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
    // Avoids an unhandled rejection when every caller has left.
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
          // Finished work is not aborted, because an abort captures a stack trace, which is slow.
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
 * Charges one request to the first waiting caller whose budget allows it. Without waiting callers, nobody is charged.
 * @throws the error of the last caller, if the budget of no caller allows the request
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
