/**
 * Creates a bucket for all replicas in Redis or Valkey, by EVAL of TIME, TYPE, UNLINK, HMGET, HSET, HLEN, HSTRLEN,
 * ZADD, ZRANGE, ZCARD, ZREMRANGEBYSCORE and PEXPIRE, on three keys of one slot. Libraries such as rate-limiter-flexible
 * count in fixed windows, which allow twice the limit around an edge.
 */
import type { RedisClient, RedisConnection } from '../store/redis-connection.js';
import type { Signatures } from '../store/signatures.js';
import type { Store } from '../store/store.js';
import type { Bucket, BucketOptions } from './bucket.js';
import { createHolds } from './holds.js';
import { createLearntLimit } from './learnt-limit.js';
import { createLongWaits } from './long-waits.js';
import { createGrants, pace, type Permits, type Rate } from './pace.js';
import { createRedisWindow, type Reply } from './redis-window.js';
import { createOwnShare, type Contact } from './share.js';

export interface RedisBucketOptions extends BucketOptions {
  readonly connection: RedisConnection;
  /** The identity of this upstream's bucket: the base URL. */
  readonly subject: readonly string[];
  /** The number of processes that share the limit. If undefined, the number that was seen last. */
  readonly replicas?: number | undefined;
  /**
   * A store for long pauses and learnt limits that replicas share. It returns only entries written by replicas.
   * @default replicas do not share these
   */
  readonly signed?: Pick<Store, 'get' | 'set'> | undefined;
  /** Signs the names of replicas. @default every name in Redis counts as a replica */
  readonly signatures?: Signatures | undefined;
}

const sightingMs = 500;
/**
 * Tolerance in milliseconds for differences of clocks and for network delays, when a process calculates when a permit
 * no longer counts in the window of the rate limit.
 */
const leewayMs = 1_000;
/**
 * Milliseconds without permits after Redis can be reached again. During this time all replicas reconnect, and enter
 * the permits that they used.
 */
const settlingMs = 1_500;
/** Maximum number of permits that one script enters. Redis does nothing else during a script. */
const mostEntered = 1_000;

export function createRedisBucket({
  connection,
  subject,
  limit: configured,
  windowMs,
  replicas,
  signed,
  signatures,
  onEvent = () => undefined,
  now = () => performance.now(),
}: RedisBucketOptions): Bucket {
  const taught = createLearntLimit({ configured, windowMs, signed, subject, now });
  const holds = createHolds({ windowMs, waits: signed && createLongWaits(signed, subject), now });
  const window = createRedisWindow(subject, { limit: configured, windowMs }, signatures, () => taught.limit);
  const grants = createGrants(windowMs);
  let epoch: string | undefined;
  let contact: Contact | undefined;
  let settledAt = -Infinity;
  const share = createOwnShare({
    configured,
    replicas,
    windowMs,
    // The limit of the last contact may come from another program.
    contact: () => contact && { ...contact, limit: taught.limit },
    used: () => grants.usage(now()).used,
    onEvent,
    now,
  });

  function learn({ granted, heldMs: held, limit, used, replicas: seen }: Reply): void {
    grants.add(granted, now());
    holds.found(held);
    contact = { at: now(), limit, used, replicas: seen ?? contact?.replicas };
  }

  /**
   * Rejoins Redis after an outage or a loss of its state. Enters the permits that this process used, and waits for
   * those of all replicas.
   */
  async function rejoin(redis: RedisClient, found: string): Promise<void> {
    const recent = grants.recent(now());
    for (let at = 0; at < recent.length; at += mostEntered)
      learn(await window.enter(redis, recent.slice(at, at + mostEntered), now(), grants.last));
    if (holds.toldMs > 0) await window.hold(redis, holds.toldMs, false);
    epoch = found;
    settledAt = now() + settlingMs;
    share.end();
  }

  async function acquireShared(redis: RedisClient, wanted: number): Promise<Permits> {
    if (epoch === undefined) await taught.look();
    const isSettling = share.isUsed || settledAt > now();
    const reply = await window.acquire(redis, isSettling ? 0 : wanted, grants.last, holds.toldMs);
    learn(reply);
    const { epoch: found, granted, waitMs } = reply;
    const isFirst = epoch === undefined && !share.isUsed;
    if (isFirst) epoch = found;
    else if (share.isUsed || found !== epoch || hasForgotten()) await rejoin(redis, found);
    if (isFirst || holds.heldMs > holds.toldMs) await holds.lookFurther();
    // Another replica has just learnt the lower limit, or another program wrote it. A signed entry shows which.
    if (reply.limit < taught.limit) await taught.look();
    // Redis had lost its state when it gave these permits, so they are not used.
    if (settledAt > now()) return { granted: 0, waitMs: settledAt - now() };
    return granted > 0 && holds.toldMs > 0 ? { granted: 0, waitMs: holds.toldMs } : { granted, waitMs };
  }

  /** Whether a full Redis has deleted permits: it counts fewer than this process alone has used. */
  function hasForgotten(): boolean {
    return (contact?.used ?? 0) < grants.after(now() - windowMs + leewayMs);
  }

  async function acquireAlone(wanted: number): Promise<Permits> {
    const limit = share.limit();
    if (holds.heldMs > 0) return { granted: 0, waitMs: holds.heldMs };
    if (limit < 1) return { granted: 0, waitMs: sightingMs };
    const permits = pace(wanted, { limit, windowMs }, grants.usage(now()));
    grants.add(permits.granted, now());
    return permits;
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
      return { limit: share.isUsed ? share.limit() : (contact?.limit ?? configured), windowMs };
    },
    get left() {
      if (holds.heldMs > 0) return 0;
      if (share.isUsed) return Math.max(0, share.limit() - grants.usage(now()).used);
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
