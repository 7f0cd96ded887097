/**
 * Combines two buckets, for requests that may use only a share of the common rate. Each request needs a permit of
 * both.
 */
import type { Bucket } from './bucket.js';

export interface CappedBucketOptions {
  /** The bucket that limits these requests to a share of the rate. */
  readonly cap: Bucket;
  /** The bucket for the whole rate. */
  readonly bucket: Bucket;
  /** Milliseconds for which an unused permit of `cap` is stored. The window of `cap` must be longer by this time. */
  readonly keepMs: number;
  /** Returns monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

/**
 * Creates a bucket. It returns permits that both buckets have granted. It requests them from `cap` first, because an
 * unused permit of the common bucket would be lost for requests that clients wait for.
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
