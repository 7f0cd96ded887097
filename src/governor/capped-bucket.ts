/** A bucket within a bucket: what some may take together of the rate that all have. */
import type { Bucket } from './bucket.js';

export interface CappedBucketOptions {
  /** Of those that have no more than a share. */
  readonly cap: Bucket;
  /** Of everybody. */
  readonly bucket: Bucket;
  /** Milliseconds for which a permit of `cap` may be kept: its window has to be longer by so much. */
  readonly keepMs: number;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

/**
 * Permits that both have to give. The cap is asked first: a permit of everybody's that is not used would be lost to
 * those for whom somebody waits.
 */
export function createCappedBucket({
  cap,
  bucket,
  keepMs,
  now = () => performance.now(),
}: CappedBucketOptions): Bucket {
  let kept = { count: 0, until: -Infinity };

  return {
    get heldMs() {
      return bucket.heldMs;
    },
    get rate() {
      const [own, all] = [cap.rate, bucket.rate];
      return own.limit / own.windowMs < all.limit / all.windowMs ? own : all;
    },
    get left() {
      return bucket.left;
    },
    async acquire(wanted) {
      if (bucket.heldMs > 0) return { granted: 0, waitMs: bucket.heldMs };
      const began = now();
      const before = kept.until > began ? kept : { count: 0, until: began + keepMs };
      const missing = Math.max(0, wanted - before.count);
      const own = missing > 0 ? await cap.acquire(missing) : { granted: 0, waitMs: 0 };
      const held = before.count + own.granted;
      if (held === 0) return own;
      const permits = await bucket.acquire(Math.min(wanted, held));
      kept = { count: held - permits.granted, until: before.until };
      return permits.granted < Math.min(wanted, held) ? permits : { ...own, granted: permits.granted };
    },
    hold: (milliseconds, isTooMany) => bucket.hold(milliseconds, isTooMany),
    close() {
      cap.close();
      bucket.close();
    },
  };
}
