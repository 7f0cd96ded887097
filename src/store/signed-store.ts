/**
 * Signs the entries of a store. Reads return only entries that replicas of this service have written for the same
 * key. Entries of other programs or versions count as missing. So do truncated entries, and entries that were moved
 * to another key.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { SealKey } from './seal.js';
import type { Entry, Store, Value } from './store.js';

/** The number of characters before a value: the signature and a line end. */
const tagLength = 44;

/**
 * The key for signatures if replicas share no secret. Such a signature still detects entries that were truncated or
 * moved, and entries of another version.
 */
const nobodys: SealKey = { id: 'none', key: Buffer.alloc(0) };

/** @param keys called at each use; the first key signs, and the signatures of all keys are accepted */
export function createSignedStore(inner: Store, keys: () => readonly SealKey[]): Store {
  const signing = new WeakMap<SealKey, Buffer>();

  function signingKeys(): readonly Buffer[] {
    const [first = nobodys, ...others] = keys();
    return [first, ...others].map((key) => {
      const known = signing.get(key) ?? Buffer.from(hkdfSync('sha256', key.key, '', 'pms-graphql place', 32));
      signing.set(key, known);
      return known;
    });
  }

  function signed(place: string, value: Value, key = signingKeys()[0] ?? nobodys.key): Buffer {
    return Buffer.concat([tagOf(key, place, value), Buffer.from(value as Uint8Array)]);
  }

  function opened(place: string, { value: stored, ttlMs }: Entry): Entry | undefined {
    if (stored.byteLength < tagLength) return undefined;
    const [tag, value] = [stored.subarray(0, tagLength), stored.subarray(tagLength)];
    const isOurs = signingKeys().some((key) => timingSafeEqual(tagOf(key, place, value), tag));
    return isOurs ? { value, ttlMs } : undefined;
  }

  /** Checks the value against the signature of each key, because an earlier key may have signed it. */
  async function withEach(
    place: string,
    value: Value,
    act: (stored: Buffer) => Promise<boolean>,
  ): Promise<boolean> {
    for (const key of signingKeys()) if (await act(signed(place, value, key))) return true;
    return false;
  }

  return {
    async get(key) {
      const entry = await inner.get(key);
      return entry && opened(key, entry);
    },
    set: (key, value, ttlMs) => inner.set(key, signed(key, value), ttlMs),
    add: (key, value, ttlMs) => inner.add(key, signed(key, value), ttlMs),
    deleteIf: (key, value) => withEach(key, value, (stored) => inner.deleteIf(key, stored)),
    extendIf: (key, value, ttlMs) => withEach(key, value, (stored) => inner.extendIf(key, stored, ttlMs)),
    close: () => inner.close(),
  };
}

function tagOf(key: Buffer, place: string, value: Value): Buffer {
  const hmac = createHmac('sha256', key).update(`${place}\n`).update(value);
  return Buffer.from(`${hmac.digest('base64url')}\n`);
}
