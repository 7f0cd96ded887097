/** A FHIR server with products and packages. It accepts requests with a valid token, and can simulate failures. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { close, listen } from './issuer.js';
import { failures, type Outage } from './outages.js';

/** Every request gets the status, if it is not 200. `held` requests get their response when the mode becomes 200. */
export type UpstreamMode = 200 | 401 | 403 | 'held' | Outage;

/** The requests to one path. */
export interface Calls {
  readonly count: number;
  /** Number of requests that got the resource. */
  readonly answered: number;
}

export interface ProofUpstream {
  readonly baseUrl: string;
  /** Every token that was accepted. */
  readonly seen: ReadonlySet<string>;
  /** Number of requests that were refused because of their token. */
  readonly refusals: number;
  /** When each request arrived, in monotonic milliseconds. */
  readonly arrivals: readonly number[];
  /** The requests by their path below the base URL. */
  readonly calls: ReadonlyMap<string, Calls>;
  /**
   * Changes the response to all further requests. With 200, requests with a valid token succeed again.
   * @param share share of the requests that get this response. The others get 200
   */
  become(mode: UpstreamMode, share?: number): Promise<void>;
  /**
   * Refuses the next request with 429 and a `Retry-After`. Resolves with the moment of the refusal, and the moment until which no
   * request may arrive.
   */
  tellToWait(
    seconds: number,
    form: 'seconds' | 'date',
  ): Promise<{ readonly at: number; readonly until: number }>;
  /** Revokes all tokens issued so far. */
  revoke(): void;
  stop(): Promise<void>;
}

export interface UpstreamOptions {
  /** Whether there is a product with the id. @default only '1' */
  readonly has?: (id: string) => boolean;
}

/** @param tokens valid tokens with the moment at which each expires, in monotonic milliseconds */
export async function startUpstream(
  tokens: ReadonlyMap<string, number>,
  { has = (id) => id === '1' }: UpstreamOptions = {},
): Promise<ProofUpstream> {
  const seen = new Set<string>();
  const arrivals: number[] = [];
  const calls = new Map<string, { count: number; answered: number }>();
  let revoked = new Set<string>();
  let [mode, share]: [UpstreamMode, number] = [200, 1];
  let refusals = 0;
  let held: (() => void)[] = [];
  let tell: ((response: ServerResponse) => void) | undefined;

  function answer(response: ServerResponse, path: string, token: string, now: UpstreamMode): void {
    if (now === 'held') return void held.push(() => answer(response, path, token, mode));
    if (typeof now === 'string') return failures[now](response, token);
    const isAlive = (tokens.get(token) ?? 0) > performance.now() && !revoked.has(token);
    const status = isAlive ? now : 401;
    if (status === 200) seen.add(token);
    else refusals++;
    const found = status === 200 ? resourceAt(path, has) : undefined;
    const call = calls.get(path);
    if (found && call) call.answered++;
    response.writeHead(status === 200 && !found ? 404 : status, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify(found ?? { resourceType: 'OperationOutcome', id: token }));
  }

  const server = createServer((request, response) => {
    arrivals.push(performance.now());
    if (tell) return tell(response);
    const path = request.url?.replace('/v1', '') ?? '';
    const call = calls.get(path) ?? { count: 0, answered: 0 };
    call.count++;
    calls.set(path, call);
    // Distributes the failures evenly, so that they are the same in each run.
    const isPicked = Math.floor(arrivals.length * share) > Math.floor((arrivals.length - 1) * share);
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    answer(response, path, token, isPicked ? mode : 200);
  });
  // High, because a request on a connection that is just being closed would fail.
  server.keepAliveTimeout = 600_000;
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    seen,
    arrivals,
    calls,
    get refusals() {
      return refusals;
    },
    async become(next, of = 1) {
      [mode, share] = [next, of];
      if (next === 'refused') await close(server);
      else if (!server.listening) await listen(server, port);
      if (next === 200) for (const release of held.splice(0)) release();
    },
    tellToWait: (seconds, form) =>
      new Promise((resolve) => {
        tell = (response) => {
          tell = undefined;
          const until = Date.now() + seconds * 1_000;
          // An HTTP date has whole seconds: the next full second, so that it is not too early.
          const date = new Date(Math.ceil(until / 1_000) * 1_000);
          const told = form === 'seconds' ? String(seconds) : date.toUTCString();
          const waitMs = form === 'seconds' ? seconds * 1_000 : date.getTime() - Date.now();
          response.writeHead(429, { 'retry-after': told }).end();
          resolve({ at: performance.now(), until: performance.now() + waitMs });
        };
      }),
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
    // Long enough that the cache compresses it.
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
