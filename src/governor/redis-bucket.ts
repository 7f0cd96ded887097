/**
 * Creates a bucket for all replicas in Redis or Valkey, by EVAL of TIME, TYPE, UNLINK, HMGET, HSET, HLEN, HSTRLEN,
 * ZADD, ZRANGE, ZCARD, ZREMRANGEBYSCORE and PEXPIRE, on three keys of one slot. Libraries such as rate-limiter-flexible
 * count in fixed windows, which allow twice the limit around an edge.
 */
import type { RedisClient, RedisConnection } from '../store/redis-connection.js';
import type { Store } from '../store/store.js';
import type { Bucket, BucketOptions } from './bucket.js';
import { type Permits, type Rate, createGrants, pace } from './pace.js';
import { createHolds, type Holds } from './holds.js';
import { createLearntLimit, type LearntLimit } from './learnt-limit.js';
import { createLongWaits, noLongWaits } from './long-waits.js';
import { createRedisWindow, type RedisWindow, type Reply } from './redis-window.js';
import { allowanceAlone, shareOf, type Contact } from './share.js';

export interface RedisBucketOptions extends BucketOptions {
  readonly connection: RedisConnection;
  /** The identity of this upstream's bucket: the base URL. */
  readonly subject: readonly string[];
  /** Number of processes that share the limit. Undefined: the number that was last seen. */
  readonly replicas?: number | undefined;
  /**
   * A store for long pauses and learnt limits that replicas share. It returns only entries written by replicas.
   * @default replicas do not share these
   */
  readonly signed?: Pick<Store, 'get' | 'set'> | undefined;
}

const sightingMs = 500;
/**
 * Milliseconds by which two clocks, and the network between them, may differ about the moment when a permit leaves the
 * window.
 */
const leewayMs = 1_000;
/**
 * Milliseconds without permits after Redis is available again. Meanwhile all replicas reconnect and enter the permits
 * that they used.
 */
const settlingMs = 1_500;
/** Most permits that one script enters. Redis does nothing else during a script. */
const mostEntered = 1_000;

export function createRedisBucket({
  connection,
  subject,
  limit: configured,
  windowMs,
  replicas,
  signed,
  onEvent = () => undefined,
  now = () => performance.now(),
}: RedisBucketOptions): Bucket {
  const { window, taught, holds } = openParts({ subject, configured, windowMs, signed, now });
  const grants = createGrants(windowMs);
  let epoch: string | undefined;
  let contact: Contact | undefined;
  let alone: { readonly since: number; readonly own: number } | undefined;
  let settledAt = -Infinity;

  function learn({ granted, heldMs: held, limit, used, replicas: seen }: Reply): void {
    grants.add(granted, now());
    holds.found(held);
    contact = { at: now(), limit, used, replicas: replicas ?? seen };
  }

  /**
   * Rejoins Redis after it was unavailable or lost its state. Enters the permits that this process used, and waits
   * until all replicas have entered theirs.
   */
  async function rejoin(redis: RedisClient, found: string): Promise<void> {
    const recent = grants.recent(now());
    for (let at = 0; at < recent.length; at += mostEntered)
      learn(await window.enter(redis, recent.slice(at, at + mostEntered), now(), grants.last));
    if (holds.toldMs > 0) await window.hold(redis, holds.toldMs, false);
    epoch = found;
    settledAt = now() + settlingMs;
    if (alone) onEvent({ kind: 'shared' });
    alone = undefined;
  }

  async function acquireShared(redis: RedisClient, wanted: number): Promise<Permits> {
    if (epoch === undefined) await taught.look();
    const isSettling = alone !== undefined || settledAt > now();
    const reply = await window.acquire(redis, isSettling ? 0 : wanted, grants.last, holds.toldMs);
    learn(reply);
    const { epoch: found, granted, waitMs } = reply;
    const isFirst = epoch === undefined && alone === undefined;
    if (isFirst) epoch = found;
    else if (alone || found !== epoch || hasForgotten()) await rejoin(redis, found);
    if (isFirst || holds.heldMs > holds.toldMs) await holds.lookFurther();
    // Another replica has just learnt the lower limit in Redis, or another program wrote it. A signed entry decides.
    if (reply.limit < taught.limit) await taught.look();
    // Redis had lost its state when it gave these permits, so they are not used.
    if (settledAt > now()) return { granted: 0, waitMs: settledAt - now() };
    return granted > 0 && holds.toldMs > 0 ? { granted: 0, waitMs: holds.toldMs } : { granted, waitMs };
  }

  /** Whether a full Redis has dropped permits: it counts fewer permits than this process alone got. */
  function hasForgotten(): boolean {
    return (contact?.used ?? 0) < grants.after(now() - windowMs + leewayMs);
  }

  async function acquireAlone(wanted: number): Promise<Permits> {
    const limit = limitAlone();
    if (holds.heldMs > 0) return { granted: 0, waitMs: holds.heldMs };
    if (limit < 1) return { granted: 0, waitMs: sightingMs };
    const permits = pace(wanted, { limit, windowMs }, grants.usage(now()));
    grants.add(permits.granted, now());
    return permits;
  }

  function limitAlone(): number {
    // The limit of the last contact may come from another program.
    const last = contact && { ...contact, limit: taught.limit };
    const share = shareOf({ configured, contact: last, replicas });
    if (!alone) {
      alone = { since: now(), own: grants.usage(now()).used };
      onEvent({ kind: 'alone', limit: share.limit, replicas: share.replicas });
    }
    return allowanceAlone({ share: share.limit, contact: last, alone, now: now(), windowMs });
  }

  const acquire = (wanted: number): Promise<Permits> =>
    connection.attempt(
      (redis) => acquireShared(redis, wanted),
      () => acquireAlone(wanted),
    );
  const sighting = setInterval(() => void acquire(0), sightingMs);
  sighting.unref();

  return {
    get heldMs() {
      return holds.heldMs;
    },
    get rate(): Rate {
      return { limit: alone ? limitAlone() : (contact?.limit ?? configured), windowMs };
    },
    get left() {
      if (holds.heldMs > 0) return 0;
      if (alone) return Math.max(0, limitAlone() - grants.usage(now()).used);
      return contact && Math.max(0, contact.limit - contact.used);
    },
    acquire,
    async hold(ms, isTooMany) {
      const isFirstHere = holds.heldMs === 0;
      await holds.told(ms);
      await connection.attempt(
        async (redis) => {
          const { isFirst, learnt } = await window.hold(redis, ms, isTooMany);
          if (isFirst) onEvent({ kind: 'held', milliseconds: ms });
          if (learnt === 0) return;
          onEvent({ kind: 'learnt', limit: learnt });
          await taught.learn(learnt);
        },
        async () => {
          if (isFirstHere) onEvent({ kind: 'held', milliseconds: ms });
        },
      );
    },
    close: () => clearInterval(sighting),
  };
}

interface PartsOptions extends Required<Pick<RedisBucketOptions, 'subject' | 'windowMs' | 'now'>> {
  readonly configured: number;
  readonly signed: RedisBucketOptions['signed'];
}

/** Opens the window in Redis, and what replicas share outside the window: pauses and learnt limits. */
function openParts({ subject, configured, windowMs, signed, now }: PartsOptions): {
  readonly window: RedisWindow;
  readonly taught: LearntLimit;
  readonly holds: Holds;
} {
  const taught = createLearntLimit({ configured, windowMs, signed, subject, now });
  const waits = signed ? createLongWaits(signed, subject) : noLongWaits;
  return {
    taught,
    window: createRedisWindow(subject, { limit: configured, windowMs }, () => taught.limit),
    holds: createHolds({ windowMs, waits, now }),
  };
}
