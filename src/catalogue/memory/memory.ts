/**
 * Caches the records and lists that operations have read, each with its age. This cache is not organised by URL: two
 * batches of ids rarely have the same URL, but records that occur in both should be found.
 */
import type { FhirResource } from '../../fhir/resources.js';
import { absentMs, type Freshness } from '../../cache/freshness.js';
import { keyOf, type Key } from '../graph/key.js';
import type { Held, Origin } from '../known/known.js';
import { createBring, inflation, type MemoryRequest } from './bringing.js';
import { gone, joinTold, originOf, sharedForm, widerName } from './record-copy.js';
import type { SharedMemory } from './shared-memory.js';
import { absentName, createShelf, listName, recordName, sizeOfKey, type Age } from './shelf.js';

export interface MemoryOptions {
  readonly freshness: Freshness;
  /** Maximum size in bytes, estimated from the sizes of responses. */
  readonly maxBytes: number;
  /** The cache that replicas share; undefined if there is only one process. */
  readonly shared?: SharedMemory | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface Memory {
  readonly freshness: Freshness;
  /**
   * Stores a copy of a record.
   * @param elements the requested `_elements`; undefined for a whole record
   */
  keep(resource: FhirResource, origin: Origin, elements: readonly string[] | undefined): void;
  /** Returns a copy of the record that has at least these elements. */
  record(key: Key, elements: readonly string[] | undefined, age: Age): Held | undefined;
  /**
   * Removes a record that the upstream no longer serves. From then on, no replica returns a copy of it.
   * @param isAbsent whether the record does not exist; this absence is cached for a minute
   */
  forget(key: Key, asOf: Date, isAbsent: boolean): void;
  /**
   * Returns when the upstream responded that the record does not exist; undefined if it did not, or if the cached
   * absence has expired.
   */
  absentSince(key: Key): Date | undefined;
  /**
   * Stores a list under the name of its search, with the keys of its records.
   * @param asOf when the upstream sent the oldest part of the list
   */
  keepList(name: string, list: object, keys: readonly Key[], asOf: Date): void;
  list<List extends object>(name: string, age: Age): Kept<List> | undefined;
  /**
   * Copies the wanted lists with their records, and the wanted records, from the shared cache to this process; undefined
   * without a shared cache.
   */
  readonly bring: ((wanted: MemoryRequest) => Promise<void>) | undefined;
  /** Resolves once everything stored so far is in the shared cache. */
  settled(): Promise<void>;
}

/** A list with the time when the upstream sent it. `staleSince` is set if the list is no longer fresh. */
export interface Kept<List> {
  readonly list: List;
  readonly asOf: Date;
  readonly staleSince: Date | undefined;
}

export function createMemory({ freshness, maxBytes, shared, now = () => Date.now() }: MemoryOptions): Memory {
  const shelf = createShelf({ freshness, maxBytes, now });
  const bring = shared && createBring(shelf, shared);

  return {
    freshness,
    keep(resource, { url, fetchedAt, bytes = 0, entries = 1 }, elements) {
      const key = keyOf(resource);
      const name = recordName(key);
      // This copy came from the cache, so it need not be stored again.
      if ((shelf.peek(name)?.value as Held | undefined)?.resource === resource) return;
      const value: Held = { resource, origin: originOf(url, fetchedAt, elements) };
      const copy = { key, value, asOf: fetchedAt.getTime(), elements };
      if (!shelf.join(name, copy, (inflation * bytes) / Math.max(1, entries))) return;
      shelf.delete(absentName(key));
      shared?.put(name, sharedForm(copy), { join: joinTold });
    },
    record: (key, elements, age) => shelf.record(key, elements, age),
    forget(key, asOf, isAbsent) {
      const name = recordName(key);
      const remembered = { value: gone, asOf: asOf.getTime() };
      shelf.put(name, remembered);
      shelf.delete(widerName(name));
      shared?.put(name, remembered);
      shared?.put(widerName(name), remembered);
      if (!isAbsent) return;
      shelf.put(absentName(key), remembered);
      shared?.put(absentName(key), remembered, { forMs: absentMs });
    },
    absentSince: (key) => shelf.absentSince(key),
    keepList(name, list, keys, asOf) {
      const remembered = { value: list, asOf: asOf.getTime(), keys };
      shelf.put(listName(name), remembered, sizeOfKey * (1 + keys.length));
      shared?.put(listName(name), remembered);
    },
    list<List extends object>(name: string, age: Age): Kept<List> | undefined {
      const remembered = shelf.find(listName(name), age);
      if (!remembered) return undefined;
      const asOf = new Date(remembered.asOf);
      return {
        list: remembered.value as List,
        asOf,
        staleSince: shelf.isStale(remembered) ? asOf : undefined,
      };
    },
    bring,
    async settled() {
      await shared?.settled();
    },
  };
}
