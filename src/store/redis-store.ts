/**
 * Stores entries of all replicas in Redis or Valkey. Its commands are GETRANGE, STRLEN, PTTL, SET PX NX, MULTI, EXEC,
 * EVAL of GET, DEL and PEXPIRE, and PING, each on one key. While Redis is down, a store in the memory of this process
 * is used. That store is emptied when Redis is available again.
 */
import pLimit from 'p-limit';
import { createMemoryStore } from './memory-store.js';
import { mostOfParcel } from './parcel.js';
import { connectRedis, type RedisConnection, type RedisConnectionOptions } from './redis-connection.js';
import type { Entry, Store, Value } from './store.js';

export interface RedisStore extends Store {
  /** The connection, for code that needs other Redis commands than a store does. */
  readonly connection: RedisConnection;
}

const deleteIfSame = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

const extendIfSame = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** The number of bytes of an entry that the first command reads. Nearly all entries are smaller. */
const small = 65_536;
/** Maximum number of bytes of an entry: a parcel and its signature. */
const mostBytes = mostOfParcel + 1_000;
/**
 * Maximum number of large entries that are read at the same time. Each must be in memory completely before its
 * signature can be checked.
 */
const mostLarge = 2;

export interface RedisStoreOptions extends RedisConnectionOptions {
  /**
   * Maximum size in bytes of the memory store that is used while Redis is down. @default that of `createMemoryStore`
   */
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
  const oneLarge = pLimit(mostLarge);

  async function get(key: string): Promise<Entry | undefined> {
    const found = await attempt<Piece | undefined>(
      async (redis) =>
        readOf(
          await redis
            .multi()
            .getrangeBuffer(key, 0, small - 1)
            .pttl(key)
            .strlen(key)
            .exec(),
        ),
      () => standIn.get(key),
    );
    if (!found || (found.bytes ?? 0) <= small) return found;
    // A larger entry is not read. Another program must have written it, because no replica writes entries of this size.
    if ((found.bytes ?? 0) > mostBytes) return undefined;
    return oneLarge(() =>
      attempt(
        async (redis) =>
          readOf(
            await redis
              .multi()
              .getrangeBuffer(key, 0, mostBytes - 1)
              .pttl(key)
              .exec(),
          ),
        async () => undefined,
      ),
    );
  }

  return {
    connection,
    get,
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

/** An entry, or its first bytes. `bytes` is the size of the whole entry. It is set if STRLEN was sent. */
interface Piece extends Entry {
  readonly bytes?: number;
}

function readOf(replies: Replies): Piece | undefined {
  const failed = replies?.find(([error]) => error !== null);
  if (failed) throw failed[0];
  const [value, ttlMs, bytes] = (replies ?? []).map(([, reply]) => reply);
  if (!Buffer.isBuffer(value) || value.byteLength === 0 || typeof ttlMs !== 'number' || ttlMs <= 0)
    return undefined;
  return { value, ttlMs, ...(typeof bytes === 'number' && { bytes }) };
}

function bytesOf(value: Value): Buffer {
  return typeof value === 'string'
    ? Buffer.from(value)
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function wholeMs(ttlMs: number): number {
  return Math.max(1, Math.ceil(ttlMs));
}
