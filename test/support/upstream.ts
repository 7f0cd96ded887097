/** A scripted HTTP server on a free port. Each test defines its responses, and reads the requests that it received. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Upstream {
  /** Origin of the server: `http://127.0.0.1:port`, without a trailing slash. */
  readonly origin: string;
  /** Every request so far, in order. */
  readonly asked: readonly Asked[];
  /** Resolves when the client closes a connection before the response is complete. */
  readonly abandoned: Promise<void>;
}

export type Answering = (asked: Asked, response: http.ServerResponse, count: number) => void;

/** Starts the server. After the test it stops and closes its connections. */
export async function startUpstream(answer: Answering): Promise<Upstream> {
  const asked: Asked[] = [];
  const { promise: abandoned, resolve: abandon } = withResolvers();
  // The URLs of tests may be longer than Node's default limit.
  const server = http.createServer({ maxHeaderSize: 100_000 }, async (request, response) => {
    response.on('close', () => response.writableFinished || abandon());
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const received = { method, url, headers, body: Buffer.concat(chunks).toString() };
    asked.push(received);
    answer(received, response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, abandoned };
}

/** Responds with JSON of the media type application/fhir+json. */
export function json(response: http.ServerResponse, body: unknown, status = 200, headers = {}): void {
  response
    .writeHead(status, { 'Content-Type': 'application/fhir+json', ...headers })
    .end(JSON.stringify(body));
}

/** Returns a searchset of the resources, with a `next` link if one is given. */
export function searchset(resources: readonly unknown[], next?: string): Record<string, unknown> {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    entry: resources.map((resource) => ({ resource, search: { mode: 'match' } })),
    ...(next !== undefined && { link: [{ relation: 'next', url: next }] }),
  };
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
