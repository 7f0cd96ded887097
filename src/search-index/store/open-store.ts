/** Opens the store of the index: in a database if its URL is set, otherwise in a file or in memory. */
import type { IndexStore } from './index-store.js';

export interface StoreOptions {
  /** The path of the index file; undefined for an index in memory, or in a database. */
  readonly file?: string | undefined;
  /** The URL of a PostgreSQL database. A secret, because it may contain a password. */
  readonly url?: string | undefined;
  /** Identifies the upstream. An index of another upstream is refused. */
  readonly identity: string;
  /** Maximum size of the index in bytes. Above this limit, the oldest details of products are deleted. */
  readonly maxBytes: number;
}

/**
 * The library of the other engine is not loaded.
 * @throws IndexError with a message that says what to do
 */
export async function openStore({ file, url, ...options }: StoreOptions): Promise<IndexStore> {
  if (url === undefined) {
    const { openSqliteStore } = await import('./open-sqlite-store.js');
    return openSqliteStore({ file, ...options });
  }
  const { openPostgresStore } = await import('./postgres/open-postgres-store.js');
  return openPostgresStore({ url, ...options });
}
