/** Stores the texts of automatic persisted queries, in this process and for all replicas. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { entryKey, type Store } from '../../store/store.js';

export interface AutomaticQueries {
  /** @param hash what a client sent as the SHA-256 of a document */
  get(hash: string): Promise<string | undefined>;
  /** @param hash the SHA-256 of the text, which Apollo Server has checked */
  set(hash: string, text: string): Promise<void>;
}

export interface AutomaticQueriesOptions {
  /** Maximum number of bytes of all texts in this process. */
  readonly maxBytes: number;
  /** The store that replicas share. Undefined if they share none. */
  readonly store: Store | undefined;
}

/** Milliseconds for which replicas share a text. */
const sharedMs = 86_400_000;
/** Maximum number of characters of a text that replicas share. Longer texts are stored in this process only. */
const longestShared = 32_768;
/** Number of the first digits of a hash that select its place in the shared store. */
const placeDigits = 3;

/**
 * Returns the place of a text in the shared store. There are 4,096 places, so that clients cannot fill the store. Two
 * texts may have the same place: then the earlier one is sent again when it is needed.
 */
function placeOf(hash: string): string {
  return entryKey('query', [hash.slice(0, placeDigits)], 'text');
}

export function createAutomaticQueries({ maxBytes, store }: AutomaticQueriesOptions): AutomaticQueries {
  const kept = new LRUCache<string, string>({
    maxSize: Math.max(1, maxBytes),
    // A string may take two bytes per character.
    sizeCalculation: (text, hash) => 2 * (text.length + hash.length),
  });

  return {
    async get(hash) {
      const before = kept.get(hash);
      if (before !== undefined || !store || !/^[0-9a-f]{64}$/.test(hash)) return before;
      const text = (await store.get(placeOf(hash)))?.value.toString('utf8');
      // The place may have the text of another hash, and the store may have been changed by a stranger.
      if (text === undefined || createHash('sha256').update(text).digest('hex') !== hash) return undefined;
      kept.set(hash, text);
      return text;
    },
    async set(hash, text) {
      if (kept.has(hash)) return;
      kept.set(hash, text);
      if (text.length <= longestShared) await store?.set(placeOf(hash), text, sharedMs);
    },
  };
}
