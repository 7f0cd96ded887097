/** Encrypted values: they can be decrypted only with the right key and at their own place. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSeal, deriveKey, parseSealKeys, type SealKey } from '../../src/store/seal.js';

const keyNamed = (id: string): SealKey => ({ id, key: randomBytes(32) });
const [one, two] = [keyNamed('one'), keyNamed('two')];
const sealWith = (...keys: readonly SealKey[]) => createSeal(() => keys);

describe('an encrypted value in the store', () => {
  test('can be decrypted if its key is one of the current keys', () => {
    const sealed = Buffer.from(sealWith(one).seal('tökén', 'here'));
    expect(sealWith(one).open(sealed, 'here')).toBe('tökén');
    expect(sealWith(two, one).open(sealed, 'here')).toBe('tökén');
  });

  test('states the name of its key, hides the text, and is different each time', () => {
    const [first, second] = [1, 2].map(() => sealWith(one, two).seal('token', 'here'));
    expect(first).toMatch(/^one:/);
    expect(first).not.toBe(second);
    expect(Buffer.from(first?.split(':')[1] ?? '', 'base64').toString('latin1')).not.toContain('token');
  });

  test.each<[string, (sealed: Buffer) => Buffer, string, readonly SealKey[]]>([
    ['under another store key', (sealed) => sealed, 'there', [one]],
    ['with a key of another name', (sealed) => sealed, 'here', [two]],
    ['with another key of the same name', (sealed) => sealed, 'here', [keyNamed('one')]],
    ['without a key', (sealed) => sealed, 'here', []],
    ['with one byte changed', (sealed) => flipped(sealed, 20), 'here', [one]],
    ['with its tag changed', (sealed) => flipped(sealed, sealed.length - 3), 'here', [one]],
    ['with its end missing', (sealed) => sealed.subarray(0, 12), 'here', [one]],
    ['if it is replaced by plain text', () => Buffer.from('token'), 'here', [one]],
    ['if it is replaced by no bytes', () => Buffer.alloc(0), 'here', [one]],
  ])('cannot be decrypted %s', (_title, change, place, keys) => {
    const sealed = Buffer.from(sealWith(one).seal('token', 'here'));
    expect(sealWith(...keys).open(change(sealed), place)).toBeUndefined();
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = changed[at] === 65 ? 66 : 65;
  return changed;
}

test('a key that is derived from a secret is the same only for the same secret and purpose', () => {
  const key = deriveKey('secret', 'token');
  expect(deriveKey('secret', 'token')).toEqual(key);
  expect(deriveKey('secret', 'other').key).not.toEqual(key.key);
  expect(deriveKey('Secret', 'token').id).not.toBe(key.id);
  expect(key.key).toHaveLength(32);
  expect(parseSealKeys(`${key.id}:${key.key.toString('base64')}`)).toEqual([key]);
});

describe('encryption keys in a setting', () => {
  const encoded = two.key.toString('base64');

  test('are read in their order', () => {
    expect(parseSealKeys(`one:${one.key.toString('base64url')}, two:${encoded}`)).toEqual([one, two]);
  });

  test.each([
    ['a key without a name', encoded],
    ['an empty name', `:${encoded}`],
    ['a name with a space', `my key:${encoded}`],
    ['a key of 16 bytes', `one:${randomBytes(16).toString('base64')}`],
    ['a key of 33 bytes', `one:${randomBytes(33).toString('base64')}`],
    ['two keys of the same name', `one:${encoded},one:${encoded}`],
    ['an empty entry at the end', `one:${encoded},`],
    ['an empty text', ''],
  ])('are refused with %s', (_title, text) => {
    expect(parseSealKeys(text)).toBeUndefined();
  });
});
