/** Creates a bucket for one process. */
import { learntForMs, type Bucket, type BucketOptions } from './bucket.js';
import { type Rate, createGrants, learnDownwards, pace } from './pace.js';

export function createMemoryBucket({
  limit: configured,
  windowMs,
  onEvent = () => undefined,
  now = () => performance.now(),
}: BucketOptions): Bucket {
  const grants = createGrants(windowMs);
  let heldUntil = -Infinity;
  let learnt = { limit: configured, at: -Infinity };

  const heldMs = (): number => Math.max(0, heldUntil - now());
  const rate = (): Rate => ({ limit: now() - learnt.at < learntForMs ? learnt.limit : configured, windowMs });

  function learn(): void {
    // The usage before the last learnt limit proves nothing new. The upstream may also refuse all requests for another
    // reason.
    if (now() - learnt.at < windowMs) return;
    const { used } = grants.usage(now());
    learnt = {
      limit: learnDownwards({ limit: rate().limit, used, configured }),
      at: now(),
    };
    onEvent({ kind: 'learnt', limit: learnt.limit });
  }

  return {
    get heldMs() {
      return heldMs();
    },
    get rate() {
      return rate();
    },
    get left() {
      if (configured === Infinity) return undefined;
      return heldMs() > 0 ? 0 : Math.max(0, rate().limit - grants.usage(now()).used);
    },
    async acquire(wanted) {
      if (heldMs() > 0) return { granted: 0, waitMs: heldMs() };
      if (configured === Infinity) return { granted: wanted, waitMs: 0 };
      const permits = pace(wanted, rate(), grants.usage(now()));
      grants.add(permits.granted, now());
      return permits;
    },
    async hold(milliseconds, isTooMany) {
      // Concurrent requests are refused together, and count as one refusal.
      const isFirst = heldMs() === 0;
      heldUntil = Math.max(heldUntil, now() + milliseconds);
      if (!isFirst) return;
      onEvent({ kind: 'held', milliseconds });
      if (isTooMany && configured !== Infinity) learn();
    },
    close() {
      // There is nothing to close.
    },
  };
}
