/** Opens the store that the settings name, and creates the seal that encrypts secrets in it. */
import type { Log } from '../log.js';
import { createMemoryStore } from './memory-store.js';
import type { RedisConnection } from './redis-connection.js';
import { createRedisStore } from './redis-store.js';
import { createSeal, deriveKey, type Seal, type SealKey } from './seal.js';
import { createSignatures, type Signatures } from './signatures.js';
import { createSignedStore } from './signed-store.js';
import type { Store } from './store.js';

export interface OpenStoreOptions {
  /** The URL of Redis; undefined for a store in the memory of this process. */
  readonly redisUrl: string | undefined;
  readonly encryptionKeys: readonly SealKey[] | undefined;
  /** Returns secrets that all replicas share. Keys are derived from them if `encryptionKeys` is undefined. */
  readonly sharedSecrets: () => readonly string[];
  /** Maximum number of bytes of all entries in the memory of this process. */
  readonly maxBytes: number;
  readonly log: Log;
}

export interface OpenStore {
  /** The store. If it is Redis, it returns only entries that replicas of this service have written. */
  readonly store: Store;
  /** Encrypts secrets in Redis; undefined if all entries are in this process. */
  readonly seal: Seal | undefined;
  /** Signs what replicas share in Redis; undefined if all entries stay in this process. */
  readonly signatures: Signatures | undefined;
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
    return {
      store: createMemoryStore({ maxBytes }),
      seal: undefined,
      signatures: undefined,
      redis: undefined,
    };
  const store = createRedisStore({
    url: redisUrl,
    maxBytes,
    onChange(event, error) {
      if (event === 'up') log.info('store.up');
      else log.warn(`store.${event}`, { error });
    },
  });
  const keys = encryptionKeys ? () => encryptionKeys : keysDerivedFrom(sharedSecrets);
  const signatures = createSignatures(keys);
  return {
    store: createSignedStore(store, signatures),
    seal: createSeal(keys),
    signatures,
    redis: store.connection,
  };
}

/**
 * Derives keys from secrets. The keys are cached until a secret changes, because they are needed each time an entry
 * is read.
 */
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
