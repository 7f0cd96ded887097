/**
 * The store of all replicas, in Redis or Valkey: GET, PTTL, SET PX NX, MULTI, EXEC, EVAL and PING, each on one key.
 * While Redis is away a store of this process stands in, and is emptied when it is back.
 */
import { createMemoryStore } from './memory-store.js';
import { connectRedis, type RedisConnection, type RedisConnectionOptions } from './redis-connection.js';
import type { Entry, Store, Value } from './store.js';

export interface RedisStore extends Store {
  /** For what needs other commands than a store has. */
  readonly connection: RedisConnection;
}

const deleteIfSame = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

const extendIfSame = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

export interface RedisStoreOptions extends RedisConnectionOptions {
  /** Most bytes of what stands in for it. @default as of the store in memory */
  readonly maxBytes?: number;
}

export function createRedisStore({
  onChange = () => undefined,
  maxBytes,
  ...options
}: RedisStoreOptions): RedisStore {
  const standIn = createMemoryStore(maxBytes === undefined ? {} : { maxBytes });
  const connection = connectRedis({
    ...options,
    onChange(event, error) {
      if (event === 'up') standIn.clear();
      onChange(event, error);
    },
  });
  const { attempt } = connection;

  return {
    connection,
    get: (key) =>
      attempt(
        async (redis) => entryOf(await redis.multi().getBuffer(key).pttl(key).exec()),
        () => standIn.get(key),
      ),
    set: (key, value, ttlMs) =>
      attempt(
        async (redis) => void (await redis.set(key, bytesOf(value), 'PX', wholeMs(ttlMs))),
        () => standIn.set(key, value, ttlMs),
      ),
    add: (key, value, ttlMs) =>
      attempt(
        async (redis) => (await redis.set(key, bytesOf(value), 'PX', wholeMs(ttlMs), 'NX')) === 'OK',
        () => standIn.add(key, value, ttlMs),
      ),
    deleteIf: (key, value) =>
      attempt(
        async (redis) => (await redis.eval(deleteIfSame, 1, key, bytesOf(value))) === 1,
        () => standIn.deleteIf(key, value),
      ),
    extendIf: (key, value, ttlMs) =>
      attempt(
        async (redis) => (await redis.eval(extendIfSame, 1, key, bytesOf(value), wholeMs(ttlMs))) === 1,
        () => standIn.extendIf(key, value, ttlMs),
      ),
    async close() {
      connection.close();
      await standIn.close();
    },
  };
}

type Replies = readonly (readonly [error: Error | null, reply: unknown])[] | null;

function entryOf(replies: Replies): Entry | undefined {
  const failed = replies?.find(([error]) => error !== null);
  if (failed) throw failed[0];
  const [value, ttlMs] = (replies ?? []).map(([, reply]) => reply);
  return Buffer.isBuffer(value) && typeof ttlMs === 'number' && ttlMs > 0 ? { value, ttlMs } : undefined;
}

function bytesOf(value: Value): Buffer {
  return typeof value === 'string'
    ? Buffer.from(value)
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function wholeMs(ttlMs: number): number {
  return Math.max(1, Math.ceil(ttlMs));
}
