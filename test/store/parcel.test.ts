/** Values that are stored outside of this process, and may be damaged when they are read. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../src/store/parcel.js';

const label = (isCompressed: boolean, head: object = {}, more: object = { bytes: 4 }): string =>
  `${JSON.stringify({ head, isCompressed, keepMs: 60_000, ...more })}\n`;

function unpackOf(...parts: readonly (string | Buffer)[]): ReturnType<typeof unpack> {
  return unpack({ value: Buffer.concat(parts.map((part) => Buffer.from(part as string))), ttlMs: 50_000 });
}

describe('a stored parcel', () => {
  it.each([true, false])('is unchanged when it is read (compressed: %s)', async (mayCompress) => {
    const body = Buffer.from('text '.repeat(1_000));
    const value = await pack({ keys: ['a'] }, body, { keepMs: 60_000, mayCompress });
    expect(value.byteLength < body.byteLength).toBe(mayCompress);
    expect(await unpack({ value, ttlMs: 50_000 })).toEqual({ head: { keys: ['a'] }, body, ageMs: 10_000 });
  });

  it.each<[string, readonly (string | Buffer)[]]>([
    ['nothing', []],
    ['no end of its label', [label(false).trim()]],
    ['a label without end', [label(false, { x: 'x'.repeat(1_000_000) }), 'body']],
    ['more than an answer may have', [label(false, {}, { bytes: 20_000_001 }), Buffer.alloc(20_000_001)]],
    [
      'more than that, compressed',
      [label(true, {}, { bytes: 20_000_001 }), gzipSync(Buffer.alloc(20_000_001))],
    ],
    ['more in it than it says', [label(true), gzipSync(Buffer.alloc(1_000_000))]],
    ['less in it than it says', [label(false), 'bod']],
    ['no word of how much is in it', [label(false, {}, {}), 'body']],
    ['a time that is no number', [label(false, {}, { bytes: 4, keepMs: '60000' }), 'body']],
    ['longer to live than it was given', [label(false, {}, { bytes: 4, keepMs: 48_000 }), 'body']],
    ['what was not compressed, and is said to be', [label(true), 'body']],
  ])('that has %s is reported as damaged', async (_title, parts) => {
    expect(await unpackOf(...parts)).toBeUndefined();
  });

  it('may have many records in its label', async () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `MedicinalProductDefinition/${at}`);
    expect(await unpackOf(label(false, { keys }), 'body')).toMatchObject({ head: { keys } });
  });
});
