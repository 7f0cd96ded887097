/** A FHIR server with products and what belongs to them, which lets in whoever has a token that lives, and can fail. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { close, listen } from './issuer.js';
import { failures, type Outage } from './outages.js';

/** A status other than 200 is answered to whoever asks. Requests that are `held` are answered once it is 200. */
export type UpstreamMode = 200 | 401 | 403 | 'held' | Outage;

/** What was asked at one path. */
export interface Calls {
  readonly count: number;
  /** How many of them were answered with what was asked for. */
  readonly answered: number;
}

export interface ProofUpstream {
  readonly baseUrl: string;
  /** Every token that was let in. */
  readonly seen: ReadonlySet<string>;
  /** How many calls were not let in. */
  readonly refusals: number;
  /** By what was asked, below the base. */
  readonly calls: ReadonlyMap<string, Calls>;
  /** From now on it answers so; 200 lets those in who have a token. */
  become(mode: UpstreamMode): Promise<void>;
  /** Tokens given so far no longer count. */
  revoke(): void;
  stop(): Promise<void>;
}

export interface UpstreamOptions {
  /** Whether there is a product of that id. @default only '1' */
  readonly has?: (id: string) => boolean;
}

/** @param tokens with the moment that each expires at, monotonic milliseconds */
export async function startUpstream(
  tokens: ReadonlyMap<string, number>,
  { has = (id) => id === '1' }: UpstreamOptions = {},
): Promise<ProofUpstream> {
  const seen = new Set<string>();
  const calls = new Map<string, { count: number; answered: number }>();
  let revoked = new Set<string>();
  let mode: UpstreamMode = 200;
  let refusals = 0;
  let held: (() => void)[] = [];

  function answer(response: ServerResponse, path: string, token: string): void {
    if (mode === 'held') return void held.push(() => answer(response, path, token));
    if (typeof mode === 'string') return failures[mode](response, token);
    const isAlive = (tokens.get(token) ?? 0) > performance.now() && !revoked.has(token);
    const status = isAlive ? mode : 401;
    if (status === 200) seen.add(token);
    else refusals++;
    const found = status === 200 ? resourceAt(path, has) : undefined;
    const call = calls.get(path);
    if (found && call) call.answered++;
    response.writeHead(status === 200 && !found ? 404 : status, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify(found ?? { resourceType: 'OperationOutcome', id: token }));
  }

  const server = createServer((request, response) => {
    const path = request.url?.replace('/v1', '') ?? '';
    const call = calls.get(path) ?? { count: 0, answered: 0 };
    call.count++;
    calls.set(path, call);
    answer(response, path, request.headers.authorization?.replace('Bearer ', '') ?? '');
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    seen,
    calls,
    get refusals() {
      return refusals;
    },
    async become(next) {
      mode = next;
      if (next === 'refused') await close(server);
      else if (!server.listening) await listen(server, port);
      if (next === 200) for (const release of held.splice(0)) release();
    },
    revoke() {
      revoked = new Set(tokens.keys());
    },
    async stop() {
      held = [];
      if (server.listening) await close(server);
    },
  };
}

function resourceAt(path: string, has: (id: string) => boolean): object | undefined {
  const [, id = '', operation] = /^\/MedicinalProductDefinition\/([^/?]+)(\/\$everything)?$/.exec(path) ?? [];
  if (!has(id)) return undefined;
  const product = {
    resourceType: 'MedicinalProductDefinition',
    id,
    name: [{ productName: 'Avelanta' }],
    // Long enough to be compressed where it is kept.
    description: 'A sentence of a summary. '.repeat(100),
  };
  if (operation === undefined) return product;
  const pack = {
    resourceType: 'PackagedProductDefinition',
    id: `${id}-p`,
    packageFor: [{ reference: `MedicinalProductDefinition/${id}` }],
  };
  const entry = [product, pack].map((resource) => ({ resource }));
  return { resourceType: 'Bundle', type: 'searchset', total: entry.length, entry };
}
