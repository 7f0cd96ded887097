/** Creates and opens cursors. They are encrypted, and valid only for the list that issued them. */
import { createHmac, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { PmsError } from '../../errors.js';
import { decrypt, deriveKey, encrypt, ivBytes, sealBytes } from '../../store/seal.js';

export interface Cursors {
  /**
   * Returns the cursor of a position. Equal positions have equal cursors, so that equal requests get identical
   * responses.
   * @param scope identifies the list: field and arguments, without `first` and `after`
   * @param places alternatives; the first one whose cursor has at most `longestCursor` characters is used
   * @throws TypeError if all cursors would be too long
   */
  seal(scope: string, ...places: readonly unknown[]): string;
  /**
   * Decrypts a cursor.
   * @throws BAD_CURSOR if the cursor was not issued for this scope
   */
  open(scope: string, cursor: string): unknown;
}

/** Maximum number of characters of a cursor. Longer cursors are neither created nor accepted. */
export const longestCursor = 8_000;
const mostBytes = (longestCursor / 4) * 3 - sealBytes;

/** @param secret the same on all replicas; without a secret, cursors are valid for this process only */
export function createCursors(secret: string = randomBytes(32).toString('base64')): Cursors {
  const { key } = deriveKey(secret, 'cursor');
  const { key: ivKey } = deriveKey(secret, 'cursor iv');
  // An IV must not be used for two different texts. So it is derived from the text, and equal positions have equal
  // cursors.
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
      // A cursor in another encoding does not come from this service.
      const bytes = sealed.toString('base64url') === cursor ? decrypt(key, sealed, scope) : undefined;
      if (!bytes) throw badCursor();
      return placeIn(bytes);
    },
  };
}

/** The first byte of a compressed position. A JSON text never begins with this byte. */
const isCompressed = 0;

/**
 * Compresses a position only if it is too long, because the length of compressed data reveals a little of their
 * content.
 */
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
  return new PmsError(
    'BAD_CURSOR',
    '"after" must be a cursor that this list returned for the same arguments.',
  );
}
