/** Cursors: opaque to clients, sealed, and good only for the list that gave them. */
import { createHmac, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { PmsError } from '../../errors.js';
import { decrypt, deriveKey, encrypt, ivBytes, sealBytes } from '../../store/seal.js';

export interface Cursors {
  /**
   * The same cursor each time, so that an answer that is given again is the same.
   * @param scope the list: field and arguments, `first` and `after` apart
   * @param places the first of which that makes a cursor of at most `longestCursor` characters is taken
   * @throws TypeError where none does
   */
  seal(scope: string, ...places: readonly unknown[]): string;
  /** @throws BAD_CURSOR when the cursor was not given by a list of this scope */
  open(scope: string, cursor: string): unknown;
}

/** Most characters of a cursor: no longer one is given, or taken. */
export const longestCursor = 8_000;
const mostBytes = (longestCursor / 4) * 3 - sealBytes;

/** @param secret the same on all replicas; without one, cursors are good for this process only */
export function createCursors(secret: string = randomBytes(32).toString('base64')): Cursors {
  const { key } = deriveKey(secret, 'cursor');
  const { key: ivKey } = deriveKey(secret, 'cursor iv');
  // One IV must not meet two texts: it is made of the text, so that equal places have equal cursors.
  const ivOf = (scope: string, bytes: Buffer): Buffer =>
    createHmac('sha256', ivKey).update(JSON.stringify(scope)).update(bytes).digest().subarray(0, ivBytes);
  return {
    seal(scope, ...places) {
      for (const place of places) {
        const bytes = bytesOf(place);
        if (bytes.length <= mostBytes)
          return encrypt(key, ivOf(scope, bytes), bytes, scope).toString('base64url');
      }
      throw new TypeError('a cursor that is too long cannot be given');
    },
    open(scope, cursor) {
      if (cursor.length > longestCursor) throw badCursor();
      const sealed = Buffer.from(cursor, 'base64url');
      // What is written in another way was not given so.
      const bytes = sealed.toString('base64url') === cursor ? decrypt(key, sealed, scope) : undefined;
      if (!bytes) throw badCursor();
      return placeIn(bytes);
    },
  };
}

/** Stands before what is compressed: no JSON begins so. */
const isCompressed = 0;

/** Only what is too long is compressed: how far that goes tells a little of what is in it. */
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
    '"after" must be a cursor that this same list gave, with the same arguments.',
  );
}
