/**
 * What operations have read, kept for later ones: records, and lists with their evidence, each with its age. Not
 * answers by their addresses: two batches of ids are hardly ever the same address, and overlapping questions must hit.
 */
import { LRUCache } from 'lru-cache';
import type { FhirResource } from '../fhir/resources.js';
import { keyOf, type Key } from './key.js';
import type { Held, Origin } from './known.js';

export interface MemoryOptions {
  /** Milliseconds for which what was read counts as fresh. */
  readonly freshMs: number;
  /** Most bytes, as far as the sizes of answers tell. */
  readonly maxBytes: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** What is wanted of the age of a thing: fresh, or whatever there is while the upstream cannot be asked. */
export type Age = 'fresh' | 'any';

export interface Memory {
  /** @param elements all that was asked for of it; undefined for a whole copy */
  keep(resource: FhirResource, origin: Origin, elements: readonly string[] | undefined): void;
  /** A copy with these elements at least. */
  record(key: Key, elements: readonly string[] | undefined, age: Age): Held | undefined;
  /** That a record does not exist is believed for a minute. */
  keepAbsent(key: Key): void;
  isAbsent(key: Key): boolean;
  /** Anything that is named by what was asked, and made of so many keys. @param asOf when the oldest part of it was read */
  keepList(name: string, list: object, length: number, asOf: Date): void;
  list<List extends object>(name: string, age: Age): Kept<List> | undefined;
}

/** A list, and when it was read where that is no longer fresh. */
export interface Kept<List> {
  readonly list: List;
  readonly asOf: Date;
  readonly staleSince: Date | undefined;
}

interface Remembered {
  readonly value: object;
  readonly asOf: number;
  readonly elements?: readonly string[] | undefined;
}

/** Older than this, nothing is good for anything. */
const longestMs = 24 * 3_600_000;
const absentMs = 60_000;
/** A parsed record takes about so many times the bytes that it came in. */
const inflation = 3;
const sizeOfKey = 100;

export function createMemory({ freshMs, maxBytes, now = Date.now }: MemoryOptions): Memory {
  const sizes = createSizes();
  const all = new LRUCache<string, Remembered>({
    maxSize: Math.max(1, maxBytes),
    sizeCalculation: ({ value }, name) => sizeOfKey + name.length + sizes.of(value),
  });

  function find(name: string, age: Age): Remembered | undefined {
    const remembered = all.get(name);
    if (!remembered) return undefined;
    const ageMs = now() - remembered.asOf;
    return ageMs < (age === 'fresh' ? freshMs : longestMs) ? remembered : undefined;
  }

  function isStale({ asOf }: Remembered): boolean {
    return now() - asOf >= freshMs;
  }

  return {
    keep(resource, { url, fetchedAt, bytes = 0, entries = 1 }, elements) {
      const name = `record ${keyOf(resource)}`;
      const before = all.peek(name);
      const asOf = fetchedAt.getTime();
      // It comes from here.
      if (before && (before.value as Held).resource === resource) return;
      // A wider copy that is as good is not given up for a narrow one.
      if (before && before.asOf + freshMs > now() && covers(before.elements, elements) && before.asOf >= asOf)
        return;
      const value: Held = { resource, origin: { url, fetchedAt, stale: false } };
      sizes.put(value, (inflation * bytes) / Math.max(1, entries));
      all.set(name, { value, asOf, elements });
      all.delete(`absent ${keyOf(resource)}`);
    },
    record(key, elements, age) {
      const remembered = find(`record ${key}`, age);
      if (!remembered || !covers(remembered.elements, elements)) return undefined;
      const held = remembered.value as Held;
      if (!isStale(remembered) || !held.origin) return held;
      return { ...held, origin: { ...held.origin, stale: true } };
    },
    keepAbsent(key) {
      all.set(`absent ${key}`, { value: {}, asOf: now() });
    },
    isAbsent(key) {
      const remembered = all.get(`absent ${key}`);
      return remembered !== undefined && now() - remembered.asOf < Math.min(absentMs, freshMs);
    },
    keepList(name, list, length, asOf) {
      sizes.put(list, sizeOfKey * (1 + length));
      all.set(`list ${name}`, { value: list, asOf: asOf.getTime() });
    },
    list<List extends object>(name: string, age: Age): Kept<List> | undefined {
      const remembered = find(`list ${name}`, age);
      if (!remembered) return undefined;
      const asOf = new Date(remembered.asOf);
      return {
        list: remembered.value as List,
        asOf,
        staleSince: isStale(remembered) ? asOf : undefined,
      };
    },
  };
}

/** Whether a copy with some elements has all that are needed; a whole one always has. */
function covers(has: readonly string[] | undefined, needed: readonly string[] | undefined): boolean {
  if (has === undefined) return true;
  if (needed === undefined) return false;
  return needed.every((element) => has.includes(element));
}

function createSizes(): { put(value: object, bytes: number): void; of(value: object): number } {
  const bytesOf = new WeakMap<object, number>();
  return {
    put: (value, bytes) => void bytesOf.set(value, Math.ceil(bytes)),
    of: (value) => bytesOf.get(value) ?? sizeOfKey,
  };
}
