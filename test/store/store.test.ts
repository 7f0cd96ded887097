/** One contract for every store, for the lease and for the shared work over it. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acquireLease, singleFlight } from '../../src/store/lease.js';
import { createMemoryStore } from '../../src/store/memory-store.js';
import { createRedisStore } from '../../src/store/redis-store.js';
import { entryKey, type Store } from '../../src/store/store.js';
import {
  hasRedis,
  hasRedisServer,
  needsRedis,
  redisUrl,
  startRedis,
  startRedisCluster,
  type RedisServer,
} from '../support/redis.js';

const minute = 60_000;

describe('the store in memory', () => {
  const store = createMemoryStore();
  contract(
    () => store,
    () => store,
  );

  test('removes the least recently used entry when it is full', async () => {
    const small = createMemoryStore({ maxBytes: 33 });
    for (const key of ['a', 'b', 'c']) await small.set(key, '0123456789', minute);
    await small.get('a');
    await small.set('d', '0123456789', minute);
    const kept = await Promise.all(['a', 'b', 'c', 'd'].map(async (key) => (await small.get(key)) && key));
    expect(kept).toEqual(['a', undefined, 'c', 'd']);
  });

  test('ignores a value that is larger than its size limit', async () => {
    const small = createMemoryStore({ maxBytes: 5 });
    await small.set('key', 'too long', minute);
    expect(await small.get('key')).toBeUndefined();
    await small.set('k', 'fits', minute);
    expect((await small.get('k'))?.value.toString()).toBe('fits');
  });

  test('keeps a value unchanged when the caller changes the bytes that it passed', async () => {
    const bytes = Buffer.from('before');
    await store.set('bytes', bytes, minute);
    bytes.write('after!');
    expect((await store.get('bytes'))?.value.toString()).toBe('before');
  });
});

describe.skipIf(!hasRedis)(`the store in Redis (${needsRedis} and REDIS_URL is unset)`, () => {
  let redis: RedisServer | undefined;
  let stores: readonly [Store, Store];
  beforeAll(async () => {
    redis = hasRedisServer ? await startRedis() : undefined;
    const url = redis?.url ?? redisUrl ?? '';
    stores = [createRedisStore({ url, patienceMs: 2_000 }), createRedisStore({ url, patienceMs: 2_000 })];
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await redis?.stop();
  });
  contract(
    () => stores[0],
    () => stores[1],
  );
});

describe.skipIf(!hasRedisServer)(`the store in a cluster of Redis (${needsRedis})`, () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  let stores: readonly [Store, Store];
  const told: string[] = [];
  beforeAll(async () => {
    cluster = await startRedisCluster();
    const options = {
      url: cluster.url,
      patienceMs: 2_000,
      onChange: (event: string) => void told.push(event),
    };
    stores = [createRedisStore(options), createRedisStore(options)];
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await cluster.stop();
  });
  contract(
    () => stores[0],
    () => stores[1],
  );
  test('never falls back to the memory of the process', () => {
    expect(told).toEqual([]);
  });
});

/** The test changes the store of one process (`mine`), and reads the store of another (`theirs`). */
function contract(mine: () => Store, theirs: () => Store): void {
  const freshKey = (): string => entryKey('test', [randomUUID()], 'value');

  test('returns text and bytes unchanged to every process, with their remaining time to live', async () => {
    const [text, bytes] = [freshKey(), freshKey()];
    await mine().set(text, 'Läkemedel', minute);
    await mine().set(bytes, Uint8Array.of(0, 255, 10, 13), minute);
    const entry = await theirs().get(text);
    expect(entry?.value.toString()).toBe('Läkemedel');
    expect(entry?.ttlMs).toBeGreaterThan(minute / 2);
    expect(entry?.ttlMs).toBeLessThanOrEqual(minute);
    expect([...((await theirs().get(bytes))?.value ?? [])]).toEqual([0, 255, 10, 13]);
  });

  test('stores only the given part of a larger buffer', async () => {
    const key = freshKey();
    await mine().set(key, Buffer.from('before-part-after').subarray(7, 11), minute);
    expect((await theirs().get(key))?.value.toString()).toBe('part');
  });

  test('returns no value for a key that was not set', async () => {
    expect(await mine().get(freshKey())).toBeUndefined();
  });

  test('removes an entry after its time to live', async () => {
    const key = freshKey();
    await mine().set(key, 'short', 20);
    await setTimeout(60);
    expect(await theirs().get(key)).toBeUndefined();
  });

  test('replaces a value and its time to live', async () => {
    const key = freshKey();
    await mine().set(key, 'first', 50);
    await theirs().set(key, 'second', minute);
    await setTimeout(80);
    expect((await mine().get(key))?.value.toString()).toBe('second');
  });

  test('adds a value only if the key has no value, or its value has expired', async () => {
    const key = freshKey();
    expect(await mine().add(key, 'first', 1_000)).toBe(true);
    expect(await theirs().add(key, 'second', minute)).toBe(false);
    expect((await mine().get(key))?.value.toString()).toBe('first');
    await setTimeout(1_100);
    expect(await theirs().add(key, 'third', minute)).toBe(true);
  });

  test('accepts only one of several values that are added for a key at the same time', async () => {
    const key = freshKey();
    const added = await Promise.all(
      Array.from({ length: 40 }, (_, at) => (at % 2 ? mine() : theirs()).add(key, String(at), minute)),
    );
    expect(added.filter(Boolean)).toHaveLength(1);
  });

  test('deletes a value, or extends its time to live, only if the value is the expected one', async () => {
    const key = freshKey();
    await mine().set(key, 'mine', 1_000);
    expect(await theirs().deleteIf(key, 'theirs')).toBe(false);
    expect(await theirs().extendIf(key, 'theirs', minute)).toBe(false);
    expect((await mine().get(key))?.ttlMs).toBeLessThanOrEqual(1_000);
    expect(await mine().extendIf(key, 'mine', minute)).toBe(true);
    expect((await theirs().get(key))?.ttlMs).toBeGreaterThan(1_000);
    expect(await mine().deleteIf(key, Buffer.from('mine'))).toBe(true);
    expect(await mine().deleteIf(key, 'mine')).toBe(false);
    expect(await mine().extendIf(key, 'mine', minute)).toBe(false);
  });

  test('gives a lease to one holder at a time, for as long as the holder renews it', async () => {
    const key = freshKey();
    const lease = await acquireLease(mine(), key, 1_000);
    await setTimeout(1_500);
    expect(await acquireLease(theirs(), key, 500)).toBeUndefined();
    await lease?.release();
    const next = await acquireLease(theirs(), key, 500);
    await lease?.release();
    expect(await acquireLease(mine(), key, 500)).toBeUndefined();
    await next?.release();
  });

  test('gives a lease to the next process when the holder was killed', async () => {
    const key = freshKey();
    await mine().add(key, 'a holder that was killed', 800);
    expect(await acquireLease(theirs(), key, 150)).toBeUndefined();
    await setTimeout(900);
    const lease = await acquireLease(theirs(), key, 150);
    expect(lease).toBeDefined();
    await lease?.release();
  });

  test('lets one of several processes do shared work, and the others get its result', async () => {
    const [key, result] = [freshKey(), freshKey()];
    let done = 0;
    const one = (store: Store): Promise<string> =>
      singleFlight({
        store,
        key,
        look: async () => (await store.get(result))?.value.toString(),
        work: async () => {
          await setTimeout(50);
          await store.set(result, `done ${++done}`, minute);
          return `done ${done}`;
        },
      });
    const all = await Promise.all(Array.from({ length: 20 }, (_, at) => one(at % 2 ? mine() : theirs())));
    expect(new Set(all)).toEqual(new Set(['done 1']));
  });

  test('lets the next process do shared work if the first one fails', async () => {
    const key = freshKey();
    const failed = new Error('failed');
    let tries = 0;
    const one = (): Promise<string> =>
      singleFlight({
        store: mine(),
        key,
        look: async () => undefined,
        work: async () => {
          if (++tries === 1) throw failed;
          return 'done';
        },
      });
    const outcomes = await Promise.allSettled([one(), one()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('lets a process abort its wait for shared work', async () => {
    const key = freshKey();
    const lease = await acquireLease(mine(), key, 1_000);
    const leaving = new AbortController();
    const { signal } = leaving;
    const waiting = singleFlight({
      store: theirs(),
      key,
      look: async () => undefined,
      work: async () => 'never',
      signal,
    });
    leaving.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await lease?.release();
  });
}

describe('the key of a store entry', () => {
  test('has the same hash tag for value and lease, and does not reveal what they are about', () => {
    const subject = ['https://login.example/token', 'client-1'];
    const [value, lease] = [entryKey('token', subject, 'value'), entryKey('token', subject, 'lease')];
    expect(value).toMatch(/^pms-graphql:token:\{[\da-f]{32}\}:value$/);
    expect(/\{.+\}/.exec(lease)?.[0]).toBe(/\{.+\}/.exec(value)?.[0]);
    expect(entryKey('token', ['https://login.example/tokenclient-1'], 'value')).not.toBe(value);
  });
});
