/**
 * The record cache in the memory of this process, with a limit of bytes. It contains copies of records, lists, and
 * the absence of records.
 */
import { LRUCache } from 'lru-cache';
import type { Freshness } from '../../cache/freshness.js';
import type { Key } from '../graph/key.js';
import type { Held } from '../known/known.js';
import { covers, isGone, join, widerName, type CopyOfRecord } from './record-copy.js';
import type { Remembered } from './shared-memory.js';

/** The accepted age of a copy: `fresh`, or `any` age up to the limit, which is used while the upstream is down. */
export type Age = 'fresh' | 'any';

export interface Shelf {
  /** Returns a value of any age, without marking it as recently used. */
  peek(name: string): Remembered | undefined;
  /** Returns a value if it is fresh enough. */
  find(name: string, age: Age): Remembered | undefined;
  isStale(remembered: Remembered): boolean;
  /** Returns a copy of the record that has at least these elements. */
  record(key: Key, elements: readonly string[] | undefined, age: Age): Held | undefined;
  /**
   * Returns when the upstream responded that the record does not exist; undefined if it did not, or if the cached
   * absence has expired.
   */
  absentSince(key: Key): Date | undefined;
  /**
   * Replaces a value.
   * @param bytes its size, if known
   */
  put(name: string, remembered: Remembered, bytes?: number): void;
  /** Merges a copy with the stored copy. Returns false if the stored copy did not change. */
  join(name: string, copy: CopyOfRecord, bytes: number): boolean;
  delete(name: string): void;
}

export interface ShelfOptions {
  readonly freshness: Freshness;
  readonly maxBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export const sizeOfKey = 100;

export function createShelf({ freshness, maxBytes, now }: ShelfOptions): Shelf {
  const sizes = createSizes();
  const all = new LRUCache<string, Remembered>({
    maxSize: Math.max(1, maxBytes),
    sizeCalculation: ({ value }, name) => sizeOfKey + name.length + sizes.of(value),
  });

  function find(name: string, age: Age): Remembered | undefined {
    const remembered = all.get(name);
    if (!remembered) return undefined;
    const ageMs = now() - remembered.asOf;
    const isGood = age === 'fresh' ? freshness.isFresh(ageMs) : freshness.mayStandIn(ageMs);
    return isGood ? remembered : undefined;
  }

  function isStale({ asOf }: Remembered): boolean {
    return !freshness.isFresh(now() - asOf);
  }

  function put(name: string, remembered: Remembered, bytes?: number): void {
    if (bytes !== undefined) sizes.put(remembered.value, bytes);
    all.set(name, remembered);
  }

  function joinCopy(name: string, copy: CopyOfRecord, bytes: number): boolean {
    const before = all.peek(name) as CopyOfRecord | undefined;
    const joined = before ? join(before, copy) : { record: copy };
    if (joined.record === before && !joined.wider) return false;
    const isBoth = joined.record !== before && joined.record !== copy;
    const held = before ? sizes.of(before.value) : 0;
    if (joined.record !== before)
      put(name, joined.record, isBoth && before ? held + bytes * newIn(copy, before) : bytes);
    const { wider } = joined;
    const widest = all.peek(widerName(name)) as CopyOfRecord | undefined;
    if (wider && !(widest && covers(widest.elements, wider.elements) && widest.asOf > wider.asOf))
      put(widerName(name), wider, wider === before ? held : bytes);
    return true;
  }

  function record(key: Key, elements: readonly string[] | undefined, age: Age): Held | undefined {
    const name = recordName(key);
    const newest = find(name, age);
    if (newest && isGone(newest)) return undefined;
    const remembered =
      newest && covers(newest.elements, elements)
        ? newest
        : age === 'any'
          ? find(widerName(name), age)
          : undefined;
    if (!remembered || !covers(remembered.elements, elements)) return undefined;
    const held = remembered.value as Held;
    // If a newer copy exists that lacks elements, the older copy counts as stale, whatever its age.
    if ((remembered === newest && !isStale(remembered)) || !held.origin) return held;
    return { ...held, origin: { ...held.origin, stale: true } };
  }

  return {
    peek: (name) => all.peek(name),
    find,
    isStale,
    record,
    absentSince(key) {
      const remembered = all.get(absentName(key));
      if (!remembered || !freshness.isAbsenceFresh(now() - remembered.asOf)) return undefined;
      return new Date(remembered.asOf);
    },
    put,
    join: joinCopy,
    delete: (name) => void all.delete(name),
  };
}

export function listName(name: string): string {
  return `list ${name}`;
}

export function recordName(key: Key): string {
  return `record ${key}`;
}

export function absentName(key: Key): string {
  return `absent ${key}`;
}

/** Returns which fraction of a copy's elements another copy of the same version lacks, from 0 to 1. */
function newIn({ elements: added }: CopyOfRecord, { elements: had }: CopyOfRecord): number {
  if (!had || !added) return had ? 1 : 0;
  return added.filter((element) => !had.includes(element)).length / Math.max(1, added.length);
}

function createSizes(): { put(value: object, bytes: number): void; of(value: object): number } {
  const bytesOf = new WeakMap<object, number>();
  return {
    put: (value, bytes) => void bytesOf.set(value, Math.ceil(bytes)),
    of: (value) => bytesOf.get(value) ?? sizeOfKey,
  };
}
