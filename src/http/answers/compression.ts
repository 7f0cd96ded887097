/** Compresses bodies if the client accepts Brotli or gzip. The compression does not block the event loop. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

export interface Compressed {
  readonly encoding: 'br' | 'gzip';
  readonly body: Buffer;
}

/**
 * Returns the compressed body. Undefined if the client accepts neither encoding, or if the body is too short.
 * @param isRepeated whether the same body will be sent again: then its compressed form is cached
 */
export type Compress = (
  request: Pick<IncomingMessage, 'headers'>,
  body: string,
  isRepeated: boolean,
) => Promise<Compressed | undefined>;

/** Minimum size in bytes of a body that is compressed. A shorter body fits into one packet. */
const leastBytes = 1_000;
/** The quality setting of Brotli. A higher quality would take more time than it saves in transfer. */
const brotliQuality = 4;
const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

const compressors: Readonly<Record<Compressed['encoding'], (body: Buffer) => Promise<Buffer>>> = {
  br: (body) =>
    brotli(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: (body) => zip(body),
};

/** @param maxBytes most bytes of all cached bodies */
export function createCompress(maxBytes: number): Compress {
  const kept = new LRUCache<string, Buffer>({
    maxSize: Math.max(1, maxBytes),
    sizeCalculation: ({ length }) => length + 100,
  });

  return async (request, body, isRepeated) => {
    // This counts characters, not bytes. Every character takes at least one byte, and most take exactly one.
    if (body.length < leastBytes) return undefined;
    const encoding = preferred(request);
    if (!encoding) return undefined;
    if (!isRepeated) return { encoding, body: await compressors[encoding](Buffer.from(body)) };
    const name = `${encoding} ${createHash('sha256').update(body).digest('base64')}`;
    const compressed = kept.get(name) ?? (await compressors[encoding](Buffer.from(body)));
    kept.set(name, compressed);
    return { encoding, body: compressed };
  };
}

interface Preferring {
  encoding(available: string[], options: { readonly preferred: readonly string[] }): string | undefined;
}

function preferred(request: Pick<IncomingMessage, 'headers'>): Compressed['encoding'] | undefined {
  if (request.headers['accept-encoding'] === undefined) return undefined;
  // The type definitions of `negotiator` lack the second argument.
  const negotiator: Preferring = new Negotiator(request);
  const encoding = negotiator.encoding(['br', 'gzip', 'identity'], { preferred: ['br', 'gzip'] });
  return encoding === 'br' || encoding === 'gzip' ? encoding : undefined;
}
