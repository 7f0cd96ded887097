/** Copies records and lists from the store that replicas share into the record cache of this process. */
import type { ResourceType } from '../../fhir/resources.js';
import { typeOf, type Key } from '../graph/key.js';
import { copyOf, isGone, widerName } from './record-copy.js';
import type { SharedMemory } from './shared-memory.js';
import { absentName, listName, recordName, type Age, type Shelf } from './shelf.js';

export interface MemoryRequest {
  readonly lists: readonly string[];
  /** Whether a stored value is a list of the expected kind. Another program may have written the value. */
  readonly isList: (value: object) => boolean;
  readonly records: readonly Key[];
  /** Returns the elements of a type that the operation needs; undefined if it needs whole records. */
  readonly elementsOf: (type: ResourceType) => readonly string[] | undefined;
  readonly age: Age;
}

/** The approximate ratio between the size of a parsed record in memory and its size in the response. */
export const inflation = 3;

/** Copies lists with their records, and single records. */
export type Bring = (wanted: MemoryRequest) => Promise<void>;

export function createBring(shelf: Shelf, shared: SharedMemory): Bring {
  async function bringLists({ lists, isList }: MemoryRequest): Promise<readonly Key[]> {
    if (lists.length === 0) return [];
    const keys: Key[] = [];
    for (const [name, { bytes, ...remembered }] of await shared.get(lists.map(listName))) {
      if (!remembered.keys || !isList(remembered.value)) continue;
      if ((shelf.peek(name)?.asOf ?? -Infinity) <= remembered.asOf) shelf.put(name, remembered, bytes);
      keys.push(...remembered.keys);
    }
    return keys;
  }

  async function bringAbsence(keys: readonly Key[]): Promise<void> {
    if (keys.length === 0) return;
    for (const [name, { value, asOf }] of await shared.get(keys.map(absentName)))
      shelf.put(name, { value, asOf });
  }

  async function bringRecords(keys: readonly Key[], { elementsOf, age }: MemoryRequest): Promise<void> {
    if (keys.length === 0) return;
    await bringCopies(keys.map(recordName));
    // If the newest copy of a record lacks elements, an older copy may contain them.
    const left = keys.filter((key) => !shelf.record(key, elementsOf(typeOf(key)), age));
    if (age === 'any' && left.length > 0) await bringCopies(left.map((key) => widerName(recordName(key))));
  }

  async function bringCopies(names: readonly string[]): Promise<void> {
    for (const [name, found] of await shared.get(names)) {
      if (isGone(found) && (shelf.peek(name)?.asOf ?? -Infinity) <= found.asOf) shelf.put(name, found);
      const copy = copyOf(found);
      if (!copy || !name.endsWith(recordName(copy.key))) continue;
      if (name.startsWith(recordName(''))) shelf.join(name, copy, inflation * found.bytes);
      else shelf.put(name, copy, inflation * found.bytes);
    }
  }

  return async (wanted) => {
    const { records, elementsOf, age } = wanted;
    const keys = new Set([...(await bringLists(wanted)), ...records]);
    const left = [...keys].filter((key) => !shelf.record(key, elementsOf(typeOf(key)), age));
    await Promise.all([bringRecords(left, wanted), bringAbsence(records)]);
  };
}
