/** Opens the bucket that the settings ask for, and connects it to the log. */
import type { Log } from '../log.js';
import type { RedisConnection } from '../store/redis-connection.js';
import type { Store } from '../store/store.js';
import type { Bucket, BucketEvent, BucketOptions } from './bucket.js';
import { createCappedBucket } from './capped-bucket.js';
import { createMemoryBucket } from './memory-bucket.js';
import { createRedisBucket } from './redis-bucket.js';

export interface OpenBucketOptions {
  /** Base of the upstream. All processes that ask it share one bucket. */
  readonly base: string;
  /** Requests in a window. @default no limit */
  readonly rateLimit?: number | undefined;
  /** Milliseconds of the rate's window. Only tests use another than a minute. */
  readonly rateWindowMs?: number;
  /** Number of processes that share it while Redis is down. */
  readonly replicas?: number | undefined;
  /** Part of the rate, more than 0 and at most 1, that all processes with a share may take together. @default 1 */
  readonly share?: number;
  /** Undefined: this process alone. */
  readonly redis: RedisConnection | undefined;
  /** Returns only entries that replicas have written. */
  readonly store?: Store;
  readonly log: Log;
}

/** Milliseconds that a request may take from its permit to the upstream, until its connection is open. */
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
    // Without a limit only pauses could be shared, and each process finds those out by itself.
    !redis || limit === Infinity
      ? createMemoryBucket(options)
      : createRedisBucket({
          ...options,
          connection: redis,
          subject,
          replicas,
          signed: store,
        });
  // Requests are spaced for a longer window, so that those delayed on the way do not crowd into a shorter one.
  const windowMs = rateWindowMs + leewayMs;
  const bucket = open({ limit, windowMs, onEvent: tellOf(log) }, [base]);
  if (share === 1 || limit === Infinity) return bucket;
  const most = limit * share;
  const cap = open(
    // Less than one request in a window becomes one in a longer window. There is extra room for permits that are kept
    // for later.
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
