/** A FHIR server with one product, which lets in whoever has a token that lives. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { close, listen } from './issuer.js';

export interface ProofUpstream {
  readonly baseUrl: string;
  /** Every token that was let in. */
  readonly seen: ReadonlySet<string>;
  /** How many calls were not let in. */
  readonly refusals: number;
  /** From now on it answers so, whoever asks; 200 lets those in again who have a token. */
  become(status: 200 | 401 | 403): void;
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
  let revoked = new Set<string>();
  let status: 200 | 401 | 403 = 200;
  let refusals = 0;
  const server = createServer((request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const isAlive = (tokens.get(token) ?? 0) > performance.now() && !revoked.has(token);
    const answer = isAlive ? status : 401;
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
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    get refusals() {
      return refusals;
    },
    become(next) {
      status = next;
    },
    revoke() {
      revoked = new Set(tokens.keys());
    },
    stop: () => close(server),
  };
}
