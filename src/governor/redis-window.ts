/** Accesses the window of permits in Redis: its keys, and the arguments and results of the scripts. */
import { randomUUID } from 'node:crypto';
import type { RedisClient } from '../store/redis-connection.js';
import type { Signatures } from '../store/signatures.js';
import { entryKey } from '../store/store.js';
import type { BucketOptions } from './bucket.js';
import type { Grant } from './pace.js';
import { acquireScript, holdScript } from './redis-script.js';
import { createReplicaNames } from './replica-names.js';

/** Redis's response to a request for permits. */
export interface Reply {
  /** Identifies the state in Redis. It changes if Redis has lost its state. */
  readonly epoch: string;
  readonly granted: number;
  readonly waitMs: number;
  /** Milliseconds during which no request may be sent. */
  readonly heldMs: number;
  readonly limit: number;
  /** Permits that all replicas have used in the current window. */
  readonly used: number;
  /** Number of processes that have used the bucket recently. Undefined if permits were wanted. */
  readonly replicas: number | undefined;
}

export interface RedisWindow {
  /**
   * Requests permits.
   * @param last the number of this process's last permit
   * @param toldMs milliseconds of a pause that the upstream demanded from this process
   */
  acquire(redis: RedisClient, wanted: number, last: number, toldMs: number): Promise<Reply>;
  /**
   * Enters permits that Redis has lost. It requests no new permits.
   * @param now the current time, on the same clock as `grants`
   */
  enter(redis: RedisClient, grants: readonly Grant[], now: number, last: number): Promise<Reply>;
  /** Returns whether no pause was in force before, and the limit that was learnt from the refusal (0 if none). */
  hold(
    redis: RedisClient,
    ms: number,
    isTooMany: boolean,
  ): Promise<{ readonly isFirst: boolean; readonly learnt: number }>;
}

/** @param learnt returns the limit that replicas have learnt */
export function createRedisWindow(
  subject: readonly string[],
  { limit, windowMs }: Pick<BucketOptions, 'limit' | 'windowMs'>,
  signatures: Signatures | undefined,
  learnt: () => number,
): RedisWindow {
  const names = createReplicaNames(signatures, subject);
  const keys = ['grants', 'state', 'replicas'].map((part) => entryKey('rate', subject, part));
  const replica = randomUUID();

  async function step(
    redis: RedisClient,
    wanted: number,
    last: number,
    toldMs: number,
    entered: readonly number[],
  ): Promise<Reply> {
    const reply = (await redis.eval(
      acquireScript,
      keys.length,
      ...keys,
      limit,
      windowMs,
      learnt(),
      wanted,
      replica,
      last,
      // The epoch must be new each time. With an epoch that was used before, an emptied store would look as if it had
      // lost nothing.
      randomUUID(),
      toldMs,
      names.own(),
      ...entered,
    )) as [string, number, number, number, number, number, string[]];
    const [epoch, granted, waitMs, heldMs, kept, used, found] = reply;
    return {
      epoch,
      granted,
      waitMs,
      heldMs,
      limit: kept,
      used,
      replicas: wanted === 0 ? names.count(found) : undefined,
    };
  }

  return {
    acquire: (redis, wanted, last, toldMs) => step(redis, wanted, last, toldMs, []),
    enter: (redis, grants, now, last) =>
      step(
        redis,
        0,
        last,
        0,
        grants.flatMap(({ number, at }) => [now - at, number]),
      ),
    async hold(redis, ms, isTooMany) {
      const reply = await redis.eval(
        holdScript,
        keys.length,
        ...keys,
        limit,
        windowMs,
        learnt(),
        ms,
        isTooMany ? 1 : 0,
      );
      const [isFirst, limitNow] = reply as [number, number];
      return { isFirst: isFirst === 1, learnt: limitNow };
    },
  };
}
