/** Signed entries in Redis: a replica accepts only entries of its own kind, at their own place. */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease, singleFlight } from '../../src/store/lease.js';
import { createMemoryStore } from '../../src/store/memory-store.js';
import { deriveKey } from '../../src/store/seal.js';
import { createSignatures } from '../../src/store/signatures.js';
import { createSignedStore } from '../../src/store/signed-store.js';
import { entryKey, type Store } from '../../src/store/store.js';
import { hasRedisServer, needsRedis, startRedis, type RedisServer } from '../support/redis.js';
import { openSharedStore } from '../support/shared-store.js';

const minute = 60_000;
const [here, there] = [entryKey('test', ['here'], 'copy'), entryKey('test', ['there'], 'copy')];
const keyFrom = (secret: string) => deriveKey(secret, 'encryption');

describe('a signed entry in Redis', () => {
  const inner = createMemoryStore();
  const signed = (...secrets: readonly string[]): Store =>
    createSignedStore(
      inner,
      createSignatures(() => keys(secrets)),
    );
  const made = new Map<string, ReturnType<typeof keyFrom>>();
  const keys = (secrets: readonly string[]) =>
    secrets.map((secret) => {
      const key = made.get(secret) ?? keyFrom(secret);
      made.set(secret, key);
      return key;
    });
  const textAt = async (store: Store, key: string): Promise<string | undefined> =>
    (await store.get(key))?.value.toString();
  const rawAt = async (key: string): Promise<Buffer> => Buffer.from((await inner.get(key))?.value ?? []);

  beforeEach(() => inner.clear());

  it.each(['', 'text', 'a\nb'])('with the value %j is unchanged when it is read', async (value) => {
    await signed('secret').set(here, value, minute);
    expect(await textAt(signed('secret'), here)).toBe(value);
  });

  it('is ignored under another key than its own', async () => {
    const store = signed('secret');
    await store.set(here, 'one', minute);
    await inner.set(there, await rawAt(here), minute);
    expect(await textAt(store, there)).toBeUndefined();
    expect(await textAt(store, here)).toBe('one');
  });

  it('is ignored if one of its bytes is changed, or bytes are missing or added', async () => {
    const store = signed('secret');
    await store.set(here, 'value', minute);
    const raw = await rawAt(here);
    for (let at = 0; at < raw.length; at += 1) {
      const changed = Buffer.from(raw);
      changed[at] = (changed[at] ?? 0) ^ 1;
      for (const odd of [changed, raw.subarray(0, at), Buffer.concat([raw.subarray(0, at), raw])]) {
        if (odd.equals(raw)) continue;
        await inner.set(here, odd, minute);
        expect(await textAt(store, here)).toBeUndefined();
      }
    }
  });

  it('is ignored if it was signed with another secret, and accepted with the previous secret', async () => {
    await signed('old').set(here, 'value', minute);
    expect(await textAt(signed('other'), here)).toBeUndefined();
    const rotated = signed('new', 'old');
    expect(await textAt(rotated, here)).toBe('value');
    expect(await rotated.extendIf(here, 'value', 2 * minute)).toBe(true);
    expect(await rotated.deleteIf(here, 'another')).toBe(false);
    expect(await rotated.deleteIf(here, 'value')).toBe(true);
    expect(await textAt(rotated, here)).toBeUndefined();
  });

  it('is ignored under another key even if no secret is set', async () => {
    await signed().set(here, 'value', minute);
    await inner.set(there, await rawAt(here), minute);
    expect([await textAt(signed(), here), await textAt(signed(), there)]).toEqual(['value', undefined]);
  });
});

describe.skipIf(!hasRedisServer)(`entries in Redis (${needsRedis})`, () => {
  let redis: RedisServer;
  let client: Redis;
  let store: Store;
  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
    store = openSharedStore(redis.url, 'secret');
  });
  beforeEach(() => client.flushall());
  afterAll(async () => {
    client.disconnect();
    await store.close();
    await redis.stop();
  });

  const kinds: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['a foreign text', () => client.set(here, 'text', 'PX', minute)],
    ['an empty text', () => client.set(here, '', 'PX', minute)],
    ['a list', () => client.rpush(here, 'a')],
    ['a hash', () => client.hset(here, 'a', 'b')],
    ['a set', () => client.sadd(here, 'a')],
    ['a sorted set', () => client.zadd(here, 1, 'a')],
    ['a stream', () => client.xadd(here, '*', 'a', 'b')],
    [
      'an entry without a time to live',
      () => store.set(here, 'ours', minute).then(() => client.persist(here)),
    ],
  ];

  it.each(kinds)('an invalid entry is ignored and overwritten: %s', async (_kind, write) => {
    await write();
    expect(await store.get(here)).toBeUndefined();
    await store.set(here, 'ours', minute);
    expect((await store.get(here))?.value.toString()).toBe('ours');
  });

  it.each([
    ...kinds,
    [
      'a lease for years',
      () => store.add(here, 'holder', minute).then(() => client.pexpire(here, 999_999_999_000)),
    ] as const,
  ])('an invalid lease delays no caller: %s', async (_kind, write) => {
    await write();
    const began = performance.now();
    const done = singleFlight({ store, key: here, look: async () => undefined, work: async () => 'done' });
    expect(await done).toBe('done');
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('a lease of another replica is respected until it is released', async () => {
    const lease = await acquireLease(store, here, 5_000);
    expect(await acquireLease(store, here, 5_000)).toBeUndefined();
    await lease?.release();
    expect(await acquireLease(store, here, 5_000)).toBeDefined();
  });

  it('an entry of up to 3,000,000 bytes is unchanged when it is read', async () => {
    for (const size of [65_491, 65_492, 65_493, 3_000_000]) {
      const value = randomBytes(size);
      await store.set(here, value, minute);
      expect((await store.get(here))?.value.equals(value), String(size)).toBe(true);
    }
  });

  it('an entry of 60,000,000 bytes is not transferred from Redis', async () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let at = 0; at < 8; at += 1) {
      await client.setrange(`${here}${at}`, 60_000_000, 'x');
      await client.pexpire(`${here}${at}`, minute);
    }
    const fetched = async (): Promise<number> =>
      Number(/total_net_output_bytes:(\d+)/.exec(await client.info('stats'))?.[1]);
    const sent = await fetched();
    const all = Array.from({ length: 8 }, (_, at) => store.get(`${here}${at}`));
    expect(await Promise.all(all)).toEqual(all.map(() => undefined));
    expect((await fetched()) - sent).toBeLessThan(1_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });
});
