/**
 * Sends changes of products to clients as they are recorded: Server-Sent Events. Another process may write to the
 * index, so new changes are looked for regularly, with one query for all streams.
 */
import type { ServerResponse } from 'node:http';
import { isPmsError } from '../../errors.js';
import type { Change, ChangePlace } from '../../search-index/changes/change.js';
import type { SearchIndex } from '../../search-index/search-index.js';
import { mustRefetchBody } from './must-refetch.js';
import { writePlace } from './place.js';

export interface StreamsOptions {
  readonly index: Pick<SearchIndex, 'changes'>;
  /** Maximum number of streams, in total and of one client. */
  readonly most: number;
  readonly mostOfClient: number;
  /** Called with errors that are faults of this program. */
  readonly onFault: (error: unknown) => void;
  /** Milliseconds between two looks for new changes. @default 1 s */
  readonly pollMs?: number;
  /** Milliseconds between two heartbeats, which keep proxies from closing the connection. @default 15 s */
  readonly heartbeatMs?: number;
  /** Milliseconds within which a client must read what was sent. @default 30 s */
  readonly patienceMs?: number;
}

export interface Streams {
  readonly count: number;
  /**
   * Begins a stream with the changes after a place.
   * @returns why the stream is refused; undefined if it has begun
   */
  open(response: ServerResponse, client: string, place: ChangePlace): 'full' | 'full for client' | undefined;
  /** Ends all streams. Their clients connect again, and go on where they were. */
  close(): void;
}

interface Stream {
  readonly response: ServerResponse;
  readonly client: string;
  /** The place after the last change that was sent. */
  place: ChangePlace;
  /** When the client stopped reading, in monotonic milliseconds. Undefined while it reads. */
  stuckSince: number | undefined;
}

/** Milliseconds after which a client connects again. */
const retryMs = 5_000;
/** Maximum number of changes that are sent to a stream at once. */
const atOnce = 100;

export function createStreams(options: StreamsOptions): Streams {
  const { index, most, mostOfClient, onFault } = options;
  const { pollMs = 1_000, heartbeatMs = 15_000, patienceMs = 30_000 } = options;
  const streams = new Set<Stream>();
  let timers: readonly NodeJS.Timeout[] = [];
  let isVisiting = false;
  let isClosed = false;

  function start(): void {
    if (timers.length > 0) return;
    timers = [setInterval(visit, pollMs).unref(), setInterval(beat, heartbeatMs).unref()];
  }

  function drop(stream: Stream): void {
    streams.delete(stream);
    if (streams.size > 0) return;
    for (const timer of timers) clearInterval(timer);
    timers = [];
  }

  function visit(): void {
    if (isVisiting) return;
    isVisiting = true;
    void visitAll()
      .catch((error: unknown) => {
        // While the index cannot be read, streams stay open. They go on when it can be read again.
        if (!isPmsError(error)) onFault(error);
      })
      .finally(() => (isVisiting = false));
  }

  /** Sends new changes to all streams. They take turns, so that a stream that is far behind does not delay others. */
  async function visitAll(): Promise<void> {
    for (let isBehind = true; isBehind;) {
      isBehind = false;
      const { head } = await index.changes({ first: 0 });
      for (const stream of streams) {
        if (isSamePlace(stream.place, head) || isStuck(stream)) continue;
        if (await sendNext(stream)) isBehind = true;
      }
    }
  }

  /** Sends the next changes of a stream. Returns whether there are more. */
  async function sendNext(stream: Stream): Promise<boolean> {
    const { rows, hasNext, head, mustRefetch } = await index.changes({ after: stream.place, first: atOnce });
    if (mustRefetch) {
      write(stream, eventOf('must-refetch', mustRefetchBody(mustRefetch)));
      end(stream);
      return false;
    }
    const events = rows.map((change) => changeEvent(change, head.handle));
    if (events.length > 0) write(stream, events.join(''));
    const last = rows.at(-1);
    stream.place = hasNext && last ? { handle: head.handle, offset: last.offset } : head;
    return hasNext && !isStuck(stream);
  }

  function beat(): void {
    const latest = performance.now() - patienceMs;
    for (const stream of streams) {
      if (stream.stuckSince === undefined) write(stream, ':\n\n');
      else if (stream.stuckSince < latest) stream.response.destroy();
    }
  }

  return {
    get count() {
      return streams.size;
    },
    open(response, client, place) {
      // A request may have waited for the index while the service was shut down.
      if (isClosed || streams.size >= most) return 'full';
      if ([...streams].filter((each) => each.client === client).length >= mostOfClient)
        return 'full for client';
      const stream: Stream = { response, client, place, stuckSince: undefined };
      streams.add(stream);
      response.once('close', () => drop(stream));
      response.on('drain', () => (stream.stuckSince = undefined));
      response.writeHead(200, eventHeaders);
      // The first event gives a place to go on from, even if no change follows.
      const ready = eventOf('ready', { place: writePlace(place) }, place);
      write(stream, `retry: ${retryMs}\n${ready}`);
      start();
      visit();
      return undefined;
    },
    close() {
      isClosed = true;
      for (const stream of streams) end(stream);
    },
  };
}

export const eventHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Proxies such as nginx would otherwise collect events before they pass them on.
  'x-accel-buffering': 'no',
} as const;

function write(stream: Stream, text: string): void {
  const { response } = stream;
  if (response.destroyed || response.writableEnded) return;
  if (!response.write(text)) stream.stuckSince ??= performance.now();
}

function end({ response }: Stream): void {
  if (!response.destroyed && !response.writableEnded) response.end();
}

function isStuck({ response, stuckSince }: Stream): boolean {
  return stuckSince !== undefined || response.destroyed || response.writableEnded;
}

function isSamePlace(one: ChangePlace, other: ChangePlace): boolean {
  return one.offset === other.offset && one.handle === other.handle;
}

function changeEvent({ offset, productId, kind, at, parts, firstSeen }: Change, handle: string): string {
  const data = {
    productId,
    kind,
    at: new Date(at),
    parts,
    ...(firstSeen !== undefined && { firstSeen: new Date(firstSeen) }),
  };
  return eventOf('change', data, { handle, offset });
}

/** Returns one event. Its data are on one line, because JSON escapes line breaks. */
function eventOf(name: string, data: object, place?: ChangePlace): string {
  const id = place ? `id: ${writePlace(place)}\n` : '';
  return `event: ${name}\n${id}data: ${JSON.stringify(data)}\n\n`;
}
