/** Opens the store of replicas with a given Redis and secret. They trust the entries that a test puts into it. */
import { createRedisStore } from '../../src/store/redis-store.js';
import { deriveKey } from '../../src/store/seal.js';
import { createSignatures } from '../../src/store/signatures.js';
import { createSignedStore } from '../../src/store/signed-store.js';
import type { Store } from '../../src/store/store.js';

export function openSharedStore(url: string, secret: string): Store {
  const keys = [deriveKey(secret, 'encryption')];
  return createSignedStore(
    createRedisStore({ url, patienceMs: 5_000 }),
    createSignatures(() => keys),
  );
}
