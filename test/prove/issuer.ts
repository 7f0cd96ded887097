/** A token endpoint that can fail in every way, and counts what it is asked for. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failures, type Outage } from './outages.js';

export type Mode = 'ok' | 'held' | 'invalid_client' | Outage;

export interface TokenRequest {
  /** Milliseconds, monotonic. */
  readonly at: number;
  readonly scope: string;
}

export interface Issuer {
  readonly tokenUrl: string;
  readonly requests: readonly TokenRequest[];
  /** Of the tokens that were given, the moment that each expires at. */
  readonly tokens: ReadonlyMap<string, number>;
  /** From now on requests end so. Those that are `held` are answered once it is `ok`. */
  become(mode: Mode): Promise<void>;
  /** How many of the requests came when a token was already on its way, or in the first 65 % of its life. */
  surplus(): number;
  stop(): Promise<void>;
}

export interface IssuerOptions {
  /** Seconds. */
  readonly lifetime: number;
  /** What tokens begin with. @default 'token' */
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
    // What is echoed must not come out again.
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
