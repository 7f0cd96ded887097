/** Reads a request's body, up to a limit. */
import type { IncomingMessage } from 'node:http';

/** 100 kB, as reliable clients never need more for a query. */
export const maxBodyBytes = 100_000;

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** By events: to iterate costs some promises for each chunk. @throws BodyTooLarge as soon as the limit is passed, announced or not */
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
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
  });
}
