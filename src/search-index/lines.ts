/**
 * Queues calls to the thread of the index. Each client has one running call, and a queue for its other calls. So a
 * client with many calls gets no larger share of the thread than other clients. Calls of the service itself have no
 * client, and start at once.
 */

export interface Lines<Entry> {
  /** The number of running and waiting calls. */
  readonly size: number;
  /** Adds a call. If the queues are full, returns the call to refuse, which may be the added call. */
  add(client: string | undefined, entry: Entry): Entry | undefined;
  /** Called when the running call of a client has ended. Starts the client's next call. */
  end(client: string | undefined): void;
  clear(): void;
}

/** @param begin starts a call */
export function createLines<Entry>(capacity: number, begin: (entry: Entry) => void): Lines<Entry> {
  /** For each client with a running call, its waiting calls. */
  const waiting = new Map<string, Entry[]>();
  let size = 0;

  /** Removes the last call of the longest queue, and returns it. This is a call of the client with the most calls. */
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
