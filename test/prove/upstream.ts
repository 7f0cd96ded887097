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
  /** When each request came, in monotonic milliseconds. */
  readonly arrivals: readonly number[];
  /** By what was asked, below the base. */
  readonly calls: ReadonlyMap<string, Calls>;
  /**
   * From now on it answers so, whoever asks; 200 lets those in again who have a token.
   * @param share of the requests that are answered so; the others are as with 200
   */
  become(mode: UpstreamMode, share?: number): Promise<void>;
  /** Refuses the next request as one too many; gives the moments at which it did, and until which nobody may come. */
  tellToWait(
    seconds: number,
    form: 'seconds' | 'date',
  ): Promise<{ readonly at: number; readonly until: number }>;
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
    // Evenly among the requests: without chance, the same in each run.
    const isPicked = Math.floor(arrivals.length * share) > Math.floor((arrivals.length - 1) * share);
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    answer(response, path, token, isPicked ? mode : 200);
  });
  // A call on a connection that is just being closed would fail for reasons of its own.
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
          // A date has no fractions of a second: the one told is the first that is not too early.
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
