/** A FHIR server with one product, which lets in whoever has a token that lives, and can fail in every way. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { close, listen } from './issuer.js';

export type UpstreamMode = 200 | 401 | 403 | 429 | 503 | 'refused' | 'reset' | 'black hole';

export interface ProofUpstream {
  readonly baseUrl: string;
  /** Every token that was let in. */
  readonly seen: ReadonlySet<string>;
  /** How many calls were not let in. */
  readonly refusals: number;
  /** When each request came, in monotonic milliseconds. */
  readonly arrivals: readonly number[];
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

const product = JSON.stringify({
  resourceType: 'MedicinalProductDefinition',
  id: '1',
  name: [{ productName: 'Avelanta' }],
});

/** @param tokens with the moment that each expires at, monotonic milliseconds */
export async function startUpstream(tokens: ReadonlyMap<string, number>): Promise<ProofUpstream> {
  const seen = new Set<string>();
  const arrivals: number[] = [];
  let revoked = new Set<string>();
  let [mode, share]: [UpstreamMode, number] = [200, 1];
  let refusals = 0;
  let tell: ((response: ServerResponse) => void) | undefined;
  const server = createServer((request, response) => {
    arrivals.push(performance.now());
    if (tell) return tell(response);
    // Evenly among the requests: without chance, the same in each run.
    const isPicked = Math.floor(arrivals.length * share) > Math.floor((arrivals.length - 1) * share);
    const now = isPicked ? mode : 200;
    if (now === 'black hole') return;
    if (now === 'reset' || now === 'refused') {
      request.socket.resetAndDestroy();
      return;
    }
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const isAlive = (tokens.get(token) ?? 0) > performance.now() && !revoked.has(token);
    const answer = isAlive ? now : 401;
    if (answer === 200) seen.add(token);
    else refusals++;
    const isFound = answer === 200 && request.url?.endsWith('/MedicinalProductDefinition/1');
    response.writeHead(answer === 200 && !isFound ? 404 : answer, {
      'content-type': 'application/fhir+json',
    });
    response.end(isFound ? product : `{"resourceType":"OperationOutcome","id":"${token}"}`);
  });
  // A call on a connection that is just being closed would fail for reasons of its own.
  server.keepAliveTimeout = 600_000;
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    seen,
    arrivals,
    get refusals() {
      return refusals;
    },
    async become(next, of = 1) {
      [mode, share] = [next, of];
      if (next === 'refused') await close(server);
      else if (!server.listening) await listen(server, port);
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
      if (server.listening) await close(server);
    },
  };
}
