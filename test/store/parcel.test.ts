/** Values that are stored outside of this process, and may be damaged when they are read. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../src/store/parcel.js';

const label = (isCompressed: boolean, head: object = {}, more: object = { bytes: 4 }): string =>
  `${JSON.stringify({ head, isCompressed, keepMs: 60_000, ...more })}\n`;

function unpackOf(...parts: readonly (string | Buffer)[]): ReturnType<typeof unpack> {
  return unpack({ value: Buffer.concat(parts.map((part) => Buffer.from(part as string))), ttlMs: 50_000 });
}

describe('a cache entry in the store', () => {
  it.each([
    ['compressed', true],
    ['uncompressed', false],
  ])('that was written %s is unchanged when it is read', async (_how, mayCompress) => {
    const body = Buffer.from('text '.repeat(1_000));
    const value = await pack({ keys: ['a'] }, body, { keepMs: 60_000, mayCompress });
    expect(value.byteLength < body.byteLength).toBe(mayCompress);
    expect(await unpack({ value, ttlMs: 50_000 })).toEqual({ head: { keys: ['a'] }, body, ageMs: 10_000 });
  });

  it.each<[string, readonly (string | Buffer)[]]>([
    ['no bytes', []],
    ['a header without a line end', [label(false).trim()]],
    [
      'a header of its own of over 1,000,000 characters',
      [label(false, { x: 'x'.repeat(1_000_000) }), 'body'],
    ],
    ['a body of over 20,000,000 bytes', [label(false, {}, { bytes: 20_000_001 }), Buffer.alloc(20_000_001)]],
    [
      'a compressed body of over 20,000,000 bytes',
      [label(true, {}, { bytes: 20_000_001 }), gzipSync(Buffer.alloc(20_000_001))],
    ],
    ['a longer body than its header states', [label(true), gzipSync(Buffer.alloc(1_000_000))]],
    ['a shorter body than its header states', [label(false), 'bod']],
    ['no length in its header', [label(false, {}, {}), 'body']],
    ['a text as its time to live', [label(false, {}, { bytes: 4, keepMs: '60000' }), 'body']],
    [
      'more time to live left than its header states',
      [label(false, {}, { bytes: 4, keepMs: 48_000 }), 'body'],
    ],
    ['an uncompressed body that its header states as compressed', [label(true), 'body']],
  ])('with %s is ignored as damaged', async (_title, parts) => {
    expect(await unpackOf(...parts)).toBeUndefined();
  });

  it('with 20,000 record keys in its header is read', async () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `MedicinalProductDefinition/${at}`);
    expect(await unpackOf(label(false, { keys }), 'body')).toMatchObject({ head: { keys } });
  });
});
