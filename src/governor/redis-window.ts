/** The window of permits as it stands in Redis: its keys, and what the scripts over them are passed and give back. */
import { randomUUID } from 'node:crypto';
import type { RedisClient } from '../store/redis-connection.js';
import { keyOf } from '../store/store.js';
import { learntForMs, type BucketOptions } from './bucket.js';
import type { Grant } from './grants.js';
import { acquireScript, holdScript } from './redis-script.js';

/** What Redis answers to who wants permits. */
export interface Reply {
  /** Another one where Redis has forgotten what it knew. */
  readonly epoch: string;
  readonly granted: number;
  readonly waitMs: number;
  /** Milliseconds for which nothing may be sent. */
  readonly heldMs: number;
  readonly limit: number;
  /** By all replicas, in the window up to now. */
  readonly used: number;
  /** How many processes were seen of late. */
  readonly replicas: number;
}

export interface RedisWindow {
  /**
   * @param last the number of the last permit that this process was given
   * @param toldMs milliseconds for which this process was told that nothing may be sent
   */
  acquire(redis: RedisClient, wanted: number, last: number, toldMs: number): Promise<Reply>;
  /** Tells of permits that Redis does not know of, and asks for none. @param now in the time of the permits */
  enter(redis: RedisClient, grants: readonly Grant[], now: number, last: number): Promise<Reply>;
  /** Whether this is the first to hold it, and the limit that was learnt by that; 0 for none. */
  hold(
    redis: RedisClient,
    ms: number,
    isTooMany: boolean,
  ): Promise<{ readonly isFirst: boolean; readonly learnt: number }>;
}

export function createRedisWindow(
  subject: readonly string[],
  { limit, windowMs }: Pick<BucketOptions, 'limit' | 'windowMs'>,
): RedisWindow {
  const keys = ['grants', 'state', 'replicas'].map((part) => keyOf('rate', subject, part));
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
      wanted,
      replica,
      last,
      // A new one always: with the one that all know, an emptied store would look as if it had forgotten nothing.
      randomUUID(),
      toldMs,
      ...entered,
    )) as [string, number, number, number, number, number, number];
    const [epoch, granted, waitMs, heldMs, kept, used, replicas] = reply;
    return { epoch, granted, waitMs, heldMs, limit: kept, used, replicas };
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
        ms,
        isTooMany ? 1 : 0,
        learntForMs,
      );
      const [isFirst, learnt] = reply as [number, number];
      return { isFirst: isFirst === 1, learnt };
    },
  };
}
