/** Opens the index of one upstream. */
import { createHash } from 'node:crypto';
import { createEngine } from './engine.js';
import { createSearchIndex, type SearchIndex } from './search-index.js';
import { openSqliteStore } from './store/open-sqlite-store.js';

export interface OpenIndexOptions {
  /** Undefined: in memory. */
  readonly file: string | undefined;
  /** Of the upstream. */
  readonly identity: string;
  readonly maxBytes: number;
}

/** Tells one upstream from others, whoever writes its base. */
export function identityOf(base: string): string {
  return createHash('sha256').update(base).digest('hex');
}

/** @throws IndexError that says what to do */
export async function openIndex(options: OpenIndexOptions): Promise<SearchIndex> {
  return createSearchIndex(createEngine(await openSqliteStore(options)));
}
