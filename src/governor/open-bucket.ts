/** Opens the bucket that the settings require, and connects it to the log. */
import type { Log } from '../log.js';
import type { RedisConnection } from '../store/redis-connection.js';
import type { Signatures } from '../store/signatures.js';
import type { Store } from '../store/store.js';
import type { Bucket, BucketEvent, BucketOptions } from './bucket.js';
import { createCappedBucket } from './capped-bucket.js';
import { createMemoryBucket } from './memory-bucket.js';
import { createRedisBucket } from './redis-bucket.js';

export interface OpenBucketOptions {
  /** Base URL of the upstream. All processes with the same upstream share one bucket. */
  readonly base: string;
  /** Maximum number of requests in a window. @default no limit */
  readonly rateLimit?: number | undefined;
  /** Milliseconds of the rate's window. One minute, except in tests. */
  readonly rateWindowMs?: number;
  /** The number of processes that share the limit while Redis cannot be reached. */
  readonly replicas?: number | undefined;
  /** The share of the rate that all processes with a share may use together: above 0, and at most 1. @default 1 */
  readonly share?: number;
  /** If undefined, the bucket is for this process alone. */
  readonly redis: RedisConnection | undefined;
  /** A store that returns only entries written by replicas. */
  readonly store?: Store;
  /** Signs the names of replicas in Redis. */
  readonly signatures?: Signatures | undefined;
  readonly log: Log;
}

/** Milliseconds that may pass between the permit and the time when the upstream receives the request. */
const leewayMs = 2_000;

export function openBucket({
  base,
  rateLimit: limit = Infinity,
  rateWindowMs = 60_000,
  replicas,
  share = 1,
  redis,
  store,
  signatures,
  log,
}: OpenBucketOptions): Bucket {
  const open = (options: BucketOptions, subject: readonly string[]): Bucket =>
    // Without a limit, replicas could only share pauses. Each process learns of pauses from the responses it gets.
    !redis || limit === Infinity
      ? createMemoryBucket(options)
      : createRedisBucket({
          ...options,
          connection: redis,
          subject,
          replicas,
          signed: store,
          signatures,
        });
  // The window is longer than that of the upstream's rate limit. Otherwise delayed requests could come too close
  // together for the upstream.
  const windowMs = rateWindowMs + leewayMs;
  const bucket = open({ limit, windowMs, onEvent: tellOf(log) }, [base]);
  if (share === 1 || limit === Infinity) return bucket;
  const most = limit * share;
  const cap = open(
    // A share of less than one request per window becomes one request in a longer window. Extra time is added for
    // permits that `createCappedBucket` stores.
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
