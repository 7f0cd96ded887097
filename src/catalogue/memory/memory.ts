/**
 * What operations have read, kept for later ones: records, and lists with their evidence, each with its age. Not
 * answers by their addresses: two batches of ids are hardly ever the same address, and overlapping questions must hit.
 */
import type { FhirResource } from '../../fhir/resources.js';
import { absentMs, type Freshness } from '../../cache/freshness.js';
import { keyOf, type Key } from '../graph/key.js';
import type { Held, Origin } from '../known/known.js';
import { createBring, inflation, type Wanted } from './bringing.js';
import { gone, joinTold, originOf, told, widerName } from './record-copy.js';
import type { SharedMemory } from './shared-memory.js';
import { absentName, createShelf, listName, recordName, sizeOfKey, type Age } from './shelf.js';

export interface MemoryOptions {
  readonly freshness: Freshness;
  /** Most bytes, as far as the sizes of answers tell. */
  readonly maxBytes: number;
  /** What other replicas have read, and are told of; nothing where this process is by itself. */
  readonly shared?: SharedMemory | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface Memory {
  readonly freshness: Freshness;
  /** @param elements all that was asked for of it; undefined for a whole copy */
  keep(resource: FhirResource, origin: Origin, elements: readonly string[] | undefined): void;
  /** A copy with these elements at least. */
  record(key: Key, elements: readonly string[] | undefined, age: Age): Held | undefined;
  /**
   * The upstream no longer gives it: no copy stands in for it from now on, here or elsewhere.
   * @param isAbsent whether it does not exist, which is believed for a minute
   */
  forget(key: Key, asOf: Date, isAbsent: boolean): void;
  /** When the upstream said that there is no such record, as long as that is believed. */
  absentSince(key: Key): Date | undefined;
  /** Anything that is named by what was asked, and the records in it. @param asOf when the oldest part of it was read */
  keepList(name: string, list: object, keys: readonly Key[], asOf: Date): void;
  list<List extends object>(name: string, age: Age): Kept<List> | undefined;
  /**
   * Takes over what other replicas have kept of these lists, with the records in them, and of these records; then it is
   * here like anything else. False where there is none to ask.
   */
  bring(wanted: Wanted): Promise<boolean>;
  /** Resolves once all that was kept is where other replicas find it. */
  settled(): Promise<void>;
}

/** A list, and when it was read where that is no longer fresh. */
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
      // It comes from here.
      if ((shelf.peek(name)?.value as Held | undefined)?.resource === resource) return;
      const value: Held = { resource, origin: originOf(url, fetchedAt, elements) };
      const copy = { key, value, asOf: fetchedAt.getTime(), elements };
      if (!shelf.join(name, copy, (inflation * bytes) / Math.max(1, entries))) return;
      shelf.delete(absentName(key));
      shared?.put(name, told(copy), { join: joinTold });
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
