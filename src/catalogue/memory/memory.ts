/**
 * Keeps records and lists that operations have read for later ones, each with its age and its evidence. Does not keep
 * answers by their URLs: two batches of ids hardly ever have the same URL, and overlapping questions must hit.
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
  /** Most bytes, estimated by the sizes of answers. */
  readonly maxBytes: number;
  /** The memory that is shared with other replicas; undefined where this process runs alone. */
  readonly shared?: SharedMemory | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface Memory {
  readonly freshness: Freshness;
  /** Keeps a copy of a record. @param elements the requested elements; undefined for a whole copy */
  keep(resource: FhirResource, origin: Origin, elements: readonly string[] | undefined): void;
  /** Returns a copy that has at least these elements. */
  record(key: Key, elements: readonly string[] | undefined, age: Age): Held | undefined;
  /**
   * Forgets a record that the upstream no longer gives: no copy stands in for it from now on, in this process or in
   * another.
   * @param isAbsent whether the record does not exist, which is believed for a minute
   */
  forget(key: Key, asOf: Date, isAbsent: boolean): void;
  /** Returns when the upstream said that there is no such record, as long as that is believed. */
  absentSince(key: Key): Date | undefined;
  /**
   * Keeps a list under the name of its question, with the records in it.
   * @param asOf when the oldest part of it was read
   */
  keepList(name: string, list: object, keys: readonly Key[], asOf: Date): void;
  list<List extends object>(name: string, age: Age): Kept<List> | undefined;
  /**
   * Copies the wanted lists, with the records in them, and the wanted records from the shared memory to this process.
   * Returns false where there is no shared memory.
   */
  bring(wanted: MemoryRequest): Promise<boolean>;
  /** Resolves once other replicas can find all that was kept. */
  settled(): Promise<void>;
}

/** A list with the time of its reading; `staleSince` is set where it is no longer fresh. */
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
      // This copy came from the memory itself.
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
    async bring(wanted) {
      if (!bring) return false;
      await bring(wanted);
      return true;
    },
    async settled() {
      await shared?.settled();
    },
  };
}
