/** What the replicas share: small values that expire by themselves, kept in memory or in Redis. */
import { createHash } from 'node:crypto';

export interface Entry {
  readonly value: Buffer;
  /** Milliseconds that it has left; a duration, so that no clock of two machines has to agree. */
  readonly ttlMs: number;
}

/** Text is kept as its UTF-8 bytes. */
export type Value = string | Uint8Array;

/**
 * No call rejects: a store that fails has nothing to give, and takes what it is given for as long as it fails in this
 * process alone. It is good for sparing work, and never the only place of anything.
 */
export interface Store {
  get(key: string): Promise<Entry | undefined>;
  /** @param ttlMs milliseconds, at least 1 */
  set(key: string, value: Value, ttlMs: number): Promise<void>;
  /** Sets it only where there is nothing; says whether it did. */
  add(key: string, value: Value, ttlMs: number): Promise<boolean>;
  /** Deletes it only where it still has this value; says whether it did. */
  deleteIf(key: string, value: Value): Promise<boolean>;
  /** Gives it a new time to live only where it still has this value; says whether it did. */
  extendIf(key: string, value: Value, ttlMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * The name of an entry: `pms-graphql:token:{3f…}:value`. The braces keep all parts of one subject on one node of a
 * cluster, and the subject is hashed, since names show up in logs and tools.
 */
export function keyOf(area: string, subject: readonly string[], part: string): string {
  const hash = createHash('sha256').update(JSON.stringify(subject)).digest('hex').slice(0, 32);
  return `pms-graphql:${area}:{${hash}}:${part}`;
}
