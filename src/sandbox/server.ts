/** The sandbox: a FHIR R5 server with its own data and an OAuth 2.0 token endpoint, over HTTP on a loopback address. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Resource } from 'fhir/r5.js';
import { jsonAnswer, outcomeAnswer, type Answer } from './answer.js';
import { createFaults, type Fault, type Faults } from './faults.js';
import { createFhirApi } from './fhir-api.js';
import { createGateway } from './gateway.js';
import type { Guise } from './guise.js';
import { createHoldings } from './holdings.js';
import { surfaceOf, type Profile } from './profiles.js';
import { createRateLimit } from './rate-limit.js';
import { createSelection } from './selection.js';
import { createTokenEndpoint, type TokenEndpoint } from './token-endpoint.js';
import { generatedWorld } from './world/generated.js';
import { sampleResources } from './world/sample.js';
import { listedWorld, type World } from './world/world.js';

export { parseFault, type Fault } from './faults.js';
export { guiseNames, parseGuise, type Guise } from './guise.js';
export { profiles, type Profile } from './profiles.js';

export interface SandboxOptions {
  /** Address to listen on. @default '127.0.0.1' */
  readonly host?: string;
  /** Port to listen on. 0 takes a free one. @default 0 */
  readonly port?: number;
  /**
   * The profile, which sets the features of the server. @default 'everything', with the known features of EMA's
   * public API
   */
  readonly profile?: Profile;
  /** Permanent differences from the profile. */
  readonly guise?: Guise;
  /** Resources to serve instead of the sample world. */
  readonly resources?: readonly Resource[];
  /** Number of generated products to serve instead of the sample world, up to 500,000. */
  readonly products?: number;
  /** Seed of the generated products. Each seed gives other products. @default 1 */
  readonly seed?: number;
  /** Whether the sample or generated resources have the oddities of EMA's data. @default true */
  readonly quirks?: boolean;
  /** Milliseconds that each FHIR response is delayed. @default 0 */
  readonly latency?: number;
  /**
   * Milliseconds by which responses of `/metadata` and `/swagger` are delayed in addition to `latency`. @default 0
   */
  readonly metadataLatency?: number;
  /** Matches on a page of a search without `_count`. @default 20 */
  readonly pageSize?: number;
  /** Maximum number of matches on a page. A larger `_count` is lowered without notice. @default 100 */
  readonly maxPageSize?: number;
  /** Maximum number of FHIR requests per minute. If absent, there is no limit. */
  readonly rate?: number;
  /** Seconds until a token expires. @default 3599 */
  readonly tokenLifetime?: number;
  readonly faults?: readonly Fault[];
  /** The client id that the token endpoint accepts. @default 'sandbox-client' */
  readonly clientId?: string;
  /** The client secret that the token endpoint accepts. @default 'sandbox-secret' */
  readonly clientSecret?: string;
  readonly scope?: string;
  /** Clock for token expiry and rate limit, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface SandboxRequest {
  readonly method: string;
  /** Path below the base URL, including the query. */
  readonly path: string;
  /** The body of a POST request. */
  readonly form?: string;
  /** The `Prefer` header, if the request has one. */
  readonly prefer?: string;
  /** The HTTP status of the response. 0 until the response is sent. */
  readonly status: number;
}

export interface Sandbox {
  /** The base URL of the FHIR API: `http://127.0.0.1:PORT/public/v1`. */
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  /** All resources of the sandbox. Reading this property generates all generated products. */
  readonly resources: readonly Resource[];
  /** The newest 100,000 FHIR requests, including refused ones. */
  readonly requests: readonly SandboxRequest[];
  readonly tokenRequests: readonly { readonly status: number }[];
  clearRequests(): void;
  /** Revokes all tokens issued so far. Requests with these tokens get 401. */
  revokeTokens(): void;
  /** Replaces the current faults. */
  setFaults(faults: readonly Fault[]): void;
  /** Stops the server and closes every connection, including idle and hanging ones. */
  stop(): Promise<void>;
}

const BASE = '/public/v1';
const TOKEN_PATH = '/sandbox-tenant/oauth2/v2.0/token';
/** Maximum number of requests that are recorded, so that a sandbox can run for weeks. */
const RECORDED = 100_000;
/** Node's limit for headers. It must exceed the longest URL, so that the gateway can respond 414. */
const HEADER_BYTES = 256 * 1024;

/**
 * Starts a sandbox. Rejects with Node's error if it cannot listen, or with a RangeError for too many products or an invalid
 * selector.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now = Date.now, guise = {} } = options;
  const credentials = {
    clientId: options.clientId ?? 'sandbox-client',
    clientSecret: options.clientSecret ?? 'sandbox-secret',
    scope: options.scope ?? 'api://pms-graphql.example/sandbox/.default',
  };
  const surface = surfaceOf(options.profile ?? 'everything', guise);
  const ignored = createSelection(guise.ignores);
  const world = worldOf(options);
  const holdings = createHoldings(world);
  if (options.products !== undefined) holdings.prepare('MedicinalProductDefinition', 'name');
  const server = createServer({ maxHeaderSize: HEADER_BYTES });
  // Idle connections are not closed. Otherwise a request on a connection that is being closed would be lost and
  // repeated, and clients would count one more request than the sandbox.
  server.keepAliveTimeout = 0;
  const origin = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  const baseUrl = `${origin}${BASE}`;
  const faults = createFaults(options.faults ?? []);
  const tokens = createTokenEndpoint({ ...credentials, lifetime: options.tokenLifetime ?? 3599, now });
  const fhir = createFhirApi({
    baseUrl,
    holdings,
    surface,
    guise,
    pageSize: options.pageSize ?? 20,
    maxPageSize: options.maxPageSize ?? 100,
    ignores: (type, name, value) => faults.ignores(`/${type}`, name) || ignored.hasPart(type, name, value),
  });
  const gateway = createGateway({
    baseUrl,
    fhir,
    faults,
    isAuthorized: tokens.isAuthorized,
    admit: createRateLimit(options.rate ?? Number.POSITIVE_INFINITY, now),
    longestUrl: guise.url ?? 8_000,
    overlong: guise.overlong ?? 414,
  });
  const requests: SandboxRequest[] = [];
  const tokenRequests: { readonly status: number }[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '/', method = 'GET', headers } = request;
    const body = await readText(request);
    if (url === TOKEN_PATH) {
      const answer = answerToken(tokens, faults, request, body);
      tokenRequests.push({ status: answer.status });
      return send(response, answer);
    }
    const path = belowBase(url);
    if (path === undefined)
      return send(response, jsonAnswer(404, { statusCode: 404, message: 'Resource not found' }));
    const form = body === '' ? undefined : body;
    const prefer = [headers.prefer ?? []].flat();
    const seen = {
      method,
      path,
      ...(form === undefined ? {} : { form }),
      ...(prefer.length > 0 ? { prefer: prefer.join() } : {}),
      status: 0,
    };
    requests.push(seen);
    if (requests.length > RECORDED) requests.shift();
    const outcome = gateway({ method, path, form, headers });
    if (outcome === 'hang') return;
    if (outcome === 'reset') return void request.socket.resetAndDestroy();
    seen.status = outcome.status;
    const wait = waitBefore(path, options);
    if (wait === 0) send(response, outcome);
    else setTimeout(send, wait, response, outcome).unref();
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => {
      send(response, outcomeAnswer(500, 'exception', String(error)));
    });
  });
  return {
    baseUrl,
    tokenUrl: `${origin}${TOKEN_PATH}`,
    ...credentials,
    get resources() {
      return allOf(world);
    },
    requests,
    tokenRequests,
    clearRequests() {
      requests.length = 0;
      tokenRequests.length = 0;
    },
    revokeTokens: tokens.revokeAll,
    setFaults: faults.set,
    stop: () => stop(server),
  };
}

function worldOf({ resources, products, seed = 1, quirks = true }: SandboxOptions): World {
  if (resources !== undefined) return listedWorld(resources);
  if (products !== undefined) return generatedWorld({ products, seed, quirks });
  const world = sampleWorlds.get(quirks) ?? listedWorld(sampleResources({ quirks }));
  sampleWorlds.set(quirks, world);
  return world;
}

/** The sample resources are immutable, so all sandboxes of a process share them. */
const sampleWorlds = new Map<boolean, World>();

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Returns the path below the base URL; undefined for other URLs. */
function belowBase(url: string): string | undefined {
  if (!url.startsWith(BASE)) return undefined;
  const path = url.slice(BASE.length);
  return path === '' || path.startsWith('/') || path.startsWith('?') ? path : undefined;
}

function waitBefore(path: string, { latency = 0, metadataLatency = 0 }: SandboxOptions): number {
  return /^\/(?:metadata|swagger)(?:\?|$)/.test(path) ? latency + metadataLatency : latency;
}

function answerToken(tokens: TokenEndpoint, faults: Faults, request: IncomingMessage, body: string): Answer {
  if (request.method !== 'POST') return jsonAnswer(405, { error: 'invalid_request' }, { allow: 'POST' });
  const fault = faults.take(TOKEN_PATH, 'token-status');
  if (fault !== undefined) {
    return jsonAnswer(fault.status, { error: 'temporarily_unavailable', error_description: 'AADSTS90033' });
  }
  return tokens.grant(new URLSearchParams(body), request.headers.authorization);
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(body);
}

function allOf(world: World): Resource[] {
  return world.types.flatMap((type) => [...world.each(type)].map(({ resource }) => resource));
}
