/**
 * What operations have read, kept for later ones: records, and lists with their evidence, each with its age. Not
 * answers by their addresses: two batches of ids are hardly ever the same address, and overlapping questions must hit.
 */
import { LRUCache } from 'lru-cache';
import type { FhirResource, ResourceType } from '../fhir/resources.js';
import { keyOf, typeOf, type Key } from './key.js';
import type { Held, Origin } from './known.js';
import type { Remembered, SharedMemory } from './shared-memory.js';

export interface MemoryOptions {
  /** Milliseconds for which what was read counts as fresh. */
  readonly freshMs: number;
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
  /** Milliseconds for which what was read counts as fresh. */
  readonly freshMs: number;
  /** @param elements all that was asked for of it; undefined for a whole copy */
  keep(resource: FhirResource, origin: Origin, elements: readonly string[] | undefined): void;
  /** A copy with these elements at least. */
  record(key: Key, elements: readonly string[] | undefined, age: Age): Held | undefined;
  /** That a record does not exist is believed for a minute. */
  keepAbsent(key: Key): void;
  isAbsent(key: Key): boolean;
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

/** What is told of a record beside it. */
interface SharedRecord {
  readonly resource: FhirResource;
  readonly url: string;
}

/** Milliseconds; older than this, nothing is good for anything. */
export const longestMs = 24 * 3_600_000;
const absentMs = 60_000;
/** A parsed record takes about so many times the bytes that it came in. */
const inflation = 3;
const sizeOfKey = 100;

export function createMemory({ freshMs, maxBytes, shared, now = () => Date.now() }: MemoryOptions): Memory {
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

  function takeList(name: string, remembered: Remembered, bytes: number): void {
    if ((all.peek(name)?.asOf ?? -Infinity) > remembered.asOf) return;
    sizes.put(remembered.value, bytes);
    all.set(name, remembered);
  }

  /** Two narrow copies of one version are one that is less narrow: no question costs what another has brought. */
  function takeRecord(name: string, remembered: Remembered, bytes: number): void {
    const before = all.peek(name);
    const merged = before && !isStale(before) ? mergedOf(before, remembered) : undefined;
    const isWider = before && !isStale(remembered) && covers(remembered.elements, before.elements);
    if (before && before.asOf > remembered.asOf && !merged && !isWider) return;
    const taken = merged ?? remembered;
    sizes.put(taken.value, merged && before ? sizes.of(before.value) + bytes : bytes);
    all.set(name, taken);
  }

  async function bringLists(names: readonly string[]): Promise<readonly Key[]> {
    if (!shared || names.length === 0) return [];
    const found = await shared.get(names.map((name) => `list ${name}`));
    for (const [name, { bytes, ...remembered }] of found) takeList(name, remembered, bytes);
    return [...found.values()].flatMap(({ keys = [] }) => keys);
  }

  async function bringAbsence(keys: readonly Key[]): Promise<void> {
    if (!shared || keys.length === 0) return;
    for (const [name, { value, asOf }] of await shared.get(keys.map(absentName)))
      all.set(name, { value, asOf });
  }

  async function bringRecords(keys: readonly Key[]): Promise<void> {
    if (!shared || keys.length === 0) return;
    for (const [name, { bytes, ...remembered }] of await shared.get(keys.map(recordName))) {
      const { resource, url } = remembered.value as SharedRecord;
      // What another program wrote there is not believed.
      if (recordName(keyOf(resource)) !== name) continue;
      const value: Held = { resource, origin: { url, fetchedAt: new Date(remembered.asOf), stale: false } };
      takeRecord(name, { ...remembered, value }, inflation * bytes);
    }
  }

  function record(key: Key, elements: readonly string[] | undefined, age: Age): Held | undefined {
    const remembered = find(recordName(key), age);
    if (!remembered || !covers(remembered.elements, elements)) return undefined;
    const held = remembered.value as Held;
    if (!isStale(remembered) || !held.origin) return held;
    return { ...held, origin: { ...held.origin, stale: true } };
  }

  return {
    freshMs,
    keep(resource, { url, fetchedAt, bytes = 0, entries = 1 }, elements) {
      const name = recordName(keyOf(resource));
      const before = all.peek(name);
      const asOf = fetchedAt.getTime();
      // It comes from here.
      if (before && (before.value as Held).resource === resource) return;
      // A wider copy that is as good is not given up for a narrow one.
      if (before && before.asOf + freshMs > now() && covers(before.elements, elements) && before.asOf >= asOf)
        return;
      const held: Held = { resource, origin: { url, fetchedAt, stale: false } };
      takeRecord(name, { value: held, asOf, elements }, (inflation * bytes) / Math.max(1, entries));
      all.delete(absentName(keyOf(resource)));
      const kept = all.peek(name);
      if (kept) shared?.put(name, { ...kept, value: sharedOf(kept.value as Held) });
    },
    record,
    keepAbsent(key) {
      const remembered = { value: {}, asOf: now() };
      all.set(absentName(key), remembered);
      shared?.put(absentName(key), remembered, absentMs);
    },
    isAbsent(key) {
      const remembered = all.get(absentName(key));
      return remembered !== undefined && now() - remembered.asOf < Math.min(absentMs, freshMs);
    },
    keepList(name, list, keys, asOf) {
      sizes.put(list, sizeOfKey * (1 + keys.length));
      const remembered = { value: list, asOf: asOf.getTime(), keys };
      all.set(`list ${name}`, remembered);
      shared?.put(`list ${name}`, remembered);
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
    async bring({ lists, records, elementsOf, age }) {
      if (!shared) return false;
      const keys = new Set([...(await bringLists(lists)), ...records]);
      await Promise.all([
        bringRecords([...keys].filter((key) => !record(key, elementsOf(typeOf(key)), age))),
        bringAbsence(records),
      ]);
      return true;
    },
    async settled() {
      await shared?.settled();
    },
  };
}

function recordName(key: Key): string {
  return `record ${key}`;
}

function absentName(key: Key): string {
  return `absent ${key}`;
}

function sharedOf({ resource, origin }: Held): SharedRecord {
  return { resource, url: origin?.url ?? '' };
}

/** As old as the older of the two; undefined where they are whole, or may be of two versions. */
function mergedOf(a: Remembered, b: Remembered): Remembered | undefined {
  if (!a.elements || !b.elements) return undefined;
  const [held, added] = [a.value as Held, b.value as Held];
  const [version, other] = [held.resource.meta?.versionId, added.resource.meta?.versionId];
  if (version === undefined || version !== other) return undefined;
  const older = a.asOf < b.asOf ? a : b;
  const value: Held = {
    resource: { ...held.resource, ...added.resource } as FhirResource,
    origin: (older.value as Held).origin,
  };
  return { value, asOf: older.asOf, elements: [...new Set([...a.elements, ...b.elements])] };
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
