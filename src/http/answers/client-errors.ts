/**
 * Refuses input that is not a complete HTTP request: sends an error as JSON, after the responses to earlier requests,
 * and closes the connection.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Status line and message of the response, by Node's error code. */
const refusals: Readonly<Record<string, readonly [string, string]>> & {
  readonly other: readonly [string, string];
} = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The address or a header is too long. Use POST.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive.'],
  other: ['400 Bad Request', 'This is not an HTTP request.'],
};

/** Milliseconds during which the client can read the response and close the connection itself. */
const lingerMs = 1_000;

/**
 * Responds to input that is not HTTP or does not arrive in time.
 * @returns a function to call for each request and its response
 */
export function answerClientErrors(
  server: Server,
): (request: IncomingMessage, response: ServerResponse) => void {
  const answering = new WeakMap<Socket, Set<ServerResponse>>();
  const refused = new WeakSet<Socket>();

  server.on('clientError', (error: NodeJS.ErrnoException, duplex) => {
    const socket = duplex as Socket;
    if (refused.has(socket)) return;
    refused.add(socket);
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const refuse = (): void => {
      const [status, message] = refusals[error.code ?? ''] ?? refusals.other;
      const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
      if (socket.writable)
        socket.end(
          `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n${body}`,
        );
      // Without this, a client could leave a half-closed connection open for ever.
      setTimeout(() => socket.destroy(), lingerMs).unref();
    };
    // Responses to earlier requests on this connection are sent first. A request that was cut off gets no response.
    const before = [...(answering.get(socket) ?? [])].filter(({ req }) => req.complete);
    if (before.length > 0) void Promise.all(before.map(closed)).then(refuse);
    else refuse();
  });

  return ({ socket }, response) => {
    const open = answering.get(socket) ?? new Set();
    answering.set(socket, open.add(response));
    response.once('close', () => open.delete(response));
  };
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', resolve));
}
