/** The store that the settings ask for, and what is needed to keep secrets in it. */
import type { Log } from '../log.js';
import { createMemoryStore } from './memory-store.js';
import type { RedisConnection } from './redis-connection.js';
import { createRedisStore } from './redis-store.js';
import { createSeal, deriveKey, type Seal, type SealKey } from './seal.js';
import type { Store } from './store.js';

export interface OpenStoreOptions {
  /** Undefined: the memory of this process. */
  readonly redisUrl: string | undefined;
  readonly encryptionKeys: readonly SealKey[] | undefined;
  /** What all replicas know; keys are derived from it where none are given. */
  readonly sharedSecrets: () => readonly string[];
  /** Most bytes in the memory of this process. */
  readonly maxBytes: number;
  readonly log: Log;
}

export interface OpenStore {
  readonly store: Store;
  /** Undefined where nothing leaves this process. */
  readonly seal: Seal | undefined;
  readonly redis: RedisConnection | undefined;
}

export function openStore({
  redisUrl,
  encryptionKeys,
  sharedSecrets,
  maxBytes,
  log,
}: OpenStoreOptions): OpenStore {
  if (redisUrl === undefined)
    return { store: createMemoryStore({ maxBytes }), seal: undefined, redis: undefined };
  const store = createRedisStore({
    url: redisUrl,
    maxBytes,
    onChange(event, error) {
      if (event === 'up') log.info('store.up');
      else log.warn(`store.${event}`, { error });
    },
  });
  const seal = createSeal(
    () => encryptionKeys ?? sharedSecrets().map((secret) => deriveKey(secret, 'encryption')),
  );
  return { store, seal, redis: store.connection };
}
