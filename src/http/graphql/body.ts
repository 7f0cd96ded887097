/** Reads a request's body, up to a limit. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/** 100 kB, as reliable clients never need more for a query. */
export const maxBodyBytes = 100_000;

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

export class NotUtf8 extends Error {
  override readonly name = 'NotUtf8';
}

/** By events: to iterate costs some promises for each chunk. @throws BodyTooLarge as soon as the limit is passed, announced or not, and NotUtf8 */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > maxBodyBytes) throw new BodyTooLarge();
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
      else {
        // What comes after it is not for reading.
        request.pause();
        reject(new BodyTooLarge());
      }
    });
    request.once('end', () => {
      const body = Buffer.concat(chunks);
      // Read all the same it would hold other characters than were sent.
      if (isUtf8(body)) resolve(body.toString('utf8'));
      else reject(new NotUtf8());
    });
    request.once('error', reject);
  });
}
