/**
 * The order of calls in the thread of the index. Each client has one call under way, and a queue for its others. So a
 * client that sends many calls takes no more of the thread than any other. Calls without a client begin at once.
 */

export interface Lines<Entry> {
  /** The number of calls, under way and waiting. */
  readonly size: number;
  /** Adds a call. Where there is no room, returns the call to reject, which may be this one. */
  add(client: string | undefined, entry: Entry): Entry | undefined;
  /** Notes that one of the client's calls has ended, and begins its next one. */
  end(client: string | undefined): void;
  clear(): void;
}

/** @param begin called when an entry's turn comes */
export function createLines<Entry>(capacity: number, begin: (entry: Entry) => void): Lines<Entry> {
  /** The waiting calls of each client that has one under way. */
  const waiting = new Map<string, Entry[]>();
  let size = 0;

  /** Returns the last call of the longest queue: the client with the most calls gives way. */
  function mostDispensable(): Entry | undefined {
    let longest: Entry[] = [];
    for (const line of waiting.values()) if (line.length > longest.length) longest = line;
    return longest.pop();
  }

  return {
    get size() {
      return size;
    },
    add(client, entry) {
      const line = client === undefined ? undefined : waiting.get(client);
      line?.push(entry);
      const displaced = size < capacity ? undefined : mostDispensable();
      if (displaced === entry || (size >= capacity && displaced === undefined)) return entry;
      if (displaced === undefined) size += 1;
      if (line) return displaced;
      if (client !== undefined) waiting.set(client, []);
      begin(entry);
      return displaced;
    },
    end(client) {
      size -= 1;
      if (client === undefined) return;
      const next = waiting.get(client)?.shift();
      if (next === undefined) waiting.delete(client);
      else begin(next);
    },
    clear() {
      waiting.clear();
      size = 0;
    },
  };
}
