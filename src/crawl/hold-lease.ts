/** Lets one process of several crawl. Another one takes over after it has stopped, or has died. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { SearchIndex } from '../search-index/search-index.js';

/** The name of the lease. */
const name = 'crawl';

export interface LeaseOptions {
  readonly index: Pick<SearchIndex, 'claim' | 'release'>;
  /** When aborted, the work and its lease end. */
  readonly signal: AbortSignal;
  /** Called when this process does not get the lease, for example because another one has it. */
  readonly onWait: () => void;
  /** Milliseconds after which the lease of a process that died ends. @default 10000 */
  readonly leaseMs?: number;
}

/**
 * Crawls as long as this process has the lease, and waits while another process has it. Resolves when the crawl has
 * ended, or when `signal` is aborted.
 * @param work crawls; must end soon after its signal is aborted. It is called again if the lease was lost meanwhile
 */
export async function whileHeld(
  { index, signal, onWait, leaseMs = 10_000 }: LeaseOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const holder = randomUUID();
  const renewMs = leaseMs / 5;
  /** Returns undefined if the database cannot be reached. */
  const claim = (): Promise<boolean | undefined> => index.claim(name, holder, leaseMs).catch(() => undefined);
  while (!signal.aborted) {
    const claimedAt = performance.now();
    if (await claim()) {
      const isDone = await workWhileRenewed(claimedAt);
      if (isDone) return;
    } else {
      onWait();
      await pause(renewMs, signal);
    }
  }

  /** @returns whether the work has ended by itself, or because `signal` was aborted */
  async function workWhileRenewed(claimedAt: number): Promise<boolean> {
    const lost = new AbortController();
    const ended = new AbortController();
    const renewing = renew(claimedAt, lost, AbortSignal.any([ended.signal, signal]));
    try {
      await work(AbortSignal.any([lost.signal, signal]));
    } finally {
      ended.abort();
      await renewing;
      await index.release(name, holder).catch(() => undefined);
    }
    return !lost.signal.aborted;
  }

  /** Renews the lease until `until` is aborted. Aborts `lost` before another process can get the lease. */
  async function renew(claimedAt: number, lost: AbortController, until: AbortSignal): Promise<void> {
    let heldSince = claimedAt;
    while (!until.aborted) {
      await pause(renewMs, until);
      if (until.aborted) return;
      const askedAt = performance.now();
      const answer = await Promise.race([
        claim(),
        pause(Math.max(0, heldSince + leaseMs - renewMs - askedAt), until).then(() => undefined),
      ]);
      if (answer) heldSince = askedAt;
      const isOver = answer === false || performance.now() - heldSince >= leaseMs - 2 * renewMs;
      if (!until.aborted && isOver) {
        lost.abort();
        return;
      }
    }
  }
}

/** Waits. Resolves at once when the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
