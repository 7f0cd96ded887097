/** Declares the store that replicas share: small values that expire by themselves, in memory or in Redis. */
import { createHash } from 'node:crypto';

export interface Entry {
  readonly value: Buffer;
  /** Milliseconds until it expires. It is a duration, so that the clocks of two machines need not agree. */
  readonly ttlMs: number;
}

/** Text is kept as its UTF-8 bytes. */
export type Value = string | Uint8Array;

/**
 * A store. No call rejects: a failing store returns nothing, and keeps new values in this process only. It serves to
 * save work, and is never the only place of a value.
 */
export interface Store {
  get(key: string): Promise<Entry | undefined>;
  /** @param ttlMs milliseconds, at least 1 */
  set(key: string, value: Value, ttlMs: number): Promise<void>;
  /** Sets the value only where the key has none; returns whether it did. */
  add(key: string, value: Value, ttlMs: number): Promise<boolean>;
  /** Deletes the key only while it has this value; returns whether it did. */
  deleteIf(key: string, value: Value): Promise<boolean>;
  /** Sets a new time to live only while the key has this value; returns whether it did. */
  extendIf(key: string, value: Value, ttlMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Returns the key of an entry: `pms-graphql:token:{3f…}:value`. The braces keep all parts of one subject on one node of
 * a cluster. The subject is hashed, since keys show up in logs and tools.
 */
export function entryKey(area: string, subject: readonly string[], part: string): string {
  const hash = createHash('sha256').update(JSON.stringify(subject)).digest('hex').slice(0, 32);
  return `pms-graphql:${area}:{${hash}}:${part}`;
}
