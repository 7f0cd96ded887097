/** Sends the responses of the HTTP layer. All responses are JSON, including errors. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../../errors.js';
import { unstored } from './caching.js';
import type { Compress } from './compression.js';

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body), headers);
}

export function sendError(
  response: ServerResponse,
  status: number,
  code: ErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  // Caches may store some errors, such as 404, if they are not told otherwise.
  sendJson(response, status, { errors: [{ message, extensions: { code } }] }, { ...unstored, ...headers });
}

/**
 * Adds request headers to `Vary`. All of them are in one line, because nginx before 1.23 considers only the last line.
 */
export function varyBy(response: ServerResponse, ...names: readonly string[]): void {
  const before = response.getHeader('vary');
  response.setHeader('vary', [...(before === undefined ? [] : [String(before)]), ...names].join(', '));
}

export function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}

export interface Text {
  readonly contentType: string;
  readonly body: string;
  /** Whether the same body will be sent again, so that its compressed form is worth caching. */
  readonly isRepeated: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Tells the client that the response which it has is still right. */
export function sendUnchanged(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  varyBy(response, 'Accept-Encoding');
  response.writeHead(304, headers);
  response.end();
}

/** Sends a text, compressed if the client accepts that. */
export async function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  { contentType, body, isRepeated, headers = {} }: Text,
  compress: Compress,
): Promise<void> {
  varyBy(response, 'Accept-Encoding');
  const compressed = await compress(request, body, isRepeated);
  // The client may have disconnected during the compression.
  if (response.destroyed) return;
  send(response, status, contentType, compressed?.body ?? body, {
    ...headers,
    ...(compressed && { 'content-encoding': compressed.encoding }),
  });
}
