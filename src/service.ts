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
import type { Config, Secrets } from './config.js';
import { createFhirClient, type FhirClient } from './fhir/client.js';
import { createSend, type Send } from './fhir/http.js';
import { startApollo } from './http/apollo.js';
import { refusedArguments } from './graphql/args.js';
import { createCursors } from './graphql/cursor.js';
import { createExecutor, type Executor } from './graphql/execute.js';
import { createSchema, printSdl } from './graphql/schema.js';
import { createGraphiql } from './http/graphiql.js';
import { createGraphqlRoute } from './http/graphql-route.js';
import { startHttpServer } from './http/server.js';
import { createLoaders } from './loaders/index.js';
import type { Log } from './log.js';
import { renewalAdvice, secretExpiry, watchSecretExpiry } from './oauth/secret-expiry.js';
import { createTokenCache, type TokenCache } from './oauth/token-cache.js';
import { createTokenEndpoint } from './oauth/token-endpoint.js';
import { isRefusedForGood } from './oauth/token-refusal.js';
import { withToken } from './oauth/with-token.js';
import { createMemoryStore } from './store/memory-store.js';
import type { RedisConnection } from './store/redis-connection.js';
import { createRedisStore } from './store/redis-store.js';
import { withResponseCache } from './store/response-cache.js';
import { createSeal, deriveKey, type Seal } from './store/seal.js';
import type { Store } from './store/store.js';
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
    | 'cacheTtlMs'
    | 'cacheMaxBytes'
    | 'secretExpires'
    | 'introspection'
    | 'graphiql'
    | 'corsOrigins'
  >;
  readonly secrets: Secrets;
  readonly upstream: Upstream;
  readonly log: Log;
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

/** The pipe to the upstream, with its token and its memory. */
export interface Access {
  readonly send: Send;
  /** Without a token. */
  readonly plain: Send;
  /** Undefined where the upstream is asked without a token. */
  readonly tokens: TokenCache | undefined;
  /** Undefined where nothing is shared with other replicas. */
  readonly redis: RedisConnection | undefined;
  close(): Promise<void>;
}

export function openAccess({
  config,
  secrets,
  upstream,
  log,
}: Pick<ServiceOptions, 'secrets' | 'upstream' | 'log'> & {
  readonly config: Pick<Config, 'timeoutMs' | 'cacheTtlMs' | 'cacheMaxBytes'>;
}): Access {
  const plain = createSend({ timeoutMs: config.timeoutMs });
  // A pipe of its own: a renewal must not stand in line behind the calls that will need it.
  const toIssuer = createSend({ timeoutMs: config.timeoutMs, maxSockets: 2 });
  const maxBytes = config.cacheMaxBytes;
  const redisStore = redisStoreOf(secrets, maxBytes, log);
  const store = redisStore ?? createMemoryStore({ maxBytes });
  const seal = redisStore && sealOf(secrets);
  // The timeout is innermost, for each attempt; the token stands around it, so that a renewal has a time of its own.
  const tokens =
    upstream.oauth && tokenCacheOf(upstream.oauth, secrets, { send: toIssuer, store, seal, log });
  const authorized = tokens ? withToken(plain, { tokens, origin: upstream.baseUrl.origin }) : plain;
  // Outermost: a copy needs no token, and stands in where there is none.
  const cached = withResponseCache(authorized, {
    store,
    base: baseOf(upstream),
    freshMs: config.cacheTtlMs,
    compress: redisStore !== undefined,
  });
  return {
    send: cached,
    plain,
    tokens,
    redis: redisStore?.connection,
    async close() {
      await Promise.all([cached.close(), tokens?.close()]);
      toIssuer.destroy();
      plain.destroy();
      await store.close();
    },
  };
}

/** The upstream, ready to be asked, and what is known of it. */
export interface Connection extends Pick<Access, 'tokens' | 'redis' | 'close'> {
  readonly client: FhirClient;
  readonly capabilities: Capabilities;
  readonly catalogue: Catalogue;
  readonly learning: Learning;
}

/** Begins at once to learn what the upstream can do. */
export function connect(options: Omit<ServiceOptions, 'version'>): Connection {
  const { config, upstream, log } = options;
  const { send, plain, tokens, redis, close } = openAccess(options);
  const client = createFhirClient({ baseUrl: baseOf(upstream), send });
  const capabilities = createCapabilities(config.profile);
  const catalogue = createCatalogue({
    client,
    capabilities,
    createLoaders,
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
    redis,
    capabilities,
    catalogue,
    learning,
    async close() {
      learning.stop();
      await close();
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
  if (secrets.redisUrl !== undefined && secrets.cursorKey === undefined) {
    log.warn('cursor.key.random', { advice: 'sharedKeys' });
  }
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
    condition: () => conditionOf(config.secretExpires),
    log,
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const stopWatching = config.secretExpires && warnOfExpiry(config.secretExpires, log);
  // Clients that come at once find a proven way to ask; an upstream that is slow to tell keeps nobody waiting.
  await Promise.race([learning.learnt(), setTimeout(patienceMs, undefined, { ref: false })]);
  isReady = true;
  return {
    origin: server.origin,
    executor,
    learnt: learning.learnt,
    async stop() {
      learning.stop();
      stopWatching?.();
      await server.stop();
      await apollo.stop();
      await close();
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
    refused: refusedArguments(),
  });
}

/** What readiness tells: a secret that expires is no reason to send clients elsewhere, and one to look. */
function conditionOf(secretExpires: Date | undefined): Readonly<Record<string, unknown>> {
  if (secretExpires === undefined) return {};
  const { at, daysLeft, warning } = secretExpiry(secretExpires);
  return {
    secretExpires: at.toISOString(),
    secretDaysLeft: daysLeft,
    ...(warning !== undefined && { warnings: [`The client secret expires. ${renewalAdvice}`] }),
  };
}

function warnOfExpiry(secretExpires: Date, log: Log): () => void {
  return watchSecretExpiry(secretExpires, ({ at, daysLeft, warning = 0 }) => {
    const fields = { daysLeft, day: at.toISOString().slice(0, 10), advice: 'renewal' } as const;
    if (warning <= 7) log.error('secret.expires', fields);
    else log.warn('secret.expires', fields);
  });
}

function redisStoreOf(
  { redisUrl }: Secrets,
  maxBytes: number,
  log: Log,
): ReturnType<typeof createRedisStore> | undefined {
  if (redisUrl === undefined) return undefined;
  return createRedisStore({
    url: redisUrl,
    maxBytes,
    onChange(event, error) {
      if (event === 'up') log.info('store.up');
      else log.warn(`store.${event}`, { error });
    },
  });
}

/** Without a key of its own, replicas encrypt with one that they all have: it is derived from the client secret. */
function sealOf(secrets: Secrets): Seal {
  return createSeal(
    () => secrets.redisEncryptionKeys ?? clientSecretsOf(secrets).map((secret) => deriveKey(secret, 'token')),
  );
}

function clientSecretsOf({ clientSecret, clientSecretNext }: Secrets): readonly string[] {
  return [clientSecret, clientSecretNext].filter((secret) => secret !== undefined);
}

interface TokenWays {
  readonly send: Send;
  readonly store: Store;
  readonly seal: Seal | undefined;
  readonly log: Log;
}

function tokenCacheOf(
  { tokenUrl, clientId, scope }: NonNullable<Upstream['oauth']>,
  secrets: Secrets,
  { send, store, seal, log }: TokenWays,
): TokenCache {
  const endpoint = createTokenEndpoint({
    tokenUrl,
    clientId,
    secrets: () => clientSecretsOf(secrets),
    scope,
    send,
    onNextSecret: () => log.error('secret.next', { advice: 'nextSecret' }),
  });
  return createTokenCache({
    endpoint,
    store,
    seal,
    subject: [tokenUrl.href, clientId, scope],
    onFailure(error) {
      if (isRefusedForGood(error)) log.error('token.failed', { error, advice: 'credentials' });
      else log.warn('token.failed', { error });
    },
  });
}
