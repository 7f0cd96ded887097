/** Packs the bytes of records. That happens in the thread of the store, so that it does not block the one that answers. */
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { eachInTurn } from './turns.js';

const packing = { level: constants.Z_BEST_SPEED };

export function packBytes(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, packing);
}

/** Unpacks the bytes of each product. Damaged ones are left out. */
export async function unpackEach<Held, Unpacked>(
  held: ReadonlyMap<string, Held>,
  unpackAll: (held: Held, unpack: (bytes: Uint8Array) => Uint8Array) => Unpacked,
): Promise<ReadonlyMap<string, Unpacked>> {
  const all = new Map<string, Unpacked>();
  await eachInTurn(held, ([id, each]) => {
    try {
      all.set(id, unpackAll(each, gunzipSync));
    } catch (error) {
      if (!isUnpackable(error)) throw error;
    }
  });
  return all;
}

/** Whether an error shows that packed bytes were changed by another program. */
export function isUnpackable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
