/**
 * Encodes values for the store. A parcel is a line of JSON that describes the value and its lifetime, followed by the
 * body. The body is compressed if this saves a fifth of its bytes.
 */
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import type { Entry } from './store.js';

export interface Parcel<Head> {
  readonly head: Head;
  readonly body: Buffer;
  /** Milliseconds between the request to the upstream and this read from the store. */
  readonly ageMs: number;
}

export interface Packing {
  /**
   * Milliseconds for which the value is stored, counted from the request to the upstream. Subtracting the remaining
   * lifetime gives the age of a value.
   */
  readonly keepMs: number;
  /** Whether the body may be compressed. This saves time if the store is outside this process. */
  readonly mayCompress: boolean;
}

interface Label<Head> {
  readonly head: Head;
  readonly isCompressed: boolean;
  /** Bytes of the uncompressed body. Decompression stops at this number. */
  readonly bytes: number;
  readonly keepMs: number;
}

/** Minimum size in bytes of a body that is compressed. A smaller body fits into one network packet. */
const leastToCompress = 1_400;
/**
 * Maximum size in bytes of the line of JSON before the body. For a list, this line contains the keys of all records
 * in the list.
 */
const longestLabel = 1_000_000;
/**
 * Maximum size of a body in bytes. It is the same as for responses of the upstream, because the store is not trusted
 * more than the upstream.
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
 * Returns undefined if the data are damaged, if another version of this program wrote them, or if the lifetime
 * exceeds `keepMs`.
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
