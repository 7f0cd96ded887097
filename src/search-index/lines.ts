/**
 * Queues calls to the thread of the index. Each client has one running call, and a queue for its further calls. So a
 * client with many calls gets no larger share of the thread than any other client. A call of the service itself has no
 * client, and starts at once.
 */

export interface Lines<Entry> {
  /** The number of running and waiting calls. */
  readonly size: number;
  /** Adds a call. If the queues are full, returns the call to reject, which may be the added call. */
  add(client: string | undefined, entry: Entry): Entry | undefined;
  /** Notes that the client's running call has ended, and starts the client's next call. */
  end(client: string | undefined): void;
  clear(): void;
}

/** @param begin starts a call when its turn comes */
export function createLines<Entry>(capacity: number, begin: (entry: Entry) => void): Lines<Entry> {
  /** The waiting calls of each client that has a running call. */
  const waiting = new Map<string, Entry[]>();
  let size = 0;

  /** Removes the last call of the longest queue, and returns it. So the client with the most calls loses one. */
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
