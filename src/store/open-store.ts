/** The store that the settings ask for, and what is needed to keep secrets in it. */
import type { Log } from '../log.js';
import { createMemoryStore } from './memory-store.js';
import type { RedisConnection } from './redis-connection.js';
import { createRedisStore } from './redis-store.js';
import { createSeal, deriveKey, type Seal, type SealKey } from './seal.js';
import { createSignedStore } from './signed-store.js';
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
  /** Of what is outside of this process, it gives back what replicas have put there, and nothing else. */
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
  const keys = encryptionKeys ? () => encryptionKeys : keysDerivedFrom(sharedSecrets);
  return { store: createSignedStore(store, keys), seal: createSeal(keys), redis: store.connection };
}

/** Derived anew when a secret has changed: each entry that is read needs them. */
function keysDerivedFrom(sharedSecrets: () => readonly string[]): () => readonly SealKey[] {
  let from: readonly string[] = [];
  let keys: readonly SealKey[] = [];
  return () => {
    const secrets = sharedSecrets();
    if (secrets.length !== from.length || secrets.some((secret, at) => secret !== from[at])) {
      from = secrets;
      keys = secrets.map((secret) => deriveKey(secret, 'encryption'));
    }
    return keys;
  };
}
