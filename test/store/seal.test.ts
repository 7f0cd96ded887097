/** Encrypted values: they can be decrypted only with the right key and at their own place. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSeal, deriveKey, parseSealKeys, type SealKey } from '../../src/store/seal.js';

const keyNamed = (id: string): SealKey => ({ id, key: randomBytes(32) });
const [one, two] = [keyNamed('one'), keyNamed('two')];
const sealWith = (...keys: readonly SealKey[]) => createSeal(() => keys);

describe('an encrypted value', () => {
  test('can be decrypted with every current key', () => {
    const sealed = Buffer.from(sealWith(one).seal('tökén', 'here'));
    expect(sealWith(one).open(sealed, 'here')).toBe('tökén');
    expect(sealWith(two, one).open(sealed, 'here')).toBe('tökén');
  });

  test('names its key, does not reveal the text, and is different each time', () => {
    const [first, second] = [1, 2].map(() => sealWith(one, two).seal('token', 'here'));
    expect(first).toMatch(/^one:/);
    expect(first).not.toBe(second);
    expect(Buffer.from(first?.split(':')[1] ?? '', 'base64').toString('latin1')).not.toContain('token');
  });

  test.each<[string, (sealed: Buffer) => Buffer, string, readonly SealKey[]]>([
    ['another place', (sealed) => sealed, 'there', [one]],
    ['a key of another name', (sealed) => sealed, 'here', [two]],
    ['another key of the same name', (sealed) => sealed, 'here', [keyNamed('one')]],
    ['no key', (sealed) => sealed, 'here', []],
    ['a byte changed', (sealed) => flipped(sealed, 20), 'here', [one]],
    ['its tag changed', (sealed) => flipped(sealed, sealed.length - 3), 'here', [one]],
    ['its end missing', (sealed) => sealed.subarray(0, 12), 'here', [one]],
    ['plain text in its stead', () => Buffer.from('token'), 'here', [one]],
    ['nothing in its stead', () => Buffer.alloc(0), 'here', [one]],
  ])('cannot be decrypted with %s', (_title, change, place, keys) => {
    const sealed = Buffer.from(sealWith(one).seal('token', 'here'));
    expect(sealWith(...keys).open(change(sealed), place)).toBeUndefined();
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = changed[at] === 65 ? 66 : 65;
  return changed;
}

test('a derived key is equal for the same secret and purpose only', () => {
  const key = deriveKey('secret', 'token');
  expect(deriveKey('secret', 'token')).toEqual(key);
  expect(deriveKey('secret', 'other').key).not.toEqual(key.key);
  expect(deriveKey('Secret', 'token').id).not.toBe(key.id);
  expect(key.key).toHaveLength(32);
  expect(parseSealKeys(`${key.id}:${key.key.toString('base64')}`)).toEqual([key]);
});

describe('keys in a setting', () => {
  const encoded = two.key.toString('base64');

  test('are used in their order', () => {
    expect(parseSealKeys(`one:${one.key.toString('base64url')}, two:${encoded}`)).toEqual([one, two]);
  });

  test.each([
    ['no name', encoded],
    ['an empty name', `:${encoded}`],
    ['a name with a space', `my key:${encoded}`],
    ['too few bytes', `one:${randomBytes(16).toString('base64')}`],
    ['too many bytes', `one:${randomBytes(33).toString('base64')}`],
    ['the same name twice', `one:${encoded},one:${encoded}`],
    ['an empty part', `one:${encoded},`],
    ['nothing', ''],
  ])('are refused with %s', (_title, text) => {
    expect(parseSealKeys(text)).toBeUndefined();
  });
});
