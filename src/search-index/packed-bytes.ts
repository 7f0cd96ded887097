/** Records as they lie in the store: packed where the store is, which keeps nobody waiting who answers. */
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { eachInTurn } from './turns.js';

const packing = { level: constants.Z_BEST_SPEED };

export function packBytes(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, packing);
}

/** Unpacks what is held of each product; what is damaged is left out. */
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

/** Whether somebody else has changed what was packed. */
export function isUnpackable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
