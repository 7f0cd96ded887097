/**
 * Whose turn it is in the thread of the index. Each client has one call under way, and the others in a line of its own, so
 * that however many somebody sends, others share the thread with one of them. What is nobody's begins at once.
 */

export interface Lines<Entry> {
  /** Those under way, and those that wait for their turn. */
  readonly size: number;
  /** Returns whom to turn away, where there is no room: maybe itself. */
  add(client: string | undefined, entry: Entry): Entry | undefined;
  /** One of the client's has come to its end: its next begins. */
  end(client: string | undefined): void;
  clear(): void;
}

/** @param begin is called when it is an entry's turn */
export function createLines<Entry>(capacity: number, begin: (entry: Entry) => void): Lines<Entry> {
  /** Of each client with a call under way, those behind it. */
  const waiting = new Map<string, Entry[]>();
  let size = 0;

  /** The last of the longest line: whoever asks most gives way. */
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
