/**
 * Packs values for the store. A parcel is a line of JSON that describes the value and its lifetime, and then the body.
 * The body is compressed if that saves a fifth of its bytes.
 */
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import type { Entry } from './store.js';

export interface Parcel<Head> {
  readonly head: Head;
  readonly body: Buffer;
  /** Milliseconds from the request to the upstream until this lookup in the store. */
  readonly ageMs: number;
}

export interface Packing {
  /**
   * Milliseconds of storage, counted from the request to the upstream. Minus the time to live, that is the age of a
   * value.
   */
  readonly keepMs: number;
  /** Whether the body may be compressed. That is worth the time for a store outside of this process. */
  readonly mayCompress: boolean;
}

interface Label<Head> {
  readonly head: Head;
  readonly isCompressed: boolean;
  /** Bytes of the uncompressed body. Decompression stops at this number. */
  readonly bytes: number;
  readonly keepMs: number;
}

/** The smallest body that is compressed, in bytes. A smaller body fits into one network packet. */
const leastToCompress = 1_400;
/** Maximum number of bytes of the line of JSON before the body. For a list, this line names all records of the list. */
const longestLabel = 1_000_000;
/**
 * Maximum number of bytes of a body. Responses of the upstream have the same limit: the store is trusted no more than
 * the upstream.
 */
const maxBytes = 20_000_000;
/** Maximum number of bytes of a parcel. */
export const mostOfParcel = longestLabel + maxBytes;
/** Tolerance in milliseconds, because Redis rounds the time to live. */
const leewayMs = 1_000;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

export async function pack(head: object, body: Buffer, { keepMs, mayCompress }: Packing): Promise<Buffer> {
  const smaller = mayCompress && body.byteLength >= leastToCompress ? await compressed(body) : undefined;
  const label: Label<object> = { head, isCompressed: smaller !== undefined, bytes: body.byteLength, keepMs };
  return Buffer.concat([Buffer.from(`${JSON.stringify(label)}\n`), smaller ?? body]);
}

/** Returns the compressed body; undefined if compression saves less than a fifth. */
async function compressed(body: Buffer): Promise<Buffer | undefined> {
  const smaller = await compress(body, { level: constants.Z_BEST_SPEED });
  return smaller.byteLength < body.byteLength * 0.8 ? smaller : undefined;
}

/**
 * Returns undefined for damaged data, for data of another version of this program, and if the time to live exceeds
 * `keepMs`.
 */
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
