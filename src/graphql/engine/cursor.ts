/** Seals cursors. They are opaque to clients, and valid only for the list that gave them. */
import { createHmac, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { PmsError } from '../../errors.js';
import { decrypt, deriveKey, encrypt, ivBytes, sealBytes } from '../../store/seal.js';

export interface Cursors {
  /**
   * Returns the same cursor for the same place, so that a repeated answer is identical.
   * @param scope the list: field and arguments, without `first` and `after`
   * @param places candidates: the first that makes a cursor of at most `longestCursor` characters is taken
   * @throws TypeError where none does
   */
  seal(scope: string, ...places: readonly unknown[]): string;
  /**
   * Opens a cursor.
   * @throws BAD_CURSOR where no list of this scope gave it
   */
  open(scope: string, cursor: string): unknown;
}

/** Most characters of a cursor. No longer one is given or accepted. */
export const longestCursor = 8_000;
const mostBytes = (longestCursor / 4) * 3 - sealBytes;

/**
 * Creates cursors.
 * @param secret the same on all replicas; without one, cursors are valid for this process only
 */
export function createCursors(secret: string = randomBytes(32).toString('base64')): Cursors {
  const { key } = deriveKey(secret, 'cursor');
  const { key: ivKey } = deriveKey(secret, 'cursor iv');
  // One IV must not serve two texts. So the IV is derived from the text, and equal places have equal cursors.
  const ivOf = (scope: string, bytes: Buffer): Buffer =>
    createHmac('sha256', ivKey).update(JSON.stringify(scope)).update(bytes).digest().subarray(0, ivBytes);
  return {
    seal(scope, ...places) {
      for (const place of places) {
        const bytes = bytesOf(place);
        if (bytes.length <= mostBytes)
          return encrypt(key, ivOf(scope, bytes), bytes, scope).toString('base64url');
      }
      throw new TypeError('The cursor is too long.');
    },
    open(scope, cursor) {
      if (cursor.length > longestCursor) throw badCursor();
      const sealed = Buffer.from(cursor, 'base64url');
      // A cursor in another encoding did not come from here.
      const bytes = sealed.toString('base64url') === cursor ? decrypt(key, sealed, scope) : undefined;
      if (!bytes) throw badCursor();
      return placeIn(bytes);
    },
  };
}

/** First byte of a compressed place. No JSON begins with it. */
const isCompressed = 0;

/** Compresses only a place that is too long, because the compressed length reveals a little of the content. */
function bytesOf(place: unknown): Buffer {
  const bytes = Buffer.from(JSON.stringify(place));
  if (bytes.length <= mostBytes) return bytes;
  return Buffer.concat([Buffer.of(isCompressed), deflateRawSync(bytes)]);
}

function placeIn(bytes: Buffer): unknown {
  const text = bytes[0] === isCompressed ? inflateRawSync(bytes.subarray(1)) : bytes;
  return JSON.parse(text.toString());
}

export function badCursor(): PmsError {
  return new PmsError('BAD_CURSOR', '"after" must be a cursor that this list gave for the same arguments.');
}
