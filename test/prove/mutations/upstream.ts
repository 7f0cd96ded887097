/** A sandbox behind a proxy that mutates single records or entries of its responses. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Resource } from 'fhir/r5.js';
import { startSandbox, type Profile } from '../../../src/sandbox/server.js';
import { close, listen } from '../issuer.js';

type Spoil = (entry: { readonly resource?: unknown }) => unknown;

export interface SpoiltUpstream {
  readonly baseUrl: URL;
  /** Mutations by the `Type/id` of the record. */
  readonly spoils: Map<string, Spoil>;
  /** Whether the proxy mutates records now. */
  isSpoiling: boolean;
  stop(): Promise<void>;
}

export async function startSpoiltUpstream(
  profile: Profile,
  resources: readonly Resource[],
): Promise<SpoiltUpstream> {
  const sandbox = await startSandbox({ profile, resources, maxPageSize: 500 });
  const { clientId, clientSecret, scope } = sandbox;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope };
  const granted = await fetch(sandbox.tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = (await granted.json()) as { readonly access_token: string };
  const spoils = new Map<string, Spoil>();

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, text }) => response.writeHead(status, { 'content-type': 'application/fhir+json' }).end(text),
      // The sandbox was stopped while requests were running.
      () => response.destroy(),
    );
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const upstream: SpoiltUpstream = {
    baseUrl: new URL(`http://127.0.0.1:${port}${new URL(sandbox.baseUrl).pathname}`),
    spoils,
    isSpoiling: false,
    async stop() {
      await close(server);
      await sandbox.stop();
    },
  };
  return upstream;

  async function answer(
    request: IncomingMessage,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = 'GET', url = '', headers } = request;
    const sent = await fetch(new URL(url, sandbox.baseUrl), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': String(headers['content-type'] ?? '') },
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const text = await sent.text();
    return { status: sent.status, text: upstream.isSpoiling ? spoilt(text) : text };
  }

  function spoilt(text: string): string {
    const body = JSON.parse(text) as {
      readonly resourceType?: string;
      readonly id?: string;
      readonly entry?: readonly { readonly resource: Resource }[];
    };
    if (body.resourceType !== 'Bundle') {
      const spoil = spoils.get(`${body.resourceType}/${body.id}`);
      const entry = spoil?.({ resource: body }) as { readonly resource?: unknown } | undefined;
      return JSON.stringify(entry ? (entry.resource ?? null) : body);
    }
    const entry = body.entry?.map((each) => {
      const spoil = spoils.get(`${each.resource.resourceType}/${each.resource.id}`);
      return spoil ? spoil(each) : each;
    });
    return JSON.stringify({ ...body, ...(entry && { entry }) });
  }
}
