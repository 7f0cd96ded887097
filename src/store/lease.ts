/**
 * Single flight over the fleet. A lease spares work, it guards nothing: a holder that stalls for longer than its lease
 * is overtaken, and then the work is done twice.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Store } from './store.js';

/** Milliseconds that a lease is given at a time, at most; and some more for Redis, which rounds. */
const longestLeaseMs = 10_000;

export interface Lease {
  /** Gives it back, unless somebody else holds it by now. */
  release(): Promise<void>;
}

/** A lease that is renewed until it is released; undefined where somebody else holds it. @param ttlMs 10 s at most */
export async function acquireLease(store: Store, key: string, ttlMs: number): Promise<Lease | undefined> {
  const holder = randomUUID();
  if (!(await store.add(key, holder, ttlMs))) {
    if (await isHeld(store, key)) return undefined;
    // Its last holder may have come to an end just then. What stands there still is nobody's lease.
    const isFree = await store.add(key, holder, ttlMs);
    if (!isFree && (await isHeld(store, key))) return undefined;
    if (!isFree) await store.set(key, holder, ttlMs);
  }
  let isReleased = false;
  const renewal = setInterval(() => void renew(), ttlMs / 5);
  renewal.unref();

  async function renew(): Promise<void> {
    if (await store.extendIf(key, holder, ttlMs)) return;
    // A process that was held up may come too late, and yet before anybody else.
    if (isReleased || !(await store.add(key, holder, ttlMs))) clearInterval(renewal);
  }

  return {
    async release() {
      isReleased = true;
      clearInterval(renewal);
      await store.deleteIf(key, holder);
    },
  };
}

/** Whether one of our own kind has it: a stranger's would keep all waiting, and never do the work. */
async function isHeld(store: Store, key: string): Promise<boolean> {
  const entry = await store.get(key);
  return entry !== undefined && entry.ttlMs <= longestLeaseMs;
}

export interface SingleFlightOptions<Result> {
  readonly store: Store;
  /** Of the lease. */
  readonly key: string;
  /** What somebody has left in the store; undefined where the work is still to be done. */
  readonly look: () => Promise<Result | undefined>;
  /** Does it, and leaves the result where `look` finds it. */
  readonly work: () => Promise<Result>;
  /** Ends the waiting, with its reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which a holder that was killed is replaced. @default 8000 */
  readonly leaseMs?: number;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/** One of all processes does the work; the others wait for what it leaves behind. Rejects as `look` and `work` do. */
export async function singleFlight<Result>({
  store,
  key,
  look,
  work,
  signal,
  leaseMs = 8_000,
  random = Math.random,
}: SingleFlightOptions<Result>): Promise<Result> {
  for (let polls = 0; ; polls++) {
    const found = await look();
    if (found !== undefined) return found;
    const lease = await acquireLease(store, key, leaseMs);
    if (lease) {
      // Between the look and the lease, its last holder may have come to an end.
      return await orElse(look, work).finally(() => void lease.release());
    }
    await setTimeout(pollMs(polls, random), undefined, { ref: false, ...(signal && { signal }) });
  }
}

async function orElse<Result>(
  look: () => Promise<Result | undefined>,
  work: () => Promise<Result>,
): Promise<Result> {
  return (await look()) ?? (await work());
}

/** From 20 to 40 ms at first, from 100 to 200 ms in the end: at random, so that those who wait do not ask in step. */
function pollMs(polls: number, random: () => number): number {
  return Math.min(100, 20 * 1.5 ** polls) * (1 + random());
}
