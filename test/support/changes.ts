/** Streams of changes, as a client reads them, and an index that a test writes to. */
import { onTestFinished } from 'vitest';
import { createEngine } from '../../src/search-index/engine.js';
import { createSearchIndex, type SearchIndex } from '../../src/search-index/search-index.js';
import { openSqliteStore, type SqliteOptions } from '../../src/search-index/store/open-sqlite-store.js';

export interface StreamEvent {
  readonly name: string;
  readonly id: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventStream {
  readonly status: number;
  readonly headers: Headers;
  /** Returns the next event; undefined after the end of the stream. */
  next(): Promise<StreamEvent | undefined>;
  /** The number of comments (heartbeats) so far. */
  readonly comments: number;
  /** Returns the rest of the body of an answer that is not a stream. */
  json(): Promise<unknown>;
  close(): void;
}

export async function openStream(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const stopping = new AbortController();
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: stopping.signal,
  });
  const close = (): void => stopping.abort();
  onTestFinished(close);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let comments = 0;

  async function block(): Promise<string | undefined> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      const read = await reader?.read();
      if (!read || read.done) return undefined;
      text += read.value;
    }
  }

  return {
    status: response.status,
    headers: response.headers,
    async next() {
      for (;;) {
        const found = await block();
        if (found === undefined) return undefined;
        if (!found.startsWith(':')) return eventIn(found);
        comments += 1;
      }
    },
    get comments() {
      return comments;
    },
    async json() {
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
        text += part.value;
      return JSON.parse(text);
    },
    close,
  };
}

function eventIn(block: string): StreamEvent {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)] as const;
    }),
  );
  return {
    name: fields.get('event') ?? '',
    id: fields.get('id'),
    data: JSON.parse(fields.get('data') ?? 'null') as StreamEvent['data'],
  };
}

export interface WritableIndex extends SearchIndex {
  /** Stores products, each with these elements in its own record. */
  store(products: Readonly<Record<string, object>>): Promise<void>;
}

let reads = 0;

/** Opens an index in this thread, for the tests of its changes. The test closes it. */
export async function openTestIndex(
  options: Pick<SqliteOptions, 'file' | 'identity' | 'now'>,
): Promise<WritableIndex> {
  const engine = createEngine(await openSqliteStore(options));
  const index = await createSearchIndex(() => engine);
  return Object.assign(index, {
    async store(products: Readonly<Record<string, object>>) {
      await index.put(
        Object.entries(products).map(([id, elements]) => ({
          id,
          asOf: new Date((reads += 1)),
          url: `MedicinalProductDefinition/${id}`,
          records: [{ resourceType: 'MedicinalProductDefinition', id, ...elements } as never],
          unidentified: [],
          derived: { rows: [], tokens: [] },
        })),
      );
    },
  });
}
