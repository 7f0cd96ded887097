/**
 * Answers on their way out. A client that asks for much and reads nothing would hold the memory for all of it for ever:
 * what waits to be read is bounded, for one connection and for all, and who reads too slowly is cut.
 */
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { maxAnswerBytes } from '../../graphql/engine/written.js';

export interface Outbox {
  /** The responses of a server whose answers are watched: for `createServer`. */
  readonly Response: typeof ServerResponse<IncomingMessage>;
  /** Bytes that wait to be read. */
  readonly bytes: number;
  /** Ends the watch. */
  close(): void;
}

export interface OutboxOptions {
  /** Told of each connection that was cut. */
  readonly onCut: () => void;
  /** @default 64 MiB */
  readonly mostBytes?: number;
  /** @default two of the largest answers */
  readonly mostBytesOfConnection?: number;
  /** Milliseconds in which a reader must take `sliceBytes`. @default 10 s */
  readonly patienceMs?: number;
}

/** Written at once; what is taken of a longer answer shows slice by slice. */
const sliceBytes = 64 * 1024;
const watchEveryMs = 1_000;

/** An answer that was given, and is not read yet. */
interface Waiting {
  readonly socket: Socket;
  /** Not written yet. */
  bytes: number;
  /** When the last slice was taken, in monotonic milliseconds. */
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
      // An answer that stands behind another one does not hear of it.
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
    // Whoever reads, however slowly, goes on.
    for (const each of [...all.values()].sort((one, other) => one.movedAt - other.movedAt)) {
      if (bytes <= mostBytes) return;
      if (each.bytes > 0) cut(each.socket);
    }
  }

  /** What waits for it is given up at once: `close` comes in a later turn. */
  function cut(socket: Socket): void {
    for (const waiting of all.values()) if (waiting.socket === socket) weigh(waiting, 0);
    if (socket.destroyed) return;
    socket.destroy();
    onCut();
  }

  const timer = setInterval(() => {
    const latest = performance.now() - patienceMs;
    for (const [response, { socket, movedAt }] of all) {
      // An answer behind another one on the same connection waits for that, and not for its reader.
      if (response.socket && movedAt < latest) cut(socket);
    }
  }, watchEveryMs);
  timer.unref();

  class Response extends ServerResponse<IncomingMessage> {
    override end(...given: readonly unknown[]): this {
      const [body] = given;
      const { socket } = this.req;
      if (this.writableEnded) return this;
      // Of a client that has left nothing is heard any more: what was noted of it would stay.
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
