/**
 * Compresses the bytes of records. This is done in the thread of the index, so that it does not block the main
 * thread.
 */
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { eachInTurn } from './turns.js';

const packing = { level: constants.Z_BEST_SPEED };

export function packBytes(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, packing);
}

/** Decompresses the bytes of each product. Products with damaged bytes are left out. */
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

/** Whether an error comes from decompression. It means that another program has changed the bytes. */
export function isUnpackable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
