/** Rows of products for tests to write. */
import { createHash } from 'node:crypto';
import type { ProductRows } from '../../../src/search-index/store/index-store.js';

export function productRows(product: Partial<ProductRows> = {}): ProductRows {
  return {
    id: '600000000001',
    asOf: 1_000,
    versionId: '1',
    lastUpdated: '2026-01-01',
    state: 'held',
    own: bytes('own'),
    rest: bytes('rest'),
    rows: [],
    tokens: [],
    parts: {},
    ...product,
  };
}

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

export function text(value: Uint8Array | undefined): string | undefined {
  return value && Buffer.from(value).toString();
}

/** Returns bytes that cannot be compressed. */
export function noise(length: number, seed: number): Uint8Array {
  return new Uint8Array(createHash('shake128', { outputLength: length }).update(String(seed)).digest());
}
