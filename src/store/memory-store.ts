/**
 * Stores entries in the memory of one process, up to a number of bytes. The least recently used entry is removed
 * first.
 */
import { LRUCache } from 'lru-cache';
import type { Store, Value } from './store.js';

export interface MemoryStoreOptions {
  /** Returns the time in monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Maximum number of bytes of all keys and values together. @default 64 MiB */
  readonly maxBytes?: number;
}

export interface MemoryStore extends Store {
  clear(): void;
}

interface Held {
  readonly value: Buffer;
  readonly expiresAt: number;
}

export function createMemoryStore({
  now = () => performance.now(),
  maxBytes = 64 * 1024 * 1024,
}: MemoryStoreOptions = {}): MemoryStore {
  const entries = new LRUCache<string, Held>({
    maxSize: maxBytes,
    sizeCalculation: ({ value }, key) => Buffer.byteLength(key) + value.byteLength,
  });

  // The `ttl` of lru-cache is not used, because it treats a lifetime of 0 as endless, and a clock at 0 as missing.
  function find(key: string): Held | undefined {
    const held = entries.get(key);
    if (held === undefined || held.expiresAt > now()) return held;
    entries.delete(key);
    return undefined;
  }

  function put(key: string, value: Value, ttlMs: number): void {
    entries.set(key, { value: Buffer.from(value), expiresAt: now() + ttlMs });
  }

  function holds(key: string, value: Value): boolean {
    return find(key)?.value.equals(Buffer.from(value)) ?? false;
  }

  return {
    async get(key) {
      const held = find(key);
      return held && { value: held.value, ttlMs: held.expiresAt - now() };
    },
    async set(key, value, ttlMs) {
      put(key, value, ttlMs);
    },
    async add(key, value, ttlMs) {
      if (find(key) !== undefined) return false;
      put(key, value, ttlMs);
      return true;
    },
    async deleteIf(key, value) {
      if (!holds(key, value)) return false;
      entries.delete(key);
      return true;
    },
    async extendIf(key, value, ttlMs) {
      if (!holds(key, value)) return false;
      put(key, value, ttlMs);
      return true;
    },
    clear() {
      entries.clear();
    },
    async close() {
      this.clear();
    },
  };
}
