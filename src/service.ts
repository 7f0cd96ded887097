/** Builds all parts of the service. They are in the order in which a request passes through them. */
import { readFile } from 'node:fs/promises';
import { createCapabilities, neededFeatures, type Capabilities } from './catalogue/plan/capabilities.js';
import { startLearning, type Learning, type Learnt } from './catalogue/learning/learn.js';
import { createCatalogue, type Catalogue } from './catalogue/catalogue.js';
import { createWhereabouts } from './catalogue/upstream/whereabouts.js';
import { createMemory, type Memory } from './catalogue/memory/memory.js';
import { createSharedMemory } from './catalogue/memory/shared-memory.js';
import { unlessRefuted } from './catalogue/upstream/proving.js';
import type { Config, Secrets } from './config/config.js';
import type { LinkPart } from './fhir/base-url.js';
import { createFhirClient, type FhirClient } from './fhir/client.js';
import { inBackground } from './fhir/in-background.js';
import { createSend, type Send } from './fhir/http.js';
import { openBucket, type OpenBucketOptions } from './governor/open-bucket.js';
import { withGovernor, type Governed } from './governor/with-governor.js';
import type { Bucket } from './governor/bucket.js';
import { withRetries } from './governor/with-retries.js';
import { maxTokens, startApollo } from './http/graphql/apollo.js';
import { refusedArguments } from './catalogue/search/ways.js';
import type { ServiceFacts, UpstreamRate } from './graphql/context.js';
import { createCursors } from './graphql/engine/cursor.js';
import { createDocuments, type Documents } from './graphql/engine/documents.js';
import { createExecutor, type Executor, type ExecutorOptions } from './graphql/engine/execute.js';
import { createKeptAnswers, type KeptAnswers } from './graphql/engine/kept-answers.js';
import { createAutomaticQueries } from './graphql/persisted/automatic.js';
import { costlyAmong, type CostlyOptions } from './graphql/persisted/costs.js';
import { createPersisted, type Persisted } from './graphql/persisted/persisted.js';
import {
  openTrustedDocuments,
  type TrustedDocument,
  type TrustedDocuments,
} from './graphql/persisted/trusted.js';
import { createSchema, printSdl } from './graphql/schema/schema.js';
import { createEtagOf } from './http/answers/caching.js';
import { createCompress, type Compress } from './http/answers/compression.js';
import { createCors } from './http/cors.js';
import type { Renewal } from './crawl/renewal.js';
import { startCrawl } from './crawl/start-crawl.js';
import type { HeldIndex } from './catalogue/catalogue.js';
import { brokenIndex } from './catalogue/profiles/held/broken.js';
import {
  conditionOf,
  coveredBy,
  holdIn,
  openKept,
  startRenewal,
  type Held,
  type KeptIndex,
} from './kept-index.js';
import { IndexError } from './search-index/store/index-error.js';
import { createChangesRoute, type ChangesRoute } from './http/changes/changes-route.js';
import { createGraphiql } from './http/pages/graphiql.js';
import { createGraphqlRoute } from './http/graphql/graphql-route.js';
import { problemOf } from './http/pages/problem.js';
import { createReadiness } from './http/pages/readiness.js';
import { startHttpServer } from './http/server.js';
import { createLoaders } from './catalogue/waves/loaders.js';
import type { Log } from './log.js';
import { createMetrics, type Metrics } from './metrics.js';
import { createClocks, type Clocks } from './network/clock.js';
import { proxyIn } from './network/proxy.js';
import { openTokens } from './oauth/open-tokens.js';
import { expiryTold, secretExpiry, watchSecretExpiry } from './oauth/secret-expiry.js';
import type { TokenCache } from './oauth/token-cache.js';
import { isRefusedForGood } from './oauth/token-refusal.js';
import { withToken } from './oauth/with-token.js';
import type { Reloadable } from './reload/reloadable.js';
import { startReload } from './reload/reload.js';
import { createFreshness } from './cache/freshness.js';
import { openStore } from './store/open-store.js';
import { createReached } from './cache/reached.js';
import type { RedisConnection } from './store/redis-connection.js';
import { withResponseCache } from './cache/response-cache.js';
import type { Store } from './store/store.js';
import { createBuiltInTerms } from './terms/built-in.js';
import { openImportedTerms, type ImportedTerms } from './terms/imported/imported-terms.js';
import { createShownTexts, type ShownTexts } from './terms/shown.js';
import type { SearchIndex } from './search-index/search-index.js';
import type { TermSource } from './terms/source.js';
import { createTerms } from './terms/terms.js';

/** The base URL of the upstream, and the credentials for it. */
export interface Upstream {
  readonly kind: 'sandbox' | 'fhir';
  readonly baseUrl: URL;
  readonly oauth?: { readonly tokenUrl: URL; readonly clientId: string; readonly scope: string } | undefined;
}

export interface ServiceOptions {
  readonly config: UpstreamLimits &
    Pick<
      Config,
      | 'host'
      | 'port'
      | 'profile'
      | 'openApi'
      | 'elements'
      | 'explain'
      | 'receipt'
      | 'requestBudget'
      | 'timeoutMs'
      | 'deadlineMs'
      | 'cacheTtlMs'
      | 'cacheMaxBytes'
      | 'secretExpires'
      | 'introspection'
      | 'graphiql'
      | 'corsOrigins'
      | 'changesStreams'
      | 'changesStreamsPerClient'
    > &
    Partial<Pick<Config, 'termsDir' | 'index' | 'trusted'>>;
  readonly secrets: Secrets;
  readonly upstream: Upstream;
  readonly log: Log;
  /** @default new metrics, without Node's own */
  readonly metrics?: Metrics;
  /** The version of this program. */
  readonly version: string;
}

/** Settings that limit the load on the upstream. */
export type UpstreamLimits = Partial<Pick<Config, 'rateLimit' | 'replicas' | 'maxConcurrency' | 'maxQueue'>> &
  Pick<OpenBucketOptions, 'rateWindowMs' | 'share'>;

export interface Service {
  /** The service's own URL: `http://127.0.0.1:4000` */
  readonly origin: string;
  readonly executor: Executor;
  /** The options of the executor, so that a second executor can be built with them. */
  readonly executorOptions: ExecutorOptions;
  /** Resolves when the first attempt to learn the upstream's capabilities has ended. */
  learnt(): Promise<void>;
  /**
   * Resolves when the service knows all capabilities of the upstream that clients can see, as far as the upstream
   * responds.
   */
  known(): Promise<void>;
  /** Reads again all files that can change while the service runs. Files that cannot be used change nothing. */
  reload(): Promise<void>;
  /** Resolves when the index can be used, and the first crawl of this process, if there is one, has ended. */
  filled(): Promise<void>;
  /**
   * Stops the service.
   * @param delayMs milliseconds during which the service reports that it is not ready, but still responds @default 0
   */
  stop(delayMs?: number): Promise<void>;
}

/** The folder of the built GraphiQL. The relative path is the same for source files and compiled files. */
const graphiqlDirectory = new URL('../dist/graphiql/', import.meta.url);

/** Maximum number of bytes of compressed responses that are cached in addition to the uncompressed ones. */
const compressedBytes = 8 * 2 ** 20;

/** Access to the upstream, with its token and its response cache. */
export interface Access {
  readonly send: Send;
  /** Sends a request without a token to the URL in PMS_OPENAPI. */
  readonly plain: Send;
  /** Undefined if the upstream needs no token. */
  readonly tokens: TokenCache | undefined;
  readonly clocks: Pick<Clocks, 'differences'>;
  readonly rate: ServiceFacts['rate'];
  readonly store: Store;
  /** Undefined if replicas share no Redis. */
  readonly redis: RedisConnection | undefined;
  close(): Promise<void>;
}

export function openAccess({
  config,
  secrets,
  upstream,
  log,
  metrics = createMetrics(),
}: Pick<ServiceOptions, 'secrets' | 'upstream' | 'log' | 'metrics'> & {
  readonly config: Pick<Config, 'timeoutMs' | 'cacheTtlMs' | 'cacheMaxBytes'> & UpstreamLimits;
}): Access {
  const { timeoutMs, maxConcurrency = 32, maxQueue = 1_000 } = config;
  const proxyOf = proxyIn(process.env);
  const plain = createSend({ timeoutMs, maxSockets: maxConcurrency, proxyOf });
  const toDescription = createSend({ timeoutMs, maxSockets: 1, place: 'PMS_OPENAPI', proxyOf });
  // Token requests have a `send` function of their own, so that a token renewal need not wait for the requests that
  // need the token.
  const clocks = createClocks({
    onOff: ({ place: at, seconds }) => log.warn('clock.off', { at, secondsAhead: seconds, advice: 'clock' }),
  });
  const toIssuer = createSend({
    timeoutMs,
    maxSockets: 2,
    maxBytes: 1_000_000,
    place: 'PMS_TOKEN_URL',
    proxyOf,
  });
  const clientSecrets = (): readonly string[] => clientSecretsOf(secrets);
  const shared = openStore({
    redisUrl: secrets.redisUrl,
    encryptionKeys: secrets.redisEncryptionKeys,
    sharedSecrets: clientSecrets,
    maxBytes: part(config, 1 / 2),
    log,
  });
  const bucket = openBucket({ ...config, ...shared, base: baseOf(upstream), log });
  const governed = withGovernor(metrics.countSends(clocks.watch('PMS_BASE_URL', plain)), {
    bucket,
    maxConcurrency,
    maxQueue,
    onBreaker: (state, error) =>
      state === 'open' ? log.warn('upstream.down', { error }) : log.info('upstream.up'),
  });
  // The timeout is innermost, so it applies to each attempt. The governor is around it, inside retries and token
  // replays. These are requests too: they must be counted, spaced, and blocked while the upstream is down. The token is
  // outermost, so a renewal has its own timeout and is requested once for all attempts.
  const sent = withRetries(governed);
  const toToken = clocks.watch('PMS_TOKEN_URL', toIssuer);
  const tokens =
    upstream.oauth && openTokens({ ...upstream.oauth, secrets: clientSecrets, send: toToken, shared, log });
  const authorized = tokens ? withToken(sent, { tokens, origin: upstream.baseUrl.origin }) : sent;
  // The cache is outermost. A cached copy needs no token and no permit, and is used if the upstream does not respond.
  const cached = withResponseCache(authorized, {
    store: shared.store,
    base: baseOf(upstream),
    freshMs: config.cacheTtlMs,
    isShared: shared.redis !== undefined,
  });
  watchAccess(metrics, { bucket, governed, tokens, redis: shared.redis });
  return {
    send: metrics.countCopies(cached),
    plain: toDescription,
    tokens,
    clocks,
    rate: () => rateOf(bucket),
    store: shared.store,
    redis: shared.redis,
    async close() {
      bucket.close();
      governed.destroy();
      await Promise.all([cached.close(), tokens?.close()]);
      toIssuer.destroy();
      toDescription.destroy();
      plain.destroy();
      await shared.store.close();
    },
  };
}

function rateOf({ rate: { limit }, left }: Bucket): UpstreamRate {
  return { limit: Number.isFinite(limit) ? Math.floor(limit) : undefined, left };
}

function watchAccess(
  metrics: Metrics,
  {
    bucket,
    governed,
    tokens,
    redis,
  }: Pick<Access, 'tokens' | 'redis'> & {
    readonly bucket: Bucket;
    readonly governed: Governed;
  },
): void {
  const { state } = governed;
  metrics.watch('upstream_queue_length', () => state.waiting);
  metrics.watch('upstream_in_flight', () => state.inFlight);
  metrics.watch('upstream_concurrency_limit', () => state.most);
  metrics.watch('upstream_down', () => Number(state.isDown));
  metrics.watch('upstream_rate_limit', () => (bucket.rate.limit * 60_000) / bucket.rate.windowMs);
  metrics.watch('upstream_held_seconds', () => bucket.heldMs / 1_000);
  if (redis) metrics.watch('store_up', () => Number(redis.isUp));
  if (!tokens) return;
  metrics.watch('token_requests_total', () => tokens.requests);
  metrics.watch('token_waits_total', () => tokens.waits);
}

function watchIndex(metrics: Metrics, index: SearchIndex): void {
  const { load } = index;
  metrics.watch('index_queue_length', () => load.waiting);
  metrics.watch('index_calls_total', () => load.calls);
  metrics.watch('index_refusals_total', () => load.refused);
  metrics.watch('index_seconds_total', () => load.seconds);
  metrics.watch('index_products', () => index.coverage.products);
  metrics.watch('index_products_with_details', () => index.coverage.withDetails);
  metrics.watch('index_upstream_products', () => index.coverage.upstreamTotal ?? 0);
  metrics.watch('index_complete', () => Number(index.coverage.complete));
}

/** A connection to the upstream, and everything that the service knows about the upstream. */
export interface UpstreamConnection extends Pick<
  Access,
  'tokens' | 'clocks' | 'rate' | 'store' | 'redis' | 'close'
> {
  readonly client: FhirClient;
  readonly capabilities: Capabilities;
  readonly catalogue: Catalogue;
  readonly learning: Learning;
  /** The index of the upstream's products. Undefined if there is no index. */
  readonly held: Held | undefined;
  /** Why a configured index could not be opened. */
  readonly indexFault: IndexError | undefined;
  /** A client with low priority. Its requests are sent after those of operations. */
  readonly background: FhirClient;
  /** Sends a request to the upstream. Rejects if the upstream does not respond or refuses this service. */
  ask(): Promise<void>;
  /** Whether the shared store contains responses of this upstream. */
  holds(): Promise<boolean>;
}

/** Connects to the upstream, and starts to learn its capabilities. */
export function connect(
  options: Omit<ServiceOptions, 'version'> & {
    readonly shown?: ShownTexts;
    /** Sources of terms, built in or imported. */
    readonly terms?: readonly TermSource[];
    readonly index?: KeptIndex | undefined;
    /** Called with products that were served from the index but are no longer fresh. */
    readonly onStale?: HeldIndex['onStale'];
  },
): UpstreamConnection {
  const { config, upstream, log, shown, terms, index: kept, onStale } = options;
  const { send: asked, plain, tokens, clocks, rate, store, redis, close } = openAccess(options);
  const base = baseOf(upstream);
  const reached = createReached({
    base,
    send: asked,
    store: config.cacheTtlMs > 0 ? redis && store : undefined,
  });
  const { send } = reached;
  let learning: Learning | undefined;
  const client = createFhirClient({
    baseUrl: baseOf(upstream),
    send,
    onDifferingLink: tellOnce(log),
    onOddRecord: tellOfOddRecords(log),
    onTooLong: () => learning?.doubt('lengths'),
  });
  const background = inBackground(client);
  const capabilities = createCapabilities(config.profile);
  const memory = config.cacheTtlMs > 0 ? openMemory(config, upstream, { store, redis }) : undefined;
  const whereabouts = createWhereabouts({ base: baseOf(upstream), store: redis && store });
  const [index, indexFault] = kept instanceof IndexError ? [undefined, kept] : [kept, undefined];
  const held = index && config.index && holdIn(index, config, config.index, { log, onStale, terms });
  const catalogue = createCatalogue({
    client,
    capabilities,
    onDoubt: (doubt) => learning?.doubt(doubt),
    proving: () => learning?.proving,
    createLoaders,
    memory,
    whereabouts,
    held,
    searchers: config.index && !held ? [brokenIndex] : [],
    onHold: shown?.note,
    budget: config.requestBudget,
    tokenRequests: () => tokens?.requests ?? 0,
  });
  learning = startLearning({
    capabilities,
    client: background,
    prompt: client,
    catalogue,
    description: () => descriptionAt(config.openApi, background, plain, upstream),
    elements: config.elements,
    onLearnt: (outcome) => logLearnt(log, outcome, capabilities, index !== undefined),
  });
  return {
    client,
    tokens,
    clocks,
    rate,
    store,
    redis,
    capabilities,
    catalogue,
    learning,
    ask: reached.ask,
    holds: reached.holds,
    held,
    indexFault,
    background,
    async close() {
      learning.stop();
      await Promise.all([memory?.settled(), whereabouts.settled(), held?.stop(), held?.writer.settled()]);
      await Promise.all([close(), index?.close()]);
    },
  };
}

function openMemory(
  config: Pick<Config, 'cacheTtlMs' | 'cacheMaxBytes'>,
  upstream: Upstream,
  { store, redis }: Pick<Access, 'store' | 'redis'>,
): Memory {
  const freshness = createFreshness(config.cacheTtlMs);
  return createMemory({
    freshness,
    maxBytes: part(config, 3 / 8),
    shared: redis && createSharedMemory({ store, base: baseOf(upstream), keepMs: freshness.keepMs }),
  });
}

/**
 * Returns a share of CACHE_MAX_BYTES. One half is for upstream responses as they arrived, three eighths for records
 * parsed from them, one sixteenth for whole responses of this service, and one sixteenth for documents of clients: three
 * quarters of it parsed, and one quarter as the texts of automatic persisted queries.
 */
function part({ cacheMaxBytes }: Pick<Config, 'cacheMaxBytes'>, share: number): number {
  return Math.ceil(cacheMaxBytes * share);
}

/** Logs each kind of differing link only once, because every page of a Bundle may have such a link. */
function tellOnce(log: Log): (differing: readonly LinkPart[]) => void {
  const told = new Set<string>();
  return (differing) => {
    const name = differing.join();
    if (told.has(name)) return;
    told.add(name);
    log.warn('upstream.links', { differing });
  };
}

/**
 * Logs each malformed record only once, and only a limited number of records. There may be many, and each may be on
 * many pages.
 */
function tellOfOddRecords(log: Log): (record: string) => void {
  const told = new Set<string>();
  return (record) => {
    if (told.has(record) || told.size === mostOddRecords) return;
    told.add(record);
    log.warn('upstream.record', { record });
  };
}

const mostOddRecords = 1_000;

/** Returns the base URL without a slash at its end. Request URLs and the identity of the upstream need this form. */
export function baseOf({ baseUrl }: Pick<Upstream, 'baseUrl'>): string {
  return baseUrl.href.replace(/\/+$/, '');
}

/** Warns if each replica seals cursors with a key of its own, so that no other replica can read them. */
function warnOfRandomKey({ redisUrl, cursorKey }: ServiceOptions['secrets'], log: Log): void {
  if (redisUrl !== undefined && cursorKey === undefined)
    log.warn('cursor.key.random', { advice: 'sharedKeys' });
}

/** Starts the service. Rejects with Node's error if the service cannot listen on its port. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, secrets, upstream, log, version } = options;
  const { metrics = createMetrics() } = options;
  const schema = createSchema();
  const trusted =
    config.trusted && (await openTrustedDocuments({ path: config.trusted.path, schema, maxTokens }));
  const shown = createShownTexts();
  const index =
    config.index && (await openKept({ ...config.index, url: secrets.indexUrl }, baseOf(upstream), log));
  const imported = importedTerms(config.termsDir, log);
  const known = [...(imported ? [imported] : []), createBuiltInTerms()];
  let renewal: Renewal | undefined;
  const connection = connect({
    ...options,
    metrics,
    shown,
    terms: known,
    index,
    onStale: (products) => renewal?.note(products),
  });
  const { catalogue, capabilities, learning, held, store, redis } = connection;
  renewal = held && startRenewal(catalogue, capabilities, learning.proving, config);
  const crawling = held && config.index?.crawl ? startCrawl({ ...options, ...connection, held }) : undefined;
  metrics.describe(version, upstream.kind);
  if (held) watchIndex(metrics, held.index);
  warnOfRandomKey(secrets, log);
  const { documents, persisted } = openDocuments(config, trusted, redis && store);
  const executorOptions: ExecutorOptions = {
    schema,
    catalogue,
    ready: learning.ready,
    known: learning.known,
    cursors: createCursors(secrets.cursorKey),
    terms: createTerms([...known, shown]),
    baseUrl: baseOf(upstream),
    service: factsOf(options, connection, index),
    suggests: config.introspection,
    documents,
    onUnplanned: () => log.warn('fetch.unplanned'),
  };
  const executor = createExecutor(executorOptions);
  const apollo = await startApollo({
    schema,
    executor,
    documents,
    persisted,
    introspection: config.introspection,
    deadlineMs: config.deadlineMs,
    receipt: config.receipt,
    kept: config.cacheTtlMs > 0 ? keptAnswersOf(config, imported) : undefined,
    metrics,
    log,
  });
  const { tokens, close } = connection;
  const readiness = createReadiness({
    ...connection,
    isRefused: isRefusedForGood,
    learnt: learning.learnt(),
  });
  const compress = createCompress(compressedBytes);
  const changes = changesOf(index, options, compress);
  metrics.watch('changes_streams', () => changes.streams);
  const sdl = once(() => printSdl(schema));
  const server = await startHttpServer({
    host: config.host,
    port: config.port,
    graphql: createGraphqlRoute(apollo, {
      explain: config.explain,
      compress,
      etagOf: createEtagOf(sdl),
      persisted,
      onRefusal: metrics.failed,
    }),
    graphiql: config.graphiql ? createGraphiql(graphiqlDirectory, upstream.kind) : undefined,
    changes,
    sdl,
    cors: createCors({ origins: config.corsOrigins, host: config.host }),
    compress,
    deadlineMs: config.deadlineMs,
    isReady: () => readiness.isReady(),
    hindrance: () => problemTold(readiness.failure),
    condition: () => ({
      ...problemTold(tokens?.failure),
      ...(config.secretExpires ? expiryTold(config.secretExpires) : {}),
      ...(index ? { index: conditionOf(index) } : {}),
    }),
    metrics,
    log,
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const stopWatching = config.secretExpires && watchSecret(config.secretExpires, { log, metrics });
  const weighed = trusted && withCosts(trusted, { schema, executor, budget: config.requestBudget }, log);
  const files = [weighed, imported, secrets.files].filter((each) => each !== undefined);
  const reload = startReload(files, log);
  return {
    origin: server.origin,
    executor,
    reload: reload.now,
    executorOptions,
    learnt: learning.learnt,
    known: learning.known,
    async filled() {
      if (held?.index.fault) return;
      await held?.told;
      await crawling?.done;
    },
    async stop(delayMs) {
      learning.stop();
      reload.stop();
      await Promise.all([crawling?.stop(), renewal?.stop()]);
      stopWatching?.();
      await server.stop(delayMs);
      await apollo.stop();
      await close();
    },
  };
}

function changesOf(
  index: KeptIndex | undefined,
  { config, log }: Pick<ServiceOptions, 'config' | 'log'>,
  compress: Compress,
): ChangesRoute {
  return createChangesRoute({
    index: index instanceof IndexError ? 'unopened' : index,
    compress,
    most: config.changesStreams,
    mostOfClient: config.changesStreamsPerClient,
    onFault: (error) => log.error('changes.unsent', { error }),
  });
}

function factsOf(
  { config, upstream, version }: ServiceOptions,
  { capabilities, rate }: UpstreamConnection,
  index: KeptIndex | undefined,
): ServiceFacts {
  return {
    version,
    upstream: upstream.kind,
    capabilities,
    index: index && coveredBy(index),
    requestBudget: config.requestBudget,
    rate,
    secretExpires: config.secretExpires,
  };
}

function keptAnswersOf(
  config: Pick<Config, 'cacheMaxBytes'>,
  imported: ImportedTerms | undefined,
): KeptAnswers {
  return createKeptAnswers({ maxBytes: part(config, 1 / 16), epoch: () => String(imported?.version ?? '') });
}

/** Creates the caches of clients' documents. @param store the store that replicas share */
function openDocuments(
  config: Pick<Config, 'cacheMaxBytes'> & Partial<Pick<Config, 'trusted'>>,
  trusted: TrustedDocuments | undefined,
  store: Store | undefined,
): { readonly documents: Documents; readonly persisted: Persisted } {
  const automatic = createAutomaticQueries({ maxBytes: part(config, 1 / 64), store });
  return {
    persisted: createPersisted(automatic, trusted, config.trusted?.only ?? false),
    documents: createDocuments(part(config, 3 / 64), trusted && ((hash) => trusted.find(hash)?.document)),
  };
}

function problemTold(error: unknown): Readonly<Record<string, unknown>> {
  return error === undefined ? {} : { problem: problemOf(error) };
}

function importedTerms(dir: string | undefined, log: Log): ImportedTerms | undefined {
  if (dir === undefined) return undefined;
  return openImportedTerms(dir, {
    onFault: (error, list) => log.warn('terms.unread', { list, error, advice: 'importAgain' }),
  });
}

/** Warns of trusted documents that may need too many upstream requests, at the start and after each reload. */
function withCosts(trusted: TrustedDocuments, options: CostlyOptions, log: Log): Reloadable {
  const seen = new WeakSet<TrustedDocument>();
  async function warn(): Promise<void> {
    const added = [...trusted.all()].filter((each) => !seen.has(each));
    for (const each of added) seen.add(each);
    for (const { id, operation, requests } of await costlyAmong(added, options))
      log.warn('document.costly', {
        document: id,
        operation,
        requests,
        limit: options.budget,
        advice: 'costly',
      });
  }
  // The costs are known when the upstream's capabilities are, so neither the start nor a reload waits for them.
  const warnLater = (): void => void warn().catch((error: unknown) => log.error('request.failed', { error }));
  warnLater();
  return {
    name: trusted.name,
    stamp: trusted.stamp,
    async load() {
      await trusted.load();
      warnLater();
    },
  };
}

function once<Made>(make: () => Made): () => Made {
  let made: { readonly is: Made } | undefined;
  return () => (made ??= { is: make() }).is;
}

/**
 * Reads an OpenAPI description of the upstream: from a file, from a path below the base URL, or from EMA's own
 * location.
 */
async function descriptionAt(
  location: string | undefined,
  client: FhirClient,
  plain: Send,
  upstream: Upstream,
): Promise<string | undefined> {
  if (location === undefined) return client.description();
  if (!URL.canParse(location)) return readFile(location, 'utf8');
  if (location.startsWith(`${baseOf(upstream)}/`)) return client.description(location);
  // The token must not be sent to another host, so this request has no token.
  const { status, body } = await plain({ method: 'GET', url: new URL(location), headers: {} });
  return status === 200 ? body.toString('utf8') : undefined;
}

function logLearnt(
  log: Log,
  { source, durationMs, error }: Learnt,
  capabilities: Capabilities,
  hasIndex: boolean,
): void {
  const { profile, features } = capabilities;
  if (error !== undefined) return log.warn('capabilities.failed', { profile, error });
  log.info('capabilities.read', {
    profile,
    source,
    durationMs: Math.round(durationMs),
    offered: neededFeatures.filter((feature) => features.has(feature)),
    refused: refusedArguments(unlessRefuted(features), hasIndex),
  });
}

function watchSecret(
  secretExpires: Date,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): () => void {
  metrics.watch('secret_expires_timestamp_seconds', () => secretExpires.getTime() / 1_000);
  metrics.watch('secret_days_left', () => secretExpiry(secretExpires).daysLeft);
  return watchSecretExpiry(secretExpires, ({ at, daysLeft, warning = 0 }) => {
    const fields = { daysLeft, day: at.toISOString().slice(0, 10), advice: 'renewal' } as const;
    if (warning <= 7) log.error('secret.expires', fields);
    else log.warn('secret.expires', fields);
  });
}

function clientSecretsOf({ clientSecret, clientSecretNext }: Secrets): readonly string[] {
  return [clientSecret, clientSecretNext].filter((secret) => secret !== undefined);
}
