/** Signs values for one place of a store. Only replicas that share a secret can make the signatures. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { SealKey } from './seal.js';
import type { Value } from './store.js';

export interface Signatures {
  /** Returns the signature with each key: 43 characters of base64url. New values get the first one. */
  each(place: string, value: Value): readonly [string, ...string[]];
  /** Returns whether a replica has signed this value for this place. */
  accepts(place: string, value: Value, signature: string): boolean;
}

/**
 * The signing key if replicas share no secret. Its signature still detects truncated and moved entries, and entries of
 * another version.
 */
const nobodys: SealKey = { id: 'none', key: Buffer.alloc(0) };

/** @param keys called at each use; the first key signs, and the signatures of all keys are accepted */
export function createSignatures(keys: () => readonly SealKey[]): Signatures {
  const signing = new WeakMap<SealKey, Buffer>();

  function signingKey(key: SealKey): Buffer {
    const known = signing.get(key) ?? Buffer.from(hkdfSync('sha256', key.key, '', 'pms-graphql place', 32));
    signing.set(key, known);
    return known;
  }

  function each(place: string, value: Value): readonly [string, ...string[]] {
    const [first = nobodys, ...others] = keys();
    const signed = (key: SealKey): string =>
      createHmac('sha256', signingKey(key)).update(`${place}\n`).update(value).digest('base64url');
    return [signed(first), ...others.map(signed)];
  }

  return {
    each,
    accepts(place, value, signature) {
      const given = Buffer.from(signature);
      return each(place, value).some((right) => {
        const bytes = Buffer.from(right);
        return bytes.length === given.length && timingSafeEqual(bytes, given);
      });
    },
  };
}
