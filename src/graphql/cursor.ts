/** Cursors: opaque to clients, signed, and good only for the list that gave them. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { PmsError } from '../errors.js';

export interface Cursors {
  /** @param scope the list: field and arguments, `first` and `after` apart */
  seal(scope: string, place: unknown): string;
  /** @throws BAD_CURSOR when the cursor was not given by a list of this scope */
  open(scope: string, cursor: string): unknown;
}

const signatureBytes = 16;

/** @param key the same on all replicas; without one, cursors are good for this process only */
export function createCursors(key: string | undefined): Cursors {
  const secret = key === undefined ? randomBytes(32) : Buffer.from(key);
  const sign = (scope: string, place: string): Buffer =>
    createHmac('sha256', secret)
      .update(scope)
      .update('\0')
      .update(place)
      .digest()
      .subarray(0, signatureBytes);
  return {
    seal(scope, place) {
      const text = JSON.stringify(place);
      return Buffer.concat([sign(scope, text), Buffer.from(text)]).toString('base64url');
    },
    open(scope, cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      const text = bytes.subarray(signatureBytes).toString();
      const signature = bytes.subarray(0, signatureBytes);
      const isOurs = signature.length === signatureBytes && timingSafeEqual(signature, sign(scope, text));
      if (!isOurs) throw badCursor();
      return JSON.parse(text);
    },
  };
}

export function badCursor(): PmsError {
  return new PmsError(
    'BAD_CURSOR',
    '"after" must be a cursor that this same list gave, with the same arguments.',
  );
}
