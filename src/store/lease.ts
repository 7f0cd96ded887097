/**
 * Runs a task once for all replicas. A lease avoids duplicate work, but cannot exclude it: if its holder is suspended
 * for longer than the lease lasts, another replica runs the task too.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Store } from './store.js';

/** Maximum lifetime of a lease in milliseconds, with a tolerance, because Redis rounds. */
const longestLeaseMs = 10_000;

export interface Lease {
  /** Releases the lease, unless another process has acquired it in the meantime. */
  release(): Promise<void>;
}

/**
 * Acquires a lease, and renews it until it is released. Returns undefined if another process holds the lease.
 * @param ttlMs lifetime in milliseconds, 10 000 at most
 */
export async function acquireLease(store: Store, key: string, ttlMs: number): Promise<Lease | undefined> {
  const holder = randomUUID();
  if (!(await store.add(key, holder, ttlMs))) {
    if (await isHeld(store, key)) return undefined;
    // The last holder may just have released the lease. If there is a value that no replica wrote, it is not a lease.
    const isFree = await store.add(key, holder, ttlMs);
    if (!isFree && (await isHeld(store, key))) return undefined;
    if (!isFree) await store.set(key, holder, ttlMs);
  }
  let isReleased = false;
  const renewal = setInterval(() => void renew(), ttlMs / 5);
  renewal.unref();

  async function renew(): Promise<void> {
    if (await store.extendIf(key, holder, ttlMs)) return;
    // A suspended process may try to renew after its lease has expired. It acquires the lease again if no other process
    // has it.
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
 * Whether a replica holds the lease. A value that another program wrote does not count. Otherwise all replicas would
 * wait for it, and none would run the task.
 */
async function isHeld(store: Store, key: string): Promise<boolean> {
  const entry = await store.get(key);
  return entry !== undefined && entry.ttlMs <= longestLeaseMs;
}

export interface SingleFlightOptions<Result> {
  readonly store: Store;
  /** The key of the lease. */
  readonly key: string;
  /** Returns the result that another process has stored; undefined while there is no result. */
  readonly look: () => Promise<Result | undefined>;
  /** Runs the task, and stores the result so that `look` finds it. */
  readonly work: () => Promise<Result>;
  /** Ends the wait when it is aborted. The call then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  /**
   * Lifetime of the lease in milliseconds. If a process is killed while it holds the lease, another one can take over
   * after this time.
   * @default 8000
   */
  readonly leaseMs?: number;
  /** Returns a random number from 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/**
 * Lets one process run the task, while all others wait for the stored result. Rejects with the errors of `look` and
 * `work`.
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
      // The last holder may have stored its result just before this process acquired the lease.
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
 * Returns the milliseconds until the next look: 20 to 40 at first, 100 to 200 later. They are random, so that waiting
 * processes do not look at the same time.
 */
function pollMs(polls: number, random: () => number): number {
  return Math.min(100, 20 * 1.5 ** polls) * (1 + random());
}
