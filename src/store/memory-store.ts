/** The store of one process: bounded by bytes, what was used least recently goes first. */
import type { Store, Value } from './store.js';

export interface MemoryStoreOptions {
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Most bytes of all keys and values together. @default 64 MiB */
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
  // A Map remembers the order in which entries were put in: the first is the one used least recently.
  const entries = new Map<string, Held>();
  let bytes = 0;

  function find(key: string): Held | undefined {
    const held = entries.get(key);
    if (held === undefined || held.expiresAt > now()) return held;
    remove(key);
    return undefined;
  }

  function put(key: string, value: Value, ttlMs: number): void {
    remove(key);
    const held = { value: Buffer.from(value), expiresAt: now() + ttlMs };
    entries.set(key, held);
    bytes += sizeOf(key, held);
    for (const oldest of entries.keys()) {
      if (bytes <= maxBytes) break;
      remove(oldest);
    }
  }

  function remove(key: string): void {
    const held = entries.get(key);
    if (held === undefined) return;
    entries.delete(key);
    bytes -= sizeOf(key, held);
  }

  function holds(key: string, value: Value): boolean {
    return find(key)?.value.equals(Buffer.from(value)) ?? false;
  }

  return {
    async get(key) {
      const held = find(key);
      if (held === undefined) return undefined;
      entries.delete(key);
      entries.set(key, held);
      return { value: held.value, ttlMs: held.expiresAt - now() };
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
      remove(key);
      return true;
    },
    async extendIf(key, value, ttlMs) {
      if (!holds(key, value)) return false;
      put(key, value, ttlMs);
      return true;
    },
    clear() {
      entries.clear();
      bytes = 0;
    },
    async close() {
      this.clear();
    },
  };
}

function sizeOf(key: string, { value }: Held): number {
  return Buffer.byteLength(key) + value.byteLength;
}
