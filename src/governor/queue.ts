/**
 * Queues requests. Interactive requests come before bulk requests. Within each priority, the queue alternates between
 * clients.
 */
import type { HttpRequest } from '../fhir/http.js';

export type Priority = NonNullable<HttpRequest['priority']>;

export interface Queued {
  readonly client: string;
  readonly priority: Priority;
}

export interface FairQueue<Entry extends Queued> {
  readonly size: number;
  /**
   * Adds an entry at the end of its client's list. If the queue is full, returns the entry to refuse, which may be
   * the added one.
   */
  add(entry: Entry): Entry | undefined;
  /** Removes and returns the next entry. */
  take(): Entry | undefined;
  /** Removes an entry. Returns whether it was in the queue. */
  remove(entry: Entry): boolean;
  /** Returns the entries in the order in which `take` would return them. */
  inOrder(): readonly Entry[];
}

type Lines<Entry> = Map<string, Entry[]>;

const priorities: readonly Priority[] = ['interactive', 'bulk'];

export function createFairQueue<Entry extends Queued>(capacity: number): FairQueue<Entry> {
  // A Map is in insertion order. When a request of a client is taken, the client is moved to the end of the Map.
  const lines: Readonly<Record<Priority, Lines<Entry>>> = { interactive: new Map(), bulk: new Map() };
  let size = 0;

  function remove(entry: Entry): boolean {
    const line = lines[entry.priority].get(entry.client);
    const at = line?.indexOf(entry) ?? -1;
    if (!line || at < 0) return false;
    line.splice(at, 1);
    if (line.length === 0) lines[entry.priority].delete(entry.client);
    size -= 1;
    return true;
  }

  /** Returns the entry to refuse: the last one in the longest list, from bulk requests before interactive ones. */
  function mostDispensable(): Entry | undefined {
    const waiting = lines.bulk.size > 0 ? lines.bulk : lines.interactive;
    let longest: readonly Entry[] = [];
    for (const line of waiting.values()) if (line.length > longest.length) longest = line;
    return longest.at(-1);
  }

  return {
    get size() {
      return size;
    },
    add(entry) {
      const line = lines[entry.priority].get(entry.client) ?? [];
      lines[entry.priority].set(entry.client, line);
      line.push(entry);
      size += 1;
      if (size <= capacity) return undefined;
      const dispensable = mostDispensable();
      if (dispensable) remove(dispensable);
      return dispensable;
    },
    take() {
      for (const priority of priorities) {
        for (const [client, line] of lines[priority]) {
          const entry = line.shift();
          lines[priority].delete(client);
          if (line.length > 0) lines[priority].set(client, line);
          if (entry) size -= 1;
          return entry;
        }
      }
      return undefined;
    },
    remove,
    inOrder: () => priorities.flatMap((priority) => inTurn([...lines[priority].values()])),
  };
}

function inTurn<Entry>(lines: readonly (readonly Entry[])[]): readonly Entry[] {
  const longest = Math.max(0, ...lines.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lines.flatMap((line) => line.slice(at, at + 1))).flat();
}
