/** A token endpoint that can simulate every kind of failure, and records its requests. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failures, type Outage } from './outages.js';

export type Mode = 'ok' | 'held' | 'invalid_client' | Outage;

export interface TokenRequest {
  /** When the request arrived, in monotonic milliseconds. */
  readonly at: number;
  readonly scope: string;
}

export interface Issuer {
  readonly tokenUrl: string;
  readonly requests: readonly TokenRequest[];
  /** The tokens issued, each with the moment at which it expires. */
  readonly tokens: ReadonlyMap<string, number>;
  /** Changes the response to all further requests. `held` requests get their response when the mode becomes `ok`. */
  become(mode: Mode): Promise<void>;
  /**
   * Number of requests that were unnecessary: another token request was running, or the token was in the first 65 % of its life.
   */
  surplus(): number;
  stop(): Promise<void>;
}

export interface IssuerOptions {
  /** Seconds until a token expires. */
  readonly lifetime: number;
  /** The beginning of all tokens. @default 'token' */
  readonly prefix?: string;
}

export async function startIssuer({ lifetime, prefix = 'token' }: IssuerOptions): Promise<Issuer> {
  const requests: TokenRequest[] = [];
  const tokens = new Map<string, number>();
  let held: ServerResponse[] = [];
  let mode: Mode = 'ok';

  function give(response: ServerResponse): void {
    const token = `${prefix}-${tokens.size + 1}`;
    tokens.set(token, performance.now() + lifetime * 1_000);
    json(response, 200, { token_type: 'Bearer', expires_in: lifetime, access_token: token });
  }

  const answers: Record<Mode, (response: ServerResponse, form: string) => void> = {
    ok: give,
    held: (response) => void held.push(response),
    // Echoes the form with the client secret, which the service must not repeat.
    invalid_client: (response, form) =>
      json(response, 401, { error: 'invalid_client', error_description: `AADSTS7000215: Invalid: ${form}` }),
    ...failures,
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = Buffer.concat(chunks).toString();
    requests.push({ at: performance.now(), scope: new URLSearchParams(form).get('scope') ?? '' });
    answers[mode](response, form);
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;

  return {
    tokenUrl: `http://127.0.0.1:${port}/token`,
    requests,
    tokens,
    async become(next) {
      mode = next;
      if (next === 'refused') await close(server);
      else if (!server.listening) await listen(server, port);
      if (next === 'ok') for (const response of held.splice(0)) give(response);
    },
    surplus() {
      const last = new Map<string, number>();
      return requests.filter(({ at, scope }) => {
        const before = last.get(scope) ?? -Infinity;
        last.set(scope, at);
        return at - before < lifetime * 650;
      }).length;
    },
    async stop() {
      held = [];
      if (server.listening) await close(server);
    },
  };
}

function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

export async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
