/** Work that many callers wait for: done once in this process, and given up when the last of them has left. */
import { untilAborted } from '../network/signals.js';

/** Who waits, and pays for what is sent as long as it does. */
export interface Caller {
  readonly signal?: AbortSignal | undefined;
  /** Throws where it may send no more. */
  readonly take?: (() => void) | undefined;
}

/** What the work is passed down: its signal, and the callers that are there at each send. */
export interface Crew {
  readonly signal: AbortSignal;
  readonly take: () => void;
}

export interface Flight<Result> {
  /** Monotonic milliseconds. */
  readonly beganAt: number;
  /** Rejects as the work does, and with the reason of the caller's signal. */
  join(caller: Caller): Promise<Result>;
}

export interface Flights<Result> {
  /** The one that is under way by that name, or a new one. */
  fly(name: string, work: (crew: Crew) => Promise<Result>): Flight<Result>;
  /** Likewise; it goes on when nobody waits for it, and then nobody pays. */
  flyOn(name: string, work: (crew: Crew) => Promise<Result>): Flight<Result>;
  /** Gives all of them up. */
  close(): Promise<void>;
}

export function createFlights<Result>(): Flights<Result> {
  const underWay = new Map<string, { readonly flight: Flight<Result>; readonly end: () => Promise<void> }>();

  function start(name: string, work: (crew: Crew) => Promise<Result>, goesOn: boolean): Flight<Result> {
    const before = underWay.get(name);
    if (before) return before.flight;
    const callers = new Set<Caller>();
    const ended = new AbortController();
    const remove = (): void => {
      if (underWay.get(name)?.flight === flight) underWay.delete(name);
    };
    const result = work({ signal: ended.signal, take: () => takeOf(callers) }).finally(remove);
    // Who has left hears nothing of it.
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
          if (callers.size === 0 && !goesOn) {
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

/** The first of those waiting that can pays; without anybody it is free. @throws what the last one said who cannot */
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
