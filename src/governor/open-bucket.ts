/** The bucket that the settings ask for, and what the log is told of it. */
import type { Log } from '../log.js';
import type { RedisConnection } from '../store/redis-connection.js';
import type { Store } from '../store/store.js';
import type { Bucket, BucketEvent, BucketOptions } from './bucket.js';
import { createCappedBucket } from './capped-bucket.js';
import { createMemoryBucket } from './memory-bucket.js';
import { createLongWaits, noLongWaits } from './long-waits.js';
import { createRedisBucket } from './redis-bucket.js';

export interface OpenBucketOptions {
  /** Of the upstream: one for all who ask it. */
  readonly base: string;
  /** Requests in a window. @default as many as it takes */
  readonly rateLimit?: number | undefined;
  /** Milliseconds that the rate is counted over; others than a minute are for proofs. */
  readonly rateWindowMs?: number;
  /** How many processes have their part of it, while Redis is away. */
  readonly replicas?: number | undefined;
  /** Of the rate, more than 0 and at most 1: what all that have a share may take together. @default 1 */
  readonly share?: number;
  /** Undefined: this process alone. */
  readonly redis: RedisConnection | undefined;
  /** Gives back what replicas have put there alone. */
  readonly store?: Store;
  readonly log: Log;
}

/** On the way from a permit to the upstream, a request may take so long: until its connection stands. */
const leewayMs = 2_000;

export function openBucket({
  base,
  rateLimit: limit = Infinity,
  rateWindowMs = 60_000,
  replicas,
  share = 1,
  redis,
  store,
  log,
}: OpenBucketOptions): Bucket {
  const open = (options: BucketOptions, subject: readonly string[]): Bucket =>
    // Without a limit there is nothing to share but a wait, which each finds out by itself.
    !redis || limit === Infinity
      ? createMemoryBucket(options)
      : createRedisBucket({
          ...options,
          connection: redis,
          subject,
          replicas,
          waits: store ? createLongWaits(store, subject) : noLongWaits,
        });
  // Spaced for a longer window, requests that were held up on their way do not crowd into a shorter one.
  const windowMs = rateWindowMs + leewayMs;
  const bucket = open({ limit, windowMs, onEvent: tellOf(log) }, [base]);
  if (share === 1 || limit === Infinity) return bucket;
  const most = limit * share;
  const cap = open(
    // Less than one request in a window is one in a longer window; what is kept for later has room of its own.
    { limit: Math.max(1, Math.floor(most)), windowMs: rateWindowMs / Math.min(1, most) + 2 * leewayMs },
    [base, 'share'],
  );
  return createCappedBucket({ cap, bucket, keepMs: leewayMs });
}

function tellOf(log: Log): (event: BucketEvent) => void {
  return (event) => {
    if (event.kind === 'held') log.warn('rate.held', { waitMs: event.milliseconds });
    if (event.kind === 'learnt') log.warn('rate.learnt', { limit: event.limit });
    if (event.kind === 'alone') {
      log.warn('rate.alone', { limit: event.limit, replicas: event.replicas, advice: 'ownShare' });
    }
    if (event.kind === 'shared') log.info('rate.shared');
  };
}
