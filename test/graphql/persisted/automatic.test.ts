/** The texts of automatic persisted queries: bounded, and checked when they come from other replicas. */
import { describe, expect, it } from 'vitest';
import { createAutomaticQueries } from '../../../src/graphql/persisted/automatic.js';
import { createMemoryStore } from '../../../src/store/memory-store.js';
import type { Store } from '../../../src/store/store.js';
import { hashOf } from '../../support/manifests.js';

const textOf = (at: number): string => `{ product(id: "${at}") { name } }`;

/** Returns a store, and the values that are in it. */
function watched() {
  const inner = createMemoryStore();
  const values = new Map<string, string>();
  const read: string[] = [];
  const store: Store = {
    ...inner,
    async get(key) {
      read.push(key);
      return inner.get(key);
    },
    async set(key, value, ttlMs) {
      values.set(key, String(value));
      await inner.set(key, value, ttlMs);
    },
  };
  return { store, values, read };
}

describe('automatic persisted queries', () => {
  it('are found by their hash, in the process that stored them and in others', async () => {
    const { store, read } = watched();
    const [one, other] = [1, 2].map(() => createAutomaticQueries({ maxBytes: 10_000, store }));
    const hash = hashOf('sha256', textOf(1));
    await one!.set(hash, textOf(1));
    expect(await one!.get(hash)).toBe(textOf(1));
    expect(read).toEqual([]);
    expect(await other!.get(hash)).toBe(textOf(1));
    // The other process needs the store only once.
    expect(await other!.get(hash)).toBe(textOf(1));
    expect(read).toHaveLength(1);
    expect(await other!.get(hashOf('sha256', textOf(2)))).toBeUndefined();
  });

  it('are not looked up in the store by what is no SHA-256', async () => {
    const { store, read } = watched();
    const queries = createAutomaticQueries({ maxBytes: 10_000, store });
    for (const hash of ['', 'x', '[object Object]', 'A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}\n`])
      expect(await queries.get(hash)).toBeUndefined();
    expect(read).toEqual([]);
  });

  it('are not taken from the store if the text there has another hash', async () => {
    const { store, values } = watched();
    const hash = hashOf('sha256', textOf(1));
    await createAutomaticQueries({ maxBytes: 10_000, store }).set(hash, textOf(1));
    const [place = ''] = values.keys();
    for (const stranger of [textOf(2), `${textOf(1)} `, '', '\u{0}']) {
      await store.set(place, stranger, 60_000);
      const queries = createAutomaticQueries({ maxBytes: 10_000, store });
      expect(await queries.get(hash)).toBeUndefined();
      // The client then sends the text, which replaces the stranger's.
      await queries.set(hash, textOf(1));
      expect(values.get(place)).toBe(textOf(1));
    }
  });

  it('take a bounded number of places in the store and of bytes in the process, however many clients send', async () => {
    const { store, values } = watched();
    const queries = createAutomaticQueries({ maxBytes: 100_000, store });
    const hashes = Array.from({ length: 20_000 }, (_, at) => hashOf('sha256', textOf(at)));
    for (const [at, hash] of hashes.entries()) await queries.set(hash, textOf(at));
    expect(values.size).toBeLessThanOrEqual(4_096);
    expect(values.size).toBeGreaterThan(4_000);
    const alone = createAutomaticQueries({ maxBytes: 100_000, store: undefined });
    for (const [at, hash] of hashes.entries()) await alone.set(hash, textOf(at));
    const held = await Promise.all(hashes.map((hash) => alone.get(hash)));
    const count = held.filter((text) => text !== undefined).length;
    // Each takes about 200 bytes.
    expect(count).toBeGreaterThan(300);
    expect(count).toBeLessThan(700);
    expect(held.at(-1)).toBe(textOf(19_999));
  });

  it('that are very long stay in the process that stored them', async () => {
    const { store, values } = watched();
    const queries = createAutomaticQueries({ maxBytes: 1_000_000, store });
    const long = `# ${'x'.repeat(40_000)}\n${textOf(1)}`;
    await queries.set(hashOf('sha256', long), long);
    expect(await queries.get(hashOf('sha256', long))).toBe(long);
    expect(values.size).toBe(0);
  });
});
