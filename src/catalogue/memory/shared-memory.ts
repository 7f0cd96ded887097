/** The cache in the store that replicas share. Each replica finds the records that another replica has read. */
import { createHash } from 'node:crypto';
import { pack, unpack } from '../../store/parcel.js';
import { entryKey, type Store } from '../../store/store.js';
import type { Key } from '../graph/key.js';
import { fromText, toText } from './written.js';

/** A cached record or list. */
export interface Remembered {
  readonly value: object;
  /** Milliseconds since 1970. */
  readonly asOf: number;
  /** The elements of a record; undefined for a whole record or a list. */
  readonly elements?: readonly string[] | undefined;
  /** Keys of the records in a list. */
  readonly keys?: readonly Key[] | undefined;
}

export interface SharedMemory {
  /** Stores a value in the background. If the write fails, other replicas do not get the value. */
  put(name: string, remembered: Remembered, how?: Put): void;
  /** Returns the stored values with their sizes in bytes. Values that are not stored are left out. */
  get(names: Iterable<string>): Promise<ReadonlyMap<string, Found>>;
  /** Resolves once all values are stored. */
  settled(): Promise<void>;
}

export interface Put {
  /** Milliseconds until the value expires. @default `keepMs` */
  readonly forMs?: number;
  /** Merges a new value with the stored value. Returns the values to store, by name. */
  readonly join?: (name: string, stored: Remembered, added: Remembered) => readonly [string, Remembered][];
}

export interface Found extends Remembered {
  readonly bytes: number;
}

export interface SharedMemoryOptions {
  readonly store: Store;
  /** Base URL of the upstream. */
  readonly base: string;
  /** Milliseconds until values expire. */
  readonly keepMs: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

interface Waiting extends Put {
  readonly remembered: Remembered;
}

/**
 * Version of the stored form. The names in the store contain it, so that each version of this program reads only
 * values of the same version.
 */
const version = 2;

type Head = Pick<Remembered, 'elements' | 'keys'>;

export function createSharedMemory({
  store,
  base,
  keepMs,
  now = () => Date.now(),
}: SharedMemoryOptions): SharedMemory {
  const area = `memory${version}-${createHash('sha256').update(base).digest('hex').slice(0, 8)}`;
  const placeOf = (name: string): string => entryKey(area, [name], 'copy');
  let waiting = new Map<string, Waiting>();
  let writing: Promise<void> = Promise.resolve();
  const finding = new Map<string, Promise<Found | undefined>>();

  async function write(all: ReadonlyMap<string, Waiting>): Promise<void> {
    await Promise.all(
      [...all].map(async ([name, { remembered, forMs = keepMs, join: joined }]) => {
        const stored = joined && (await find(name));
        const parts = joined && stored ? joined(name, stored, remembered) : [[name, remembered] as const];
        await Promise.all(parts.map(([at, part]) => set(at, part, forMs)));
      }),
    );
  }

  async function set(
    name: string,
    { value, asOf, elements, keys }: Remembered,
    forMs: number,
  ): Promise<void> {
    const head: Head = { ...(elements && { elements }), ...(keys && { keys }) };
    const parcel = await pack(head, Buffer.from(toText(value)), { keepMs: forMs, mayCompress: true });
    const leftMs = forMs - (now() - asOf);
    if (leftMs > 0) await store.set(placeOf(name), parcel, leftMs);
  }

  /** Looks up a value. Concurrent callers share one request to the store. */
  function find(name: string): Promise<Found | undefined> {
    const looking = finding.get(name) ?? look(name).finally(() => finding.delete(name));
    finding.set(name, looking);
    return looking;
  }

  async function look(name: string): Promise<Found | undefined> {
    const entry = await store.get(placeOf(name));
    const parcel = entry && (await unpack<Head>(entry));
    const value = parcel && fromText(parcel.body.toString('utf8'));
    if (!parcel || !value) return undefined;
    const { head, body, ageMs } = parcel;
    const { elements, keys } = head;
    if (!areNames(elements) || !areNames(keys)) return undefined;
    return { value, asOf: now() - ageMs, elements, keys, bytes: body.byteLength };
  }

  return {
    put(name, remembered, how = {}) {
      const isFirst = waiting.size === 0;
      const before = waiting.get(name);
      const parts =
        before && how.join ? how.join(name, before.remembered, remembered) : [[name, remembered] as const];
      for (const [at, part] of parts) waiting.set(at, { ...how, remembered: part });
      if (!isFirst) return;
      // Values are written after the response of the operation, each value once.
      writing = Promise.all([
        writing,
        new Promise(setImmediate).then(() => {
          const all = waiting;
          waiting = new Map();
          return write(all);
        }),
      ]).then(() => undefined);
    },
    async get(names) {
      const found = await Promise.all([...names].map(async (name) => [name, await find(name)] as const));
      return new Map(found.flatMap(([name, thing]) => (thing ? [[name, thing]] : [])));
    },
    settled: () => writing,
  };
}

function areNames(names: unknown): names is readonly string[] | undefined {
  return names === undefined || (Array.isArray(names) && names.every((name) => typeof name === 'string'));
}
