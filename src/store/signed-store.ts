/**
 * Signs the entries of a store. Reads return only entries that replicas of this service have written for the same
 * key. Entries of other programs or versions count as missing. So do truncated entries, and entries that were moved
 * to another key.
 */
import type { Signatures } from './signatures.js';
import type { Entry, Store, Value } from './store.js';

/** The number of characters before a value: the signature and a line end. */
const tagLength = 44;

export function createSignedStore(inner: Store, signatures: Signatures): Store {
  function signed(place: string, value: Value): Buffer {
    return tagged(signatures.each(place, value)[0], value);
  }

  function opened(place: string, { value: stored, ttlMs }: Entry): Entry | undefined {
    if (stored.byteLength < tagLength || stored[tagLength - 1] !== lineEnd) return undefined;
    const [signature, value] = [stored.toString('latin1', 0, tagLength - 1), stored.subarray(tagLength)];
    return signatures.accepts(place, value, signature) ? { value, ttlMs } : undefined;
  }

  /** Checks the value against the signature of each key, because an earlier key may have signed it. */
  async function withEach(
    place: string,
    value: Value,
    act: (stored: Buffer) => Promise<boolean>,
  ): Promise<boolean> {
    for (const signature of signatures.each(place, value))
      if (await act(tagged(signature, value))) return true;
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

const lineEnd = 10;

function tagged(signature: string, value: Value): Buffer {
  return Buffer.concat([Buffer.from(`${signature}\n`), Buffer.from(value as Uint8Array)]);
}
