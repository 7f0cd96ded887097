/** Declares the store that replicas share, in memory or in Redis. Its entries expire automatically. */
import { createHash } from 'node:crypto';

export interface Entry {
  readonly value: Buffer;
  /**
   * Milliseconds until the entry expires. This is a duration, not a time, because the clocks of two machines may
   * differ.
   */
  readonly ttlMs: number;
}

/** A value of an entry. Text is stored as UTF-8. */
export type Value = string | Uint8Array;

/**
 * A store. No call rejects. If Redis fails, entries are stored in this process only. The store is a cache: no value
 * exists only in the store.
 */
export interface Store {
  get(key: string): Promise<Entry | undefined>;
  /** @param ttlMs lifetime in milliseconds, at least 1 */
  set(key: string, value: Value, ttlMs: number): Promise<void>;
  /** Sets the value if the key has no value. Returns whether the value was set. */
  add(key: string, value: Value, ttlMs: number): Promise<boolean>;
  /** Deletes the key if it has this value. Returns whether the key was deleted. */
  deleteIf(key: string, value: Value): Promise<boolean>;
  /** Sets a new lifetime if the key has this value. Returns whether it was set. */
  extendIf(key: string, value: Value, ttlMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Returns the key of an entry, such as `pms-graphql:token:{3f…}:value`. The braces keep all keys of one subject on one
 * node of a cluster. The subject is hashed, because keys are visible in logs and tools.
 */
export function entryKey(area: string, subject: readonly string[], part: string): string {
  return entryKeys(area, subject, [part])[0];
}

/** Returns the keys of several entries of one subject, which is hashed once. */
export function entryKeys<const Parts extends readonly [string, ...string[]]>(
  area: string,
  subject: readonly string[],
  parts: Parts,
): { readonly [At in keyof Parts]: string } {
  const hash = createHash('sha256').update(JSON.stringify(subject)).digest('hex').slice(0, 32);
  return parts.map((part) => `pms-graphql:${area}:{${hash}}:${part}`) as { [At in keyof Parts]: string };
}
