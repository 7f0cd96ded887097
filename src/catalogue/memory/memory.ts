/**
 * What operations have read, kept for later ones: records, and lists with their evidence, each with its age. Not
 * answers by their addresses: two batches of ids are hardly ever the same address, and overlapping questions must hit.
 */
import { LRUCache } from 'lru-cache';
import type { FhirResource, ResourceType } from '../../fhir/resources.js';
import { absentMs, type Freshness } from '../../store/freshness.js';
import { keyOf, typeOf, type Key } from '../graph/key.js';
import type { Held, Origin } from '../known/known.js';
import {
  copyOf,
  covers,
  gone,
  isGone,
  join,
  joinTold,
  originOf,
  told,
  widerName,
  type CopyOfRecord,
} from './record-copy.js';
import type { Remembered, SharedMemory } from './shared-memory.js';

export interface MemoryOptions {
  readonly freshness: Freshness;
  /** Most bytes, as far as the sizes of answers tell. */
  readonly maxBytes: number;
  /** What other replicas have read, and are told of; nothing where this process is by itself. */
  readonly shared?: SharedMemory | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** What is wanted of the age of a thing: fresh, or whatever there is while the upstream cannot be asked. */
export type Age = 'fresh' | 'any';

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

export interface Wanted {
  readonly lists: readonly string[];
  /** Whether what stands there is a list of the kind that is wanted: what another program wrote is not believed. */
  readonly isList: (value: object) => boolean;
  readonly records: readonly Key[];
  /** What is needed of a type's records; whole ones where it gives nothing. */
  readonly elementsOf: (type: ResourceType) => readonly string[] | undefined;
  readonly age: Age;
}

/** A list, and when it was read where that is no longer fresh. */
export interface Kept<List> {
  readonly list: List;
  readonly asOf: Date;
  readonly staleSince: Date | undefined;
}

/** A parsed record takes about so many times the bytes that it came in. */
const inflation = 3;
const sizeOfKey = 100;

export function createMemory({ freshness, maxBytes, shared, now = () => Date.now() }: MemoryOptions): Memory {
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

  function take(name: string, remembered: Remembered, bytes: number): void {
    sizes.put(remembered.value, bytes);
    all.set(name, remembered);
  }

  /** False where nothing new came of it. */
  function takeRecord(name: string, copy: CopyOfRecord, bytes: number): boolean {
    const before = all.peek(name) as CopyOfRecord | undefined;
    const joined = before ? join(before, copy) : { record: copy };
    if (joined.record === before && !joined.wider) return false;
    const isBoth = joined.record !== before && joined.record !== copy;
    const held = before ? sizes.of(before.value) : 0;
    if (joined.record !== before)
      take(name, joined.record, isBoth && before ? held + bytes * newIn(copy, before) : bytes);
    const { wider } = joined;
    const widest = all.peek(widerName(name)) as CopyOfRecord | undefined;
    if (wider && !(widest && covers(widest.elements, wider.elements) && widest.asOf > wider.asOf))
      take(widerName(name), wider, wider === before ? held : bytes);
    return true;
  }

  async function bringLists({ lists, isList }: Wanted): Promise<readonly Key[]> {
    if (!shared || lists.length === 0) return [];
    const keys: Key[] = [];
    for (const [name, { bytes, ...remembered }] of await shared.get(lists.map(listName))) {
      if (!remembered.keys || !isList(remembered.value)) continue;
      if ((all.peek(name)?.asOf ?? -Infinity) <= remembered.asOf) take(name, remembered, bytes);
      keys.push(...remembered.keys);
    }
    return keys;
  }

  async function bringAbsence(keys: readonly Key[]): Promise<void> {
    if (!shared || keys.length === 0) return;
    for (const [name, { value, asOf }] of await shared.get(keys.map(absentName)))
      all.set(name, { value, asOf });
  }

  async function bringRecords(keys: readonly Key[], { elementsOf, age }: Wanted): Promise<void> {
    if (!shared || keys.length === 0) return;
    await bringCopies(keys.map(recordName));
    // What is too narrow may have been wider before.
    const left = keys.filter((key) => !record(key, elementsOf(typeOf(key)), age));
    if (age === 'any' && left.length > 0) await bringCopies(left.map((key) => widerName(recordName(key))));
  }

  async function bringCopies(names: readonly string[]): Promise<void> {
    if (!shared) return;
    for (const [name, found] of await shared.get(names)) {
      if (isGone(found) && (all.peek(name)?.asOf ?? -Infinity) <= found.asOf) all.set(name, found);
      const copy = copyOf(found);
      if (!copy || !name.endsWith(recordName(copy.key))) continue;
      if (name.startsWith(recordName(''))) takeRecord(name, copy, inflation * found.bytes);
      else take(name, copy, inflation * found.bytes);
    }
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
    // Where a newer one is known that is too narrow, the wider is an old one, however young.
    if ((remembered === newest && !isStale(remembered)) || !held.origin) return held;
    return { ...held, origin: { ...held.origin, stale: true } };
  }

  return {
    freshness,
    keep(resource, { url, fetchedAt, bytes = 0, entries = 1 }, elements) {
      const key = keyOf(resource);
      const name = recordName(key);
      // It comes from here.
      if ((all.peek(name)?.value as Held | undefined)?.resource === resource) return;
      const value: Held = { resource, origin: originOf(url, fetchedAt, elements) };
      const copy = { key, value, asOf: fetchedAt.getTime(), elements };
      if (!takeRecord(name, copy, (inflation * bytes) / Math.max(1, entries))) return;
      all.delete(absentName(key));
      shared?.put(name, told(copy), { join: joinTold });
    },
    record,
    forget(key, asOf, isAbsent) {
      const name = recordName(key);
      const remembered = { value: gone, asOf: asOf.getTime() };
      all.set(name, remembered);
      all.delete(widerName(name));
      shared?.put(name, remembered);
      shared?.put(widerName(name), remembered);
      if (!isAbsent) return;
      all.set(absentName(key), remembered);
      shared?.put(absentName(key), remembered, { forMs: absentMs });
    },
    absentSince(key) {
      const remembered = all.get(absentName(key));
      if (!remembered || !freshness.isAbsenceFresh(now() - remembered.asOf)) return undefined;
      return new Date(remembered.asOf);
    },
    keepList(name, list, keys, asOf) {
      const remembered = { value: list, asOf: asOf.getTime(), keys };
      take(listName(name), remembered, sizeOfKey * (1 + keys.length));
      shared?.put(listName(name), remembered);
    },
    list<List extends object>(name: string, age: Age): Kept<List> | undefined {
      const remembered = find(listName(name), age);
      if (!remembered) return undefined;
      const asOf = new Date(remembered.asOf);
      return {
        list: remembered.value as List,
        asOf,
        staleSince: isStale(remembered) ? asOf : undefined,
      };
    },
    async bring(wanted) {
      if (!shared) return false;
      const { records, elementsOf, age } = wanted;
      const keys = new Set([...(await bringLists(wanted)), ...records]);
      const left = [...keys].filter((key) => !record(key, elementsOf(typeOf(key)), age));
      await Promise.all([bringRecords(left, wanted), bringAbsence(records)]);
      return true;
    },
    async settled() {
      await shared?.settled();
    },
  };
}

function listName(name: string): string {
  return `list ${name}`;
}

function recordName(key: Key): string {
  return `record ${key}`;
}

function absentName(key: Key): string {
  return `absent ${key}`;
}

/** How much of a copy another one of its version lacks, from 0 to 1, as far as its elements tell. */
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
