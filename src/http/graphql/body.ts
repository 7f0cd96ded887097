/** Reads a request's body, up to a limit. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/** 100 kB. No query of a well-behaved client is longer. */
export const maxBodyBytes = 100_000;

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

export class NotUtf8 extends Error {
  override readonly name = 'NotUtf8';
}

/**
 * Reads a request's body by events, because iterating costs several promises per chunk.
 * @throws BodyTooLarge as soon as the limit is exceeded, by `Content-Length` or by the bytes read. NotUtf8 for a body
 * that is not UTF-8
 */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > maxBodyBytes) throw new BodyTooLarge();
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
      else {
        // The rest of the body is not read.
        request.pause();
        reject(new BodyTooLarge());
      }
    });
    request.once('end', () => {
      const body = Buffer.concat(chunks);
      // Decoding an invalid body would silently replace some of its characters.
      if (isUtf8(body)) resolve(body.toString('utf8'));
      else reject(new NotUtf8());
    });
    request.once('error', reject);
  });
}
