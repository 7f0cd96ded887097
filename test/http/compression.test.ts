/** Compression of response bodies with the encodings that the client accepts. */
import { get } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCompress } from '../../src/http/answers/compression.js';
import { startTestService, type TestService } from '../support/service.js';

const body = JSON.stringify({ data: Array.from({ length: 500 }, (_, id) => ({ id, name: `Name ${id}` })) });
const asking = (encoding?: string) => ({
  headers: encoding === undefined ? {} : { 'accept-encoding': encoding },
});

describe('a response body', () => {
  const compress = createCompress(1_000_000);

  it.each([
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.5, gzip', 'gzip'],
    ['gzip;q=0, br', 'br'],
    ['*', 'br'],
  ])('is compressed, for the header `Accept-Encoding: %s`, as %s', async (accepted, encoding) => {
    const compressed = await compress(asking(accepted), body, false);
    expect(compressed?.encoding).toBe(encoding);
    const unpack = encoding === 'br' ? brotliDecompressSync : gunzipSync;
    expect(unpack(compressed!.body).toString()).toBe(body);
    expect(compressed!.body.length).toBeLessThan(body.length / 5);
  });

  it.each([undefined, '', 'identity', 'deflate', 'gzip;q=0', 'zstd', 'identity, gzip;q=0.5'])(
    'is not compressed if Accept-Encoding is %j',
    async (accepted) => {
      expect(await compress(asking(accepted), body, false)).toBeUndefined();
    },
  );

  it('is not compressed if it is short', async () => {
    expect(await compress(asking('gzip'), body.slice(0, 999), false)).toBeUndefined();
    expect(await compress(asking('gzip'), body.slice(0, 1_000), false)).toBeDefined();
  });

  it('that is sent several times is compressed once for each encoding', async () => {
    const [one, again] = [
      await compress(asking('gzip'), body, true),
      await compress(asking('gzip'), `${body}`, true),
    ];
    expect(again?.body).toBe(one?.body);
    const [other, once] = [
      await compress(asking('br'), body, true),
      await compress(asking('gzip'), body, false),
    ];
    expect(other?.encoding).toBe('br');
    expect(once?.body).not.toBe(one?.body);
    expect(once?.body).toEqual(one?.body);
  });
});

describe('compression over HTTP', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ cacheTtlMs: 300_000 });
  });
  afterAll(() => service.stop());

  interface Got {
    readonly encoding: string | undefined;
    readonly vary: string | undefined;
    readonly bytes: Buffer;
    readonly length: string | undefined;
  }

  /** Returns the bytes as sent; fetch would decompress them. */
  function answerOf(path: string, encoding?: string, method = 'GET'): Promise<Got> {
    return new Promise((resolve, reject) => {
      const request = get(service.origin + path, { ...asking(encoding), method }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => void chunks.push(chunk));
        response.once('end', () =>
          resolve({
            encoding: response.headers['content-encoding'],
            vary: response.headers.vary,
            bytes: Buffer.concat(chunks),
            length: response.headers['content-length'],
          }),
        );
      });
      request.once('error', reject);
    });
  }

  const long = `/graphql?query=${encodeURIComponent('{ products(first: 25) { nodes { id name identifiers { system value } routes { code display } } } }')}`;

  it.each([long, '/schema.graphql'])(
    'GET $0 has a compressed body for a client that accepts compression',
    async (path) => {
      const plain = await answerOf(path);
      const zipped = await answerOf(path, 'gzip');
      expect(plain.encoding).toBeUndefined();
      expect(zipped).toMatchObject({
        encoding: 'gzip',
        vary: expect.stringContaining('Accept-Encoding'),
        length: String(zipped.bytes.length),
      });
      expect(zipped.bytes.length).toBeLessThan(plain.bytes.length / 3);
      // A cached answer has its own `extensions`, so only the data are compared.
      const [one, other] = [plain.bytes.toString(), gunzipSync(zipped.bytes).toString()];
      expect(other.replace(/"extensions".*/, '')).toBe(one.replace(/"extensions".*/, ''));
      const again = await answerOf(path, 'gzip');
      expect(gunzipSync(again.bytes).toString().slice(0, 500)).toBe(one.slice(0, 500));
    },
  );

  it('HEAD has the headers of GET and no body', async () => {
    for (const encoding of [undefined, 'gzip']) {
      await answerOf(long, encoding);
      const [whole, head] = [await answerOf(long, encoding), await answerOf(long, encoding, 'HEAD')];
      expect(head).toEqual({ ...whole, bytes: Buffer.alloc(0) });
    }
  });
});
