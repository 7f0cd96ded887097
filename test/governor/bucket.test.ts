/** One test suite for the rate bucket of a process and for the bucket shared by all replicas. */
import { Redis } from 'ioredis';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bucket, BucketEvent, BucketOptions } from '../../src/governor/bucket.js';
import { createGrants, pace } from '../../src/governor/pace.js';
import { createMemoryBucket } from '../../src/governor/memory-bucket.js';
import { createRedisBucket } from '../../src/governor/redis-bucket.js';
import { createMemoryStore } from '../../src/store/memory-store.js';
import { connectRedis } from '../../src/store/redis-connection.js';
import { deriveKey } from '../../src/store/seal.js';
import { createSignatures, type Signatures } from '../../src/store/signatures.js';
import { entryKey, type Store } from '../../src/store/store.js';
import {
  hasRedisServer,
  needsRedis,
  startRedis,
  startRedisCluster,
  type RedisServer,
} from '../support/redis.js';
import { isQuick } from '../support/tier.js';

type Open = (options: BucketOptions) => Bucket;

function contract(open: Open): void {
  test('a bucket gives half of the limit at once, then one permit after the other', async () => {
    const bucket = open({ limit: 10, windowMs: 60_000 });
    expect((await bucket.acquire(3)).granted).toBe(3);
    const rest = await bucket.acquire(9);
    expect(rest.granted).toBe(2);
    expect(rest.waitMs).toBeGreaterThan(9_000);
    expect(rest.waitMs).toBeLessThanOrEqual(10_000);
    expect((await bucket.acquire(1)).granted).toBe(0);
    expect(bucket.rate).toEqual({ limit: 10, windowMs: 60_000 });
    expect(bucket.left).toBe(5);
    await bucket.hold(1_000, false);
    expect(bucket.left).toBe(0);
  });

  test('a bucket decides like its reference rule, step by step', async () => {
    const [limit, windowMs] = [12, 1_200];
    const bucket = open({ limit, windowMs });
    const grants = createGrants(windowMs);
    for (let step = 0; step < 40; step += 1) {
      const before = performance.now();
      const { granted } = await bucket.acquire(1 + (step % 3));
      const [early, late] = [before, performance.now()].map(
        (at) => pace(1 + (step % 3), { limit, windowMs }, grants.usage(at)).granted,
      );
      // The bucket decided at some moment between the two, with exact times that only it has.
      expect(granted).toBeGreaterThanOrEqual((early ?? 0) - 1);
      expect(granted).toBeLessThanOrEqual((late ?? 0) + 1);
      grants.add(granted, before);
      await setTimeout(30);
    }
  });

  test('a bucket holds all requests back for the longest requested pause', async () => {
    const bucket = open({ limit: 10, windowMs: 60_000 });
    await bucket.hold(400, false);
    await bucket.hold(50, false);
    expect(bucket.heldMs).toBeGreaterThan(300);
    const { granted, waitMs } = await bucket.acquire(1);
    expect(granted).toBe(0);
    expect(waitMs).toBeGreaterThan(200);
    await setTimeout(waitMs + 5);
    expect((await bucket.acquire(1)).granted).toBe(1);
  });

  test('a bucket lowers the limit once for requests that are refused together', async () => {
    const events: BucketEvent[] = [];
    const bucket = open({ limit: 20, windowMs: 60_000, onEvent: (event) => void events.push(event) });
    await bucket.acquire(10);
    await Promise.all([bucket.hold(50, true), bucket.hold(50, true), bucket.hold(50, true)]);
    expect(events).toEqual([
      { kind: 'held', milliseconds: 50 },
      { kind: 'learnt', limit: 10 },
    ]);
    await setTimeout(80);
    expect((await bucket.acquire(5)).granted).toBe(0);
    expect(bucket.rate.limit).toBe(10);
  });

  test('a bucket lowers the limit once in a window, because an upstream that refuses everything does not reveal its rate', async () => {
    const events: BucketEvent[] = [];
    const bucket = open({ limit: 40, windowMs: 600, onEvent: (event) => void events.push(event) });
    const learnt = (): readonly BucketEvent[] => events.filter(({ kind }) => kind === 'learnt');
    for (let refused = 0; refused < 4; refused += 1) {
      await bucket.hold(20, true);
      await setTimeout(40);
    }
    expect(learnt()).toEqual([{ kind: 'learnt', limit: 20 }]);
    await setTimeout(600);
    await bucket.hold(20, true);
    expect(learnt()).toHaveLength(2);
  });
}

describe('the bucket of one process', () => {
  contract(createMemoryBucket);

  test('gives every permit if there is no limit, but still observes a requested pause', async () => {
    const bucket = createMemoryBucket({ limit: Infinity, windowMs: 60_000 });
    expect(await bucket.acquire(5_000)).toEqual({ granted: 5_000, waitMs: 0 });
    expect(bucket.left).toBeUndefined();
    await bucket.hold(1_000, true);
    expect((await bucket.acquire(1)).granted).toBe(0);
  });
});

describe.skipIf(!hasRedisServer)(`the bucket of all replicas (${needsRedis})`, () => {
  let redis: RedisServer;
  const ends: (() => void)[] = [];
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) end();
    redis.resume();
    await redis.stop();
  });

  function open(
    options: BucketOptions & {
      readonly replicas?: number;
      readonly url?: string;
      readonly signed?: Store;
      readonly signatures?: Signatures;
    },
  ): Bucket {
    const connection = connectRedis({ url: options.url ?? redis.url, probeMs: 50 });
    const bucket = createRedisBucket({ subject: ['https://pms.example/v1'], ...options, connection });
    ends.push(() => {
      bucket.close();
      connection.close();
    });
    return bucket;
  }

  contract(open);

  test.skipIf(isQuick)('the shared bucket is on one node of a Redis cluster', async () => {
    const cluster = await startRedisCluster();
    const events: BucketEvent[] = [];
    const options = { limit: 10, windowMs: 60_000, onEvent: (event: BucketEvent) => void events.push(event) };
    const [one, other] = [open({ ...options, url: cluster.url }), open({ ...options, url: cluster.url })];
    expect((await one.acquire(4)).granted).toBe(4);
    expect((await other.acquire(4)).granted).toBe(1);
    expect(events).toEqual([]);
    for (const end of ends.splice(0)) end();
    await cluster.stop();
  });

  test.skipIf(isQuick).each([
    ['all', (keys: readonly string[]) => keys],
    ['the permits alone', (keys: readonly string[]) => keys.filter((key) => key.endsWith(':grants'))],
  ])('the shared bucket gives no second burst if Redis has lost %s', async (_what, lost) => {
    const options = { limit: 30, windowMs: 60_000 };
    const buckets = [open(options), open(options), open(options)];
    let given = 0;
    for (const bucket of buckets) given += (await bucket.acquire(5)).granted;
    expect(given).toBe(15);
    const client = new Redis(redis.url);
    await client.del(...lost(await client.keys('*')));
    client.disconnect();
    const until = performance.now() + 3_500;
    while (performance.now() < until) {
      for (const bucket of buckets) given += (await bucket.acquire(30)).granted;
      await setTimeout(100);
    }
    // The bucket gives half of the limit at once, and then one permit in four seconds.
    expect(given).toBeLessThanOrEqual(17);
  });

  test('the shared bucket counts the permits of all replicas, and makes all of them wait', async () => {
    const [one, other] = [open({ limit: 10, windowMs: 60_000 }), open({ limit: 10, windowMs: 60_000 })];
    expect((await one.acquire(4)).granted).toBe(4);
    expect((await other.acquire(4)).granted).toBe(1);
    expect(other.left).toBe(5);
    await one.hold(5_000, false);
    expect((await other.acquire(1)).waitMs).toBeGreaterThan(4_000);
    // A replica without requests also learns of the pause, at its next regular check.
    const third = open({ limit: 10, windowMs: 60_000 });
    expect(third.left).toBeUndefined();
    await vi.waitFor(() => expect(third.heldMs).toBeGreaterThan(0), { timeout: 5_000 });
  });

  test('the shared bucket keeps a pause longer than a window, even if the replica that received it has ended', async () => {
    const store = createMemoryStore();
    const options = { limit: 10, windowMs: 1_000, signed: store };
    const [one, other] = [open(options), open(options)];
    await one.acquire(1);
    await one.hold(600_000, false);
    await other.acquire(1);
    for (const bucket of [one, other]) expect(bucket.heldMs).toBeGreaterThan(590_000);
    one.close();
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    const third = open(options);
    expect(await third.acquire(1)).toMatchObject({ granted: 0 });
    expect(third.heldMs).toBeGreaterThan(590_000);
  });

  test('an entry of another program in Redis delays nobody for longer than a window', async () => {
    const client = new Redis(redis.url);
    const at = (part: string): string => entryKey('rate', ['https://pms.example/v1'], part);
    const signed = createMemoryStore();
    const bucket = open({ limit: 20, windowMs: 3_000, signed });
    const [second = '0'] = await client.time();
    await client.hset(at('state'), { heldUntil: 1_000 * Number(second) + 3_500 });
    expect((await bucket.acquire(1)).granted).toBe(0);
    expect(bucket.heldMs).toBeLessThanOrEqual(4_000);
    await client.flushall();
    // More than half of the limit is used shortly after now.
    const [now = '0', micros = '0'] = await client.time();
    const soon = 1_000 * Number(now) + Number(micros) / 1_000 + 900;
    await client.zadd(at('grants'), ...Array.from({ length: 12 }, (_, n) => [soon, `stranger:${n}`]).flat());
    const other = open({ limit: 20, windowMs: 60_000, signed });
    expect(await other.acquire(5)).toMatchObject({ granted: 0 });
    expect(other.left).toBe(8);
    client.disconnect();
  });

  test('an entry of another program in Redis lowers the rate for no longer than a window, and not for replicas that learn later', async () => {
    const client = new Redis(redis.url);
    const state = entryKey('rate', ['https://pms.example/v1'], 'state');
    const far = Date.now() + 3_500_000;
    const lower = (): Promise<number> =>
      client.hset(state, { limit: 4, learntUntil: far, learntAt: Date.now() - 1_800_000 });
    const options = { limit: 40, windowMs: 60_000, signed: createMemoryStore() };
    await lower();
    const bucket = open(options);
    await bucket.acquire(1);
    expect(bucket.rate.limit).toBe(40);
    // For one window the entry may be what a replica has just learnt.
    await client.hset(state, { limit: 4, learntUntil: Date.now() + 50_000 });
    await bucket.acquire(1);
    expect(bucket.rate.limit).toBe(4);
    // A refusal halves the limit that replicas have learnt, not the lower one of the foreign entry.
    await bucket.hold(20, true);
    await client.del(state);
    const other = open(options);
    await setTimeout(50);
    await other.acquire(1);
    expect(other.rate.limit).toBe(20);
    client.disconnect();
  });

  test('a limit that one replica has learnt applies to all for an hour, even if Redis is emptied or the replica ends', async () => {
    const options = { limit: 40, windowMs: 400, signed: createMemoryStore() };
    const [one, other] = [open(options), open(options)];
    for (const bucket of [one, other]) await bucket.acquire(1);
    await one.hold(20, true);
    await setTimeout(50);
    await other.acquire(1);
    one.close();
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    // The wait is longer than the window for which Redis keeps the state.
    await setTimeout(900);
    const third = open(options);
    for (const bucket of [other, third]) await bucket.acquire(1);
    expect([other.rate.limit, third.rate.limit]).toEqual([20, 20]);
  });

  test.each([
    ['no text of ours', 'half'],
    ['a limit of 0', '[0,9999999999999]'],
    ['a limit above the configured one', '[400,9999999999999]'],
    ['a time that is over', '[5,1000]'],
  ])('a message of replicas about the limit that is %s is ignored', async (_what, text) => {
    const signed = createMemoryStore();
    await signed.set(entryKey('rate', ['https://pms.example/v1'], 'learnt'), text, 3_600_000);
    const bucket = open({ limit: 40, windowMs: 60_000, signed });
    await bucket.acquire(1);
    await bucket.acquire(1);
    expect(bucket.rate.limit).toBe(40);
  });

  describe('any foreign entry in Redis', () => {
    const options = { limit: 20, windowMs: 60_000 };
    const far = Date.now() + 10 * 365 * 86_400_000;
    const tenThousand = Array.from({ length: 10_000 }, (_, at) => [Date.now(), `stranger:${at}`]).flat();

    test.each<[string, (client: Redis, at: (part: string) => string) => Promise<unknown>]>([
      [
        'a limit of 0',
        (client, at) => client.hset(at('state'), { limit: 0, learntUntil: Date.now() + 60_000 }),
      ],
      ['a limit below 0', (client, at) => client.hset(at('state'), { limit: -5, learntUntil: far })],
      ['a limit for ever', (client, at) => client.hset(at('state'), { limit: 2, learntUntil: far })],
      ['a limit that is none', (client, at) => client.hset(at('state'), { limit: 'x', learntUntil: 'nan' })],
      [
        'no limit beside its time',
        (client, at) => client.hset(at('state'), { learntUntil: Date.now() + 60_000 }),
      ],
      ['a wait of years', (client, at) => client.hset(at('state'), { heldUntil: far })],
      [
        'half an hour of a wait',
        (client, at) => client.hset(at('state'), { heldUntil: Date.now() + 1_800_000 }),
      ],
      ['a long text for a wait', (client, at) => client.hset(at('state'), { heldUntil: '1'.repeat(1_000) })],
      ['a wait without end', (client, at) => client.hset(at('state'), { heldUntil: 'inf' })],
      ['a wait that is none', (client, at) => client.hset(at('state'), { heldUntil: 'nan', learntAt: '{}' })],
      ['a long name of an epoch', (client, at) => client.hset(at('state'), { epoch: 'x'.repeat(1_000_000) })],
      [
        'permits of the future',
        (client, at) => client.zadd(at('grants'), ...[1, 2, 3].flatMap((n) => [far + n, n])),
      ],
      ['permits without end', (client, at) => client.zadd(at('grants'), 'inf', 'a', '-inf', 'b')],
      ['more permits than there can be', (client, at) => client.zadd(at('grants'), ...tenThousand)],
      [
        'replicas of the future',
        (client, at) => client.zadd(at('replicas'), ...[1, 2, 3].flatMap((n) => [far, n])),
      ],
      ['more replicas than there can be', (client, at) => client.zadd(at('replicas'), ...tenThousand)],
      ['text for permits', (client, at) => client.set(at('grants'), 'text')],
      ['a list for a state', (client, at) => client.rpush(at('state'), 'a', 'b')],
      ['a stream for replicas', (client, at) => client.xadd(at('replicas'), '*', 'a', 'b')],
    ])('(%s) does not change the permits', async (_what, write) => {
      const client = new Redis(redis.url);
      await write(client, (part) => entryKey('rate', ['https://pms.example/v1'], part));
      const events: BucketEvent[] = [];
      const bucket = open({ ...options, onEvent: (event) => void events.push(event) });
      expect((await bucket.acquire(20)).granted).toBe(10);
      expect([bucket.rate.limit, bucket.heldMs]).toEqual([20, 0]);
      expect(await client.zcard(entryKey('rate', ['https://pms.example/v1'], 'replicas'))).toBe(1);
      expect(events).toEqual([]);
      // The bucket learns a limit as before.
      await bucket.hold(20, true);
      expect(events).toEqual([
        { kind: 'held', milliseconds: 20 },
        { kind: 'learnt', limit: 10 },
      ]);
      client.disconnect();
    });
  });

  test.skipIf(isQuick)(
    'the shared bucket limits each replica to a safe share while Redis is down, and all to the limit when Redis is back and empty',
    async () => {
      const events: BucketEvent[] = [];
      const limit = 40;
      const options = { limit, windowMs: 60_000, onEvent: (event: BucketEvent) => void events.push(event) };
      const buckets = [open(options), open(options), open(options), open(options)];
      const [first] = buckets;
      let given = (await first?.acquire(12))?.granted ?? 0;
      // By now all replicas have seen each other and the used permits.
      await setTimeout(1_200);
      await redis.stop();
      for (const bucket of buckets) given += (await bucket.acquire(limit)).granted;
      for (const bucket of buckets) given += (await bucket.acquire(limit)).granted;
      expect(events).toContainEqual({ kind: 'alone', limit: limit / 4, replicas: 4 });
      expect(given).toBeGreaterThan(12);
      expect(given).toBeLessThanOrEqual(limit);
      await redis.start();
      await vi.waitFor(() => expect(events.filter(({ kind }) => kind === 'shared')).toHaveLength(4), {
        timeout: 10_000,
      });
      await setTimeout(2_000);
      // The emptied Redis has again all permits that were used before and meanwhile.
      for (const bucket of buckets) given += (await bucket.acquire(limit)).granted;
      expect(given).toBeLessThanOrEqual(limit);
    },
  );

  test('names of replicas that another program wrote to Redis do not make the share of a replica smaller while Redis is down', async () => {
    const events: BucketEvent[] = [];
    const signatures = createSignatures(() => [deriveKey('the secret of the replicas', 'encryption')]);
    const options = { limit: 40, windowMs: 60_000, signatures };
    const [one] = [open({ ...options, onEvent: (event) => void events.push(event) }), open(options)];
    await one.acquire(1);
    const client = new Redis(redis.url);
    const place = entryKey('rate', ['https://pms.example/v1'], 'replicas');
    const hour = Math.floor(Date.now() / 3_600_000);
    const foreign = Array.from({ length: 300 }, (_, at) => [
      Date.now(),
      `name${at}.${hour}.signature`,
    ]).flat();
    await client.zadd(place, ...foreign, Date.now(), 'x'.repeat(100_000));
    client.disconnect();
    // The replica looks at the names every half second.
    await setTimeout(1_200);
    await redis.stop();
    await one.acquire(1);
    expect(events).toContainEqual({ kind: 'alone', limit: 20, replicas: 2 });
  });

  test('the shared bucket uses the configured number of replicas if none was ever seen', async () => {
    await redis.stop();
    const bucket = open({ limit: 100, windowMs: 60_000, replicas: 10 });
    expect((await bucket.acquire(100)).granted).toBe(5);
    expect(bucket.rate.limit).toBe(10);
  });
});
