/** Unread answers are limited in total and for each connection. Clients that do not read are disconnected. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createOutbox, type Outbox, type OutboxOptions } from '../../src/http/answers/outbox.js';

const megabyte = 2 ** 20;

let server: Server;
let outbox: Outbox;
let cut: number;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  outbox.close();
  server.close();
  server.closeAllConnections();
});

/** Starts a server that answers `/n` with n bytes, and `/later/n` once `release` is called. */
async function serve(options: Partial<OutboxOptions> = {}): Promise<{ readonly release: () => void }> {
  cut = 0;
  outbox = createOutbox({ onCut: () => (cut += 1), ...options });
  const held: (() => void)[] = [];
  server = createServer({ ServerResponse: outbox.Response }, ({ url = '' }, response) => {
    const body = Buffer.alloc(Number(url.split('/').at(-1)), 'x');
    const answer = (): void => {
      response.writeHead(200, { 'content-length': body.length });
      response.end(body);
    };
    if (url.startsWith('/later')) held.push(answer);
    else answer();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { release: () => held.splice(0).forEach((answer) => answer()) };
}

function ask(...paths: readonly (string | number)[]): Socket {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  socket.write(paths.map((path) => `GET /${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join(''));
  return socket;
}

/** Returns the total number of bytes in the bodies of the answers. */
async function read(socket: Socket, expected: number): Promise<number> {
  let bytes = 0;
  for await (const chunk of socket) {
    bytes += String(chunk).split('x').length - 1;
    if (bytes >= expected) break;
  }
  return bytes;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(10);
}

describe('answers that their client has not read yet', () => {
  it('arrive complete if the client reads them, and then use no memory', async () => {
    await serve();
    expect(await read(ask(10), 10)).toBe(10);
    expect(await read(ask(5 * megabyte), 5 * megabyte)).toBe(5 * megabyte);
    expect(await read(ask(7, 3 * megabyte, 7), 3 * megabyte + 14)).toBe(3 * megabyte + 14);
    await until(() => outbox.bytes === 0);
    expect(cut).toBe(0);
  });

  it('are limited in their total size: the client that has not read for longest is disconnected', async () => {
    await serve({ mostBytes: 20 * megabyte, mostBytesOfConnection: 20 * megabyte });
    const readers = Array.from({ length: 10 }, () => ask(6 * megabyte));
    await until(() => cut > 0);
    expect(outbox.bytes).toBeLessThanOrEqual(20 * megabyte);
    // The clients that are still connected receive their answers.
    const bytes = await Promise.all(readers.map((reader) => read(reader, 6 * megabyte).catch(() => 0)));
    expect(bytes.filter((each) => each === 6 * megabyte).length).toBe(10 - cut);
    await until(() => outbox.bytes === 0);
  });

  it('are limited in size for one connection, however many requests it sends at once', async () => {
    await serve({ mostBytesOfConnection: 8 * megabyte });
    ask(...Array.from({ length: 50 }, () => 3 * megabyte));
    await until(() => cut === 1);
    expect(outbox.bytes).toBe(0);
  });

  it('are dropped if the client reads nothing for longer than the limit', async () => {
    // 1.5 s is longer than a busy machine delays a reader.
    await serve({ patienceMs: 1_500 });
    const [still, moving] = [ask(6 * megabyte), ask(6 * megabyte)];
    const whole = read(moving, 6 * megabyte);
    expect(await whole).toBe(6 * megabyte);
    await until(() => cut === 1);
    still.destroy();
    await until(() => outbox.bytes === 0);
  });

  it('do not cause a disconnection while an earlier answer is still being computed', async () => {
    const { release } = await serve({ patienceMs: 50 });
    const reader = ask('later/5', 7);
    await setTimeout(1_500);
    expect(cut).toBe(0);
    release();
    expect(await read(reader, 12)).toBe(12);
  });

  it('are dropped when the connection closes, also those that wait for an earlier answer', async () => {
    const { release } = await serve();
    const reader = ask('later/5', 3 * megabyte, 3 * megabyte);
    await until(() => outbox.bytes >= 5 * megabyte);
    reader.destroy();
    // Node reads on, and notices the closed connections, once the first request is answered.
    release();
    await until(() => outbox.bytes === 0);
    expect(cut).toBe(0);
  });

  it('are dropped if the client disconnects before the answer is computed', async () => {
    const { release } = await serve();
    const connection = once(server, 'connection') as Promise<[Socket]>;
    const asked = once(server, 'request');
    const reader = ask('later/7');
    const [[socket]] = await Promise.all([connection, asked]);
    reader.destroy();
    await once(socket, 'close');
    release();
    expect(outbox.bytes).toBe(0);
  });

  it('have no body if the request is HEAD', async () => {
    await serve();
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    socket.write(
      `HEAD /${megabyte} HTTP/1.1\r\nhost: x\r\n\r\nGET /3 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    );
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text.split('\r\n\r\n').at(-1)).toBe('xxx');
    expect(text).toContain(`content-length: ${megabyte}`);
  });
});
