/** Bodies as small as the client takes them: Brotli or gzip, off the event loop. */
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
 * Undefined where the client takes nothing of the kind, or the body is too short to be worth it.
 * @param isRepeated whether the same body will be wanted again: its bytes are kept then
 */
export type Compress = (
  request: Pick<IncomingMessage, 'headers'>,
  body: string,
  isRepeated: boolean,
) => Promise<Compressed | undefined>;

/** Shorter ones fit into one packet as they are. */
const leastBytes = 1_000;
/** Higher ones take longer than they spare on the way. */
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

/** @param maxBytes most bytes of all that is kept */
export function createCompress(maxBytes: number): Compress {
  const kept = new LRUCache<string, Buffer>({
    maxSize: Math.max(1, maxBytes),
    sizeCalculation: ({ length }) => length + 100,
  });

  return async (request, body, isRepeated) => {
    // No character takes less than a byte; most take one.
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
  // Its types do not know of the second argument.
  const negotiator: Preferring = new Negotiator(request);
  const encoding = negotiator.encoding(['br', 'gzip', 'identity'], { preferred: ['br', 'gzip'] });
  return encoding === 'br' || encoding === 'gzip' ? encoding : undefined;
}
