/** Builds everything once, in the order in which a request passes through it. */
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import {
  createCapabilities,
  neededFeatures,
  type Capabilities,
} from './catalogue/capabilities/capabilities.js';
import { startLearning, type Learning, type Learnt } from './catalogue/capabilities/learn.js';
import { createCatalogue, type Catalogue } from './catalogue/catalogue.js';
import { createMemory, type MemoryOptions } from './catalogue/memory.js';
import type { Config, Secrets } from './config.js';
import { createFhirClient, type FhirClient } from './fhir/client.js';
import { createSend, type Send } from './fhir/http.js';
import { startApollo } from './http/apollo.js';
import { refusedArguments } from './catalogue/finding/ways.js';
import { createCursors } from './graphql/cursor.js';
import { createExecutor, type Executor } from './graphql/execute.js';
import { createSchema, printSdl } from './graphql/schema.js';
import { createGraphiql } from './http/graphiql.js';
import { createGraphqlRoute } from './http/graphql-route.js';
import { startHttpServer } from './http/server.js';
import { createLoaders } from './loaders/index.js';
import type { Log } from './log.js';
import { createTokenCache, type TokenCache } from './oauth/token-cache.js';
import { createTokenEndpoint } from './oauth/token-endpoint.js';
import { withToken } from './oauth/with-token.js';
import { emaTerms } from './terms/ema-terms.js';
import { createTerms } from './terms/terms.js';

/** The upstream that the service speaks to: one base, and how to be let in. */
export interface Upstream {
  readonly kind: 'sandbox' | 'fhir';
  readonly baseUrl: URL;
  readonly oauth?: { readonly tokenUrl: URL; readonly clientId: string; readonly scope: string } | undefined;
}

export interface ServiceOptions {
  readonly config: Pick<
    Config,
    | 'host'
    | 'port'
    | 'profile'
    | 'openApi'
    | 'elements'
    | 'explain'
    | 'requestBudget'
    | 'timeoutMs'
    | 'deadlineMs'
    | 'secretExpires'
    | 'introspection'
    | 'graphiql'
    | 'corsOrigins'
  >;
  readonly secrets: Secrets;
  readonly upstream: Upstream;
  readonly log: Log;
  /** What operations have read is kept for later ones so long; not at all where undefined. */
  readonly memory?: MemoryOptions | undefined;
  /** Of this program. */
  readonly version: string;
}

export interface Service {
  /** `http://127.0.0.1:4000` */
  readonly origin: string;
  readonly executor: Executor;
  /** Resolves when the first attempt to learn what the upstream can do is over. */
  learnt(): Promise<void>;
  stop(): Promise<void>;
}

/** Where the build puts GraphiQL, seen from the sources and from what is compiled of them alike. */
const graphiqlDirectory = new URL('../dist/graphiql/', import.meta.url);

/** Milliseconds that the start waits for what the upstream can do; the rest is learnt while clients are answered. */
const patienceMs = 1_500;

/** The upstream, ready to be asked, and what is known of it. */
export interface Connection {
  readonly client: FhirClient;
  /** Undefined where the upstream is asked without a token. */
  readonly tokens: TokenCache | undefined;
  readonly capabilities: Capabilities;
  readonly catalogue: Catalogue;
  readonly learning: Learning;
  close(): void;
}

/** Begins at once to learn what the upstream can do. */
export function connect({
  config,
  secrets,
  upstream,
  log,
  memory,
}: Omit<ServiceOptions, 'version'>): Connection {
  const plain = createSend({ timeoutMs: config.timeoutMs });
  // The timeout is innermost, for each attempt; the token stands around it, so that a renewal has a time of its own.
  const tokens = upstream.oauth && tokenCacheOf(upstream.oauth, secrets, plain, log);
  const send = tokens ? withToken(plain, { tokens, origin: upstream.baseUrl.origin }) : plain;
  const client = createFhirClient({ baseUrl: baseOf(upstream), send });
  const capabilities = createCapabilities(config.profile);
  const catalogue = createCatalogue({
    client,
    capabilities,
    createLoaders,
    memory: memory && createMemory(memory),
    budget: config.requestBudget,
    tokenRequests: () => tokens?.requests ?? 0,
  });
  const learning = startLearning({
    capabilities,
    client,
    catalogue,
    description: () => descriptionAt(config.openApi, client, plain, upstream),
    elements: config.elements,
    onLearnt: (outcome) => logLearnt(log, outcome, capabilities),
  });
  return {
    client,
    tokens,
    capabilities,
    catalogue,
    learning,
    close() {
      learning.stop();
      plain.destroy();
    },
  };
}

function baseOf({ baseUrl }: Upstream): string {
  return baseUrl.href.replace(/\/+$/, '');
}

/** Rejects with Node's error where it cannot listen. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, secrets, upstream, log, version } = options;
  const { catalogue, capabilities, learning, close } = connect(options);
  const schema = createSchema();
  const executor = createExecutor({
    schema,
    catalogue,
    ready: learning.ready,
    cursors: createCursors(secrets.cursorKey),
    terms: createTerms(emaTerms),
    baseUrl: baseOf(upstream),
    service: {
      version,
      upstream: upstream.kind,
      capabilities,
      requestBudget: config.requestBudget,
      secretExpires: config.secretExpires,
    },
    onUnplanned: () => log.warn('fetch.unplanned'),
  });
  const apollo = await startApollo({
    schema,
    executor,
    introspection: config.introspection,
    deadlineMs: config.deadlineMs,
    log,
  });
  let isReady = false;
  const server = await startHttpServer({
    host: config.host,
    port: config.port,
    graphql: createGraphqlRoute(apollo, { explain: config.explain }),
    graphiql: config.graphiql ? createGraphiql(graphiqlDirectory, upstream.kind) : undefined,
    sdl: printSdl(schema),
    corsOrigins: config.corsOrigins,
    isReady: () => isReady,
    log,
  }).catch((error: unknown) => {
    close();
    throw error;
  });
  // Clients that come at once find a proven way to ask; an upstream that is slow to tell keeps nobody waiting.
  await Promise.race([learning.learnt(), setTimeout(patienceMs, undefined, { ref: false })]);
  isReady = true;
  return {
    origin: server.origin,
    executor,
    learnt: learning.learnt,
    async stop() {
      learning.stop();
      await server.stop();
      await apollo.stop();
      close();
    },
  };
}

/** The text of an OpenAPI description: of a file, of a path below the base, or of where EMA has it. */
async function descriptionAt(
  location: string | undefined,
  client: FhirClient,
  plain: Send,
  upstream: Upstream,
): Promise<string | undefined> {
  if (location === undefined) return client.description();
  if (!URL.canParse(location)) return readFile(location, 'utf8');
  if (location.startsWith(`${baseOf(upstream)}/`)) return client.description(location);
  // Whoever keeps it elsewhere gets no token.
  const { status, body } = await plain({ method: 'GET', url: new URL(location), headers: {} });
  return status === 200 ? body.toString('utf8') : undefined;
}

function logLearnt(log: Log, { source, durationMs, error }: Learnt, capabilities: Capabilities): void {
  const { profile, features } = capabilities;
  if (error !== undefined) return log.warn('capabilities.failed', { profile, error });
  log.info('capabilities.read', {
    profile,
    source,
    durationMs: Math.round(durationMs),
    offered: neededFeatures.filter((feature) => features.has(feature)),
    refused: refusedArguments(features),
  });
}

function tokenCacheOf(
  { tokenUrl, clientId, scope }: NonNullable<Upstream['oauth']>,
  { clientSecret = '', clientSecretNext }: Secrets,
  send: ReturnType<typeof createSend>,
  log: Log,
): TokenCache {
  const endpoint = createTokenEndpoint({ tokenUrl, clientId, clientSecret, clientSecretNext, scope, send });
  return createTokenCache({ endpoint, onFailure: (error) => log.warn('token.failed', { error }) });
}
