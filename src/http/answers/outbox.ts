/**
 * Watches responses until clients have read them. A client that sends many requests and reads no responses would
 * occupy memory for ever. So the number of unread bytes is limited, per connection and in total, and a connection
 * that reads too slowly is closed.
 */
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { maxAnswerBytes } from '../../graphql/engine/written.js';

export interface Outbox {
  /** The class of watched responses, for `createServer`. */
  readonly Response: typeof ServerResponse<IncomingMessage>;
  /** Bytes that clients have not read yet. */
  readonly bytes: number;
  /** Stops watching responses. */
  close(): void;
}

export interface OutboxOptions {
  /** Called for each connection that was closed because its client read too slowly. */
  readonly onCut: () => void;
  /** Maximum number of unread bytes of all connections. @default 64 MiB */
  readonly mostBytes?: number;
  /** Maximum number of unread bytes of one connection. @default the size of two of the largest responses */
  readonly mostBytesOfConnection?: number;
  /** Milliseconds within which a client must read `sliceBytes` bytes. @default 10 s */
  readonly patienceMs?: number;
}

/**
 * Size of one write in bytes. A longer response is written in slices, so that the client's progress can be measured.
 */
const sliceBytes = 64 * 1024;
const watchEveryMs = 1_000;

/** A response that the client has not read yet. */
interface Waiting {
  readonly socket: Socket;
  /** Bytes that are not written yet. */
  bytes: number;
  /** When the client read the last slice, in monotonic milliseconds. */
  movedAt: number;
}

export function createOutbox({
  onCut,
  mostBytes = 64 * 2 ** 20,
  mostBytesOfConnection = 2 * maxAnswerBytes,
  patienceMs = 10_000,
}: OutboxOptions): Outbox {
  const all = new Map<ServerResponse, Waiting>();
  const byConnection = new WeakMap<Socket, number>();
  let bytes = 0;

  function add(response: ServerResponse, socket: Socket): Waiting {
    const waiting = { socket, bytes: 0, movedAt: performance.now() };
    all.set(response, waiting);
    response.once('close', () => drop(response, waiting));
    if (!byConnection.has(socket)) {
      byConnection.set(socket, 0);
      // A response that waits for an earlier one on the same connection gets no `close` event, so the event of the
      // socket is used.
      socket.once('close', () => {
        for (const [each, its] of all) if (its.socket === socket) drop(each, its);
      });
    }
    return waiting;
  }

  function drop(response: ServerResponse, waiting: Waiting): void {
    weigh(waiting, 0);
    all.delete(response);
  }

  function weigh(waiting: Waiting, size: number): void {
    const more = size - waiting.bytes;
    waiting.bytes = size;
    bytes += more;
    byConnection.set(waiting.socket, (byConnection.get(waiting.socket) ?? 0) + more);
  }

  function keepWithinBounds({ socket }: Waiting): void {
    if ((byConnection.get(socket) ?? 0) > mostBytesOfConnection) cut(socket);
    if (bytes <= mostBytes) return;
    // Closes the connections that made no progress for the longest time first.
    for (const each of [...all.values()].sort((one, other) => one.movedAt - other.movedAt)) {
      if (bytes <= mostBytes) return;
      if (each.bytes > 0) cut(each.socket);
    }
  }

  /** Subtracts the bytes at once, because the `close` event comes only in a later iteration of the event loop. */
  function cut(socket: Socket): void {
    for (const waiting of all.values()) if (waiting.socket === socket) weigh(waiting, 0);
    if (socket.destroyed) return;
    socket.destroy();
    onCut();
  }

  const timer = setInterval(() => {
    const latest = performance.now() - patienceMs;
    for (const [response, { socket, movedAt }] of all) {
      // A response without a socket waits for the response before it, not for the client.
      if (response.socket && movedAt < latest) cut(socket);
    }
  }, watchEveryMs);
  timer.unref();

  class Response extends ServerResponse<IncomingMessage> {
    override end(...given: readonly unknown[]): this {
      const [body] = given;
      const { socket } = this.req;
      if (this.writableEnded) return this;
      // A destroyed socket emits no more events, so an entry added now would never be removed.
      if (socket.destroyed) return super.end(...(given as []));
      const waiting = add(this, socket);
      if (typeof body !== 'string' && !Buffer.isBuffer(body)) return super.end(...(given as []));
      const whole = Buffer.isBuffer(body) ? body : Buffer.from(body);
      weigh(waiting, whole.length);
      keepWithinBounds(waiting);
      if (socket.destroyed) return this;
      if (whole.length <= sliceBytes) return super.end(whole);
      this.slice(whole, 0, waiting);
      return this;
    }

    private slice(body: Buffer, from: number, waiting: Waiting): void {
      let at = from;
      for (let isTaken = true; isTaken;) {
        if (this.destroyed) return;
        weigh(waiting, body.length - at);
        waiting.movedAt = performance.now();
        const rest = body.subarray(at, at + sliceBytes);
        at += sliceBytes;
        if (at >= body.length) {
          super.end(rest);
          return;
        }
        isTaken = this.write(rest);
      }
      this.once('drain', () => this.slice(body, at, waiting));
    }
  }

  return {
    Response,
    get bytes() {
      return bytes;
    },
    close: () => clearInterval(timer),
  };
}
