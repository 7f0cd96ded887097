/** A FHIR server with faulty responses. The id of the requested product chooses the fault, and other ids get normal responses. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { close, listen } from './issuer.js';

export interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** Responds to a request about a product. @param path path below the base URL, e.g. `MedicinalProductDefinition/1/$everything` */
export type Answer = (response: ServerResponse, path: string, query: URLSearchParams) => void;

export interface OddUpstream {
  readonly baseUrl: string;
  readonly origin: string;
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

/** @param odd faulty responses by the id of the product. All other products get normal responses */
export async function startOddUpstream(odd: Readonly<Record<string, Answer>>): Promise<OddUpstream> {
  const asked: Asked[] = [];
  const server: Server = createServer({ maxHeaderSize: 64_000 }, (request, response) => {
    const { url = '', headers } = request;
    asked.push({ url, headers });
    request.resume();
    // The client may abort a response, which is no fault.
    response.on('error', () => undefined);
    const { pathname, searchParams } = new URL(url, 'http://upstream');
    const path = pathname.replace('/v1/', '');
    const id = /^MedicinalProductDefinition\/([^/]+)/.exec(path)?.[1] ?? '';
    (odd[id] ?? well)(response, path, searchParams);
  });
  server.keepAliveTimeout = 600_000;
  await listen(server, 0);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { baseUrl: `${origin}/v1`, origin, asked, stop: () => close(server) };
}

export function productOf(id: string, more: object = {}): object {
  return {
    resourceType: 'MedicinalProductDefinition',
    id,
    name: [{ productName: `Product ${id}` }],
    ...more,
  };
}

/** @param next URL of the next page */
export function bundleOf(resources: readonly object[], next?: string): object {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    entry: resources.map((resource) => ({ resource })),
    ...(next !== undefined && { link: [{ relation: 'next', url: next }] }),
  };
}

export function json(response: ServerResponse, body: unknown, status = 200, headers = {}): void {
  response
    .writeHead(status, { 'content-type': 'application/fhir+json', ...headers })
    .end(JSON.stringify(body));
}

const well: Answer = (response, path) => {
  const id = /^MedicinalProductDefinition\/([^/]+)/.exec(path)?.[1];
  if (id === undefined) return json(response, { resourceType: 'OperationOutcome' }, 404);
  json(response, path.endsWith('$everything') ? bundleOf([productOf(id)]) : productOf(id));
};
