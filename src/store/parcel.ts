/** A value as it is kept: a line of JSON that tells what it is and how long it is kept, then its body, compressed where that pays. */
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import type { Entry } from './store.js';

export interface Parcel<Head> {
  readonly head: Head;
  readonly body: Buffer;
  /** Milliseconds since what is in it was asked for, when it was looked up. */
  readonly ageMs: number;
}

export interface Packing {
  /** Milliseconds that it is kept, from the moment when it was asked for: less what it has left, its age. */
  readonly keepMs: number;
  /** Where bytes cost more than time: outside of this process. */
  readonly mayCompress: boolean;
}

interface Label<Head> {
  readonly head: Head;
  readonly isCompressed: boolean;
  /** Of the body as it was packed: no more is inflated. */
  readonly bytes: number;
  readonly keepMs: number;
}

/** Smaller bodies fit into one packet of the network as they are. */
const leastToCompress = 1_400;
/** Bytes of the line before a body: what is kept of a list names all of its records there. */
const longestLabel = 1_000_000;
/** As for what comes from the upstream: a store is trusted no more. */
const maxBytes = 20_000_000;
/** Bytes of the largest parcel. */
export const mostOfParcel = longestLabel + maxBytes;
/** Redis rounds what is left of a time to live. */
const leewayMs = 1_000;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

export async function pack(head: object, body: Buffer, { keepMs, mayCompress }: Packing): Promise<Buffer> {
  const smaller = mayCompress && body.byteLength >= leastToCompress ? await compressed(body) : undefined;
  const label: Label<object> = { head, isCompressed: smaller !== undefined, bytes: body.byteLength, keepMs };
  return Buffer.concat([Buffer.from(`${JSON.stringify(label)}\n`), smaller ?? body]);
}

/** Undefined where it does not pay. */
async function compressed(body: Buffer): Promise<Buffer | undefined> {
  const smaller = await compress(body, { level: constants.Z_BEST_SPEED });
  return smaller.byteLength < body.byteLength * 0.8 ? smaller : undefined;
}

/** Undefined for what is damaged, of another version of this program, or has longer to live than it was given. */
export async function unpack<Head>({ value, ttlMs }: Entry): Promise<Parcel<Head> | undefined> {
  const end = value.subarray(0, longestLabel).indexOf('\n');
  if (end < 0 || value.byteLength > end + 1 + maxBytes) return undefined;
  try {
    const label = JSON.parse(value.toString('utf8', 0, end)) as Label<Head>;
    const { head, isCompressed, bytes, keepMs } = label;
    if (typeof head !== 'object' || head === null || !isCount(bytes) || !isCount(keepMs)) return undefined;
    if (bytes > maxBytes || ttlMs > keepMs + leewayMs) return undefined;
    const packed = value.subarray(end + 1);
    const body = isCompressed ? await decompress(packed, { maxOutputLength: Math.max(1, bytes) }) : packed;
    return body.byteLength === bytes ? { head, body, ageMs: Math.max(0, keepMs - ttlMs) } : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}
