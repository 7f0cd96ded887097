/**
 * Runs work once for all replicas. A lease saves work, but does not guard it: a holder that stalls for longer than its
 * lease is overtaken, and then the work is done twice.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Store } from './store.js';

/** Most milliseconds of a lease at a time, with some to spare for Redis, which rounds. */
const longestLeaseMs = 10_000;

export interface Lease {
  /** Releases the lease, unless another process holds it by now. */
  release(): Promise<void>;
}

/**
 * Acquires a lease and renews it until it is released; undefined where another process holds it.
 * @param ttlMs 10 s at most
 */
export async function acquireLease(store: Store, key: string, ttlMs: number): Promise<Lease | undefined> {
  const holder = randomUUID();
  if (!(await store.add(key, holder, ttlMs))) {
    if (await isHeld(store, key)) return undefined;
    // Its last holder may have released it just then. A value that is still there is not a lease.
    const isFree = await store.add(key, holder, ttlMs);
    if (!isFree && (await isHeld(store, key))) return undefined;
    if (!isFree) await store.set(key, holder, ttlMs);
  }
  let isReleased = false;
  const renewal = setInterval(() => void renew(), ttlMs / 5);
  renewal.unref();

  async function renew(): Promise<void> {
    if (await store.extendIf(key, holder, ttlMs)) return;
    // A process that was suspended may renew too late, and still before any other takes the lease.
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

/**
 * Whether a replica holds the lease. If another program's value counted, all would wait, and none would do the work.
 */
async function isHeld(store: Store, key: string): Promise<boolean> {
  const entry = await store.get(key);
  return entry !== undefined && entry.ttlMs <= longestLeaseMs;
}

export interface SingleFlightOptions<Result> {
  readonly store: Store;
  /** The key of the lease. */
  readonly key: string;
  /** Returns the result that another process has stored; undefined while the work is still to be done. */
  readonly look: () => Promise<Result | undefined>;
  /** Does the work, and stores the result where `look` finds it. */
  readonly work: () => Promise<Result>;
  /** Ends the wait, with its reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which a killed holder is replaced. @default 8000 */
  readonly leaseMs?: number;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/**
 * Lets one of all processes do the work, while the others wait for its stored result. Rejects as `look` and `work` do.
 */
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
      // Between the look and the lease, its last holder may have finished.
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

/**
 * Returns from 20 to 40 ms at first, and from 100 to 200 ms in the end, at random, so that waiting processes do not
 * poll in step.
 */
function pollMs(polls: number, random: () => number): number {
  return Math.min(100, 20 * 1.5 ** polls) * (1 + random());
}
