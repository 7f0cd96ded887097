/**
 * Encrypts stored secrets with AES-256-GCM. A sealed text begins with the id of its key. It can be opened only for
 * the store entry for which it was sealed.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

export interface SealKey {
  /** The id of the key: up to 32 letters, digits, `-` and `_`. */
  readonly id: string;
  /** The key itself, 32 bytes. */
  readonly key: Buffer;
}

export interface Seal {
  /** @param place the key of the store entry; `open` needs the same key */
  seal(text: string, place: string): string;
  /** Returns undefined if the text was sealed with another key or for another entry, is damaged, or is not sealed. */
  open(sealed: Buffer, place: string): string | undefined;
}

const algorithm = 'aes-256-gcm';
export const ivBytes = 12;
const tagBytes = 16;

/** @param keys called at each use; the first key encrypts, and all keys decrypt */
export function createSeal(keys: () => readonly SealKey[]): Seal {
  return {
    seal(text, place) {
      const [first] = keys();
      if (first === undefined) throw new TypeError('A seal needs a key');
      const sealed = encrypt(first.key, randomBytes(ivBytes), Buffer.from(text), place);
      return `${first.id}:${sealed.toString('base64')}`;
    },
    open(sealed, place) {
      const [id, encoded = ''] = sealed.toString('utf8').split(':');
      const found = keys().find((key) => key.id === id);
      return found && decrypt(found.key, Buffer.from(encoded, 'base64'), place)?.toString('utf8');
    },
  };
}

/** The number of bytes by which a sealed text is longer than its content. */
export const sealBytes = ivBytes + tagBytes;

/** @param iv 12 bytes that are used with this key for one text only */
export function encrypt(key: Buffer, iv: Buffer, bytes: Buffer, place: string): Buffer {
  const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(place));
  return Buffer.concat([iv, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** Decrypts bytes; returns undefined if `encrypt` did not create them with this key for this entry. */
export function decrypt(key: Buffer, sealed: Buffer, place: string): Buffer | undefined {
  if (sealed.length < sealBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(place))
    .setAuthTag(sealed.subarray(-tagBytes));
  const bytes = decipher.update(sealed.subarray(ivBytes, -tagBytes));
  try {
    return Buffer.concat([bytes, decipher.final()]);
  } catch {
    return undefined;
  }
}

/**
 * Derives a key from a secret. It is the same key in every replica. If the secret can be guessed, the key is weak.
 */
export function deriveKey(secret: string, purpose: string): SealKey {
  const key = Buffer.from(hkdfSync('sha256', secret, '', `pms-graphql ${purpose}`, 32));
  return { id: `derived-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`, key };
}

/**
 * Reads keys as `keyid:base64`, separated by commas. Returns undefined if a key does not have 256 bits, or an id
 * occurs twice.
 */
export function parseSealKeys(text: string): readonly SealKey[] | undefined {
  const keys = text.split(',').map((part) => {
    const [, id = '', encoded = ''] = /^\s*([\w-]{1,32}):([\w+/-]{43}=?)\s*$/.exec(part) ?? [];
    return { id, key: Buffer.from(encoded, 'base64') };
  });
  const isRight = keys.every(({ id, key }) => id !== '' && key.length === 32);
  return isRight && new Set(keys.map(({ id }) => id)).size === keys.length ? keys : undefined;
}
