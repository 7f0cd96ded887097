/** Reads the text of a file in pieces. The file may be compressed with gzip, and be in UTF-8 or UTF-16. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TermsError } from './terms-error.js';

/** Bytes of a file that are read at once. */
const pieceBytes = 256 * 1024;

/**
 * Yields the text of a file in pieces.
 * @param onBytes called with the number of bytes just read from the file
 * @throws TermsError if the file is unreadable, empty, damaged, or in another encoding
 */
export async function* readText(file: string, onBytes: (bytes: number) => void): AsyncGenerator<string> {
  const bytes = readBytes(file, onBytes);
  let decode: ((piece: Uint8Array, isLast: boolean) => string) | undefined;
  for await (const piece of bytes) {
    decode ??= createDecode(file, piece);
    yield decode(piece, false);
  }
  if (decode === undefined) throw new TermsError('data', `${file} is empty.`);
  yield decode(new Uint8Array(), true);
}

/** Yields the bytes of a file, decompressed if the file is gzip. */
async function* readBytes(file: string, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  try {
    const { beginning, all } = await peeked(
      counted(createReadStream(file, { highWaterMark: pieceBytes }), onBytes),
    );
    refuseForeign(file, beginning);
    yield* isGzip(beginning) ? gunzipped(all) : all;
  } catch (error) {
    if (error instanceof TermsError) throw error;
    const { code = '' } = error as NodeJS.ErrnoException;
    // Error codes of zlib: Z_BUF_ERROR for truncated data, Z_DATA_ERROR for invalid bytes.
    if (code.startsWith('Z_'))
      throw new TermsError('data', `${file} is damaged: it is not a complete gzip file.`);
    throw new TermsError('noInput', `${file} cannot be read.`, { cause: error });
  }
}

/** The number of bytes at the start of a file that identify its type. */
const telling = 8;

/** Returns the first bytes, and an iterator over all bytes. This is needed because a pipe can be read only once. */
async function peeked(
  pieces: AsyncGenerator<Uint8Array>,
): Promise<{ readonly beginning: Buffer; readonly all: AsyncIterable<Uint8Array> }> {
  let beginning = Buffer.alloc(0);
  while (beginning.length < telling) {
    const { value, done } = await pieces.next();
    if (done) break;
    beginning = Buffer.concat([beginning, value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (beginning.length > 0) yield beginning;
    yield* pieces;
  }
  return { beginning, all: all() };
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array, undefined> {
  for await (const piece of pieces) {
    onBytes(piece.length);
    yield piece;
  }
}

function gunzipped(raw: AsyncIterable<Uint8Array>): Readable {
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  // The code that reads the stream gets the error.
  pipeline(raw, gunzip, () => {});
  return gunzip;
}

/**
 * Returns the size of a file in bytes. Throws a TermsError if the file does not exist, cannot be read, or is a folder.
 */
export async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new TermsError('noInput', `${file} ${isMissing ? 'does not exist' : 'cannot be read'}.`);
  });
  if (found.isDirectory()) throw new TermsError('noInput', `${file} is a folder. Name the files in it.`);
  return found.size;
}

function isGzip(beginning: Buffer): boolean {
  return beginning[0] === 0x1f && beginning[1] === 0x8b;
}

function refuseForeign(file: string, beginning: Buffer): void {
  if (beginning.toString('latin1').startsWith('PK\u0003\u0004'))
    throw new TermsError(
      'data',
      `${file} is a ZIP archive or an Excel workbook. Unpack it, or save it as CSV.`,
    );
}

function createDecode(file: string, first: Uint8Array): (piece: Uint8Array, isLast: boolean) => string {
  const encoding = encodingOf(first);
  const decoder = new TextDecoder(encoding, { fatal: true });
  let lines = 1;
  return (piece, isLast) => {
    let text: string;
    try {
      text = decoder.decode(piece, { stream: !isLast });
    } catch {
      const [before = ''] = new TextDecoder(encoding).decode(piece).split('\uFFFD');
      const line = lines + breaksIn(before);
      throw new TermsError(
        'data',
        `${file} is in another encoding: line ${line} is not ${encoding.toUpperCase()}. Save the file as UTF-8.`,
      );
    }
    if (text.includes('\0')) throw new TermsError('data', `${file} is not text.`);
    lines += breaksIn(text);
    return text;
  };
}

/**
 * Returns the encoding of a text by its first two bytes. They are either a byte order mark, or a Latin letter, which
 * contains a zero byte in UTF-16.
 */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}

function breaksIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
