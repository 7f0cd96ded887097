/**
 * A Redis that is slow, stopped, refused or gone: the first command waits for a moment, and later ones do not wait until it
 * is back.
 */
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRedisStore, type RedisStore } from '../../src/store/redis-store.js';
import { entryKey } from '../../src/store/store.js';
import {
  hasRedisServer,
  needsRedis,
  startRedis,
  startRedisCluster,
  type RedisServer,
} from '../support/redis.js';
import { isQuick } from '../support/tier.js';

describe.skipIf(!hasRedisServer)(`a store whose Redis fails (${needsRedis})`, () => {
  let redis: RedisServer;
  let store: RedisStore;
  let events: string[];
  beforeEach(async () => {
    redis = await startRedis();
    events = [];
    store = open(redis.url);
    await store.set('kept', 'in Redis', 60_000);
  });
  afterEach(async () => {
    await store.close();
    redis.resume();
    await redis.stop();
  });

  function open(url: string): RedisStore {
    return createRedisStore({ url, probeMs: 50, onChange: (event) => void events.push(event) });
  }

  async function timed(act: () => Promise<unknown>): Promise<number> {
    const began = performance.now();
    await act();
    return performance.now() - began;
  }

  test('waits for only one command if Redis stops answering', async () => {
    redis.pause();
    expect(await timed(() => store.get('kept'))).toBeGreaterThanOrEqual(240);
    expect(events).toEqual(['down']);
    // A thousand commands with such a delay would take four minutes.
    const rest = await timed(async () => {
      for (let call = 0; call < 1_000; call++) await store.get('kept');
    });
    expect(rest).toBeLessThan(10_000);
    redis.resume();
    await vi.waitFor(() => expect(events).toEqual(['down', 'up']), { timeout: 10_000 });
    expect((await store.get('kept'))?.value.toString()).toBe('in Redis');
  });

  test('uses the memory of the process while Redis is down, and Redis again afterwards', async () => {
    await redis.stop();
    expect(await store.get('kept')).toBeUndefined();
    expect(await store.add('lease', 'a', 60_000)).toBe(true);
    expect(await store.add('lease', 'b', 60_000)).toBe(false);
    expect(await store.deleteIf('lease', 'a')).toBe(true);
    await redis.start();
    await vi.waitFor(() => expect(events).toEqual(['down', 'up']), { timeout: 10_000 });
    await store.set('kept', 'again', 60_000);
    const other = open(redis.url);
    expect((await other.get('kept'))?.value.toString()).toBe('again');
    await other.close();
  });

  test('does not copy entries into Redis that were stored in the memory of the process', async () => {
    await redis.stop();
    await store.set('meanwhile', 'in this process', 60_000);
    expect((await store.get('meanwhile'))?.value.toString()).toBe('in this process');
    await redis.start();
    await vi.waitFor(() => expect(events).toContain('up'), { timeout: 10_000 });
    expect(await store.get('meanwhile')).toBeUndefined();
  });

  test('keeps using a Redis that refuses one command', async () => {
    await store.connection.attempt(
      (redis) => redis.lpush('list', 'no string'),
      async () => 0,
    );
    expect(await store.get('list')).toBeUndefined();
    expect(events).toEqual(['refused']);
    expect((await store.get('kept'))?.value.toString()).toBe('in Redis');
  });

  test('uses a response of Redis that arrived in time while the process was busy', async () => {
    const reading = store.get('kept');
    await setTimeout(0);
    const until = performance.now() + 400;
    while (performance.now() < until);
    expect((await reading)?.value.toString()).toBe('in Redis');
    expect(events).toEqual([]);
  });
});

test('a store without a Redis at its address stores entries in the memory of the process', async () => {
  const events: string[] = [];
  const store = createRedisStore({
    url: 'redis://127.0.0.1:1',
    onChange: (event) => void events.push(event),
  });
  await store.set('key', 'value', 60_000);
  expect((await store.get('key'))?.value.toString()).toBe('value');
  expect(events).toEqual(['down']);
  await store.close();
});

test.skipIf(isQuick || !hasRedisServer)(
  `a store whose Redis cluster lacks a node waits once, and then uses the memory of the process (${needsRedis})`,
  async () => {
    const cluster = await startRedisCluster();
    const events: string[] = [];
    const store = createRedisStore({ url: cluster.url, onChange: (event) => void events.push(event) });
    const keys = Array.from({ length: 30 }, (_, at) => entryKey('test', [String(at)], 'value'));
    for (const key of keys) await store.set(key, 'before', 60_000);
    await cluster.stopNode();
    const slow: number[] = [];
    const until = performance.now() + 6_000;
    while (performance.now() < until) {
      for (const key of keys) {
        const began = performance.now();
        await store.set(key, 'after', 60_000);
        expect((await store.get(key))?.value.toString()).toBe('after');
        if (performance.now() - began > 200) slow.push(performance.now() - began);
      }
      await setTimeout(100);
    }
    expect(events).toEqual(['down']);
    expect(slow.length).toBeLessThanOrEqual(1);
    await store.close();
    await cluster.stop();
  },
);
