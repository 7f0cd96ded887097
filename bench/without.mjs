#!/usr/bin/env node
/**
 * The service of `src/service.ts` without one part, to measure the cost of that part. For this bench only: no setting of the
 * service switches off its protection.
 *
 *     WITHOUT=governor PMS_BASE_URL=… node bench/without.mjs
 *
 * `nothing`, `rate` (permits), `governor` (permits, queue, circuit breaker), `retries`, `server-library` (validation, limits of the
 * document, guards of the HTTP layer), `deadline` (of an operation, and closed connections of clients), `all-of-these`.
 */
import 'reflect-metadata';
import http from 'node:http';
import { parse } from 'graphql';
import { createCapabilities } from '../dist/catalogue/plan/capabilities.js';
import { startLearning } from '../dist/catalogue/learning/learn.js';
import { createCatalogue } from '../dist/catalogue/catalogue.js';
import { createWhereabouts } from '../dist/catalogue/upstream/whereabouts.js';
import { readConfig } from '../dist/config/config.js';
import { createFhirClient } from '../dist/fhir/client.js';
import { createSend } from '../dist/fhir/http.js';
import { inBackground } from '../dist/fhir/in-background.js';
import { openBucket } from '../dist/governor/open-bucket.js';
import { withGovernor } from '../dist/governor/with-governor.js';
import { withRetries } from '../dist/governor/with-retries.js';
import { createCursors } from '../dist/graphql/engine/cursor.js';
import { createDocuments } from '../dist/graphql/engine/documents.js';
import { createExecutor } from '../dist/graphql/engine/execute.js';
import { createAutomaticQueries } from '../dist/graphql/persisted/automatic.js';
import { createPersisted } from '../dist/graphql/persisted/persisted.js';
import { createSchema, printSdl } from '../dist/graphql/schema/schema.js';
import { startApollo } from '../dist/http/graphql/apollo.js';
import { createEtagOf } from '../dist/http/answers/caching.js';
import { createCompress } from '../dist/http/answers/compression.js';
import { createCors } from '../dist/http/cors.js';
import { createGraphqlRoute } from '../dist/http/graphql/graphql-route.js';
import { startHttpServer } from '../dist/http/server.js';
import { createLoaders } from '../dist/catalogue/waves/loaders.js';
import { createMetrics } from '../dist/metrics.js';
import { createBuiltInTerms } from '../dist/terms/built-in.js';
import { createTerms } from '../dist/terms/terms.js';

const { WITHOUT: without = 'nothing', ...env } = process.env;
const { config } = readConfig(env);
const lacks = (part) => without === part || without === 'all-of-these';
const log = { debug() {}, info() {}, warn() {}, error() {} };

const { baseUrl } = config.upstream;
const base = baseUrl.href.replace(/\/+$/, '');
const plain = createSend({ timeoutMs: config.timeoutMs, maxSockets: config.maxConcurrency });
const bucket = openBucket({
  base,
  rateLimit: lacks('rate') ? undefined : config.rateLimit,
  redis: undefined,
  log,
});
const governed = lacks('governor')
  ? plain
  : withGovernor(plain, { bucket, maxConcurrency: config.maxConcurrency, maxQueue: config.maxQueue });
const send = lacks('retries') ? governed : withRetries(governed);

const client = createFhirClient({ baseUrl, send });
const capabilities = createCapabilities(config.profile);
const catalogue = createCatalogue({
  client,
  capabilities,
  createLoaders,
  whereabouts: createWhereabouts({ base }),
  budget: config.requestBudget,
  tokenRequests: () => 0,
});
const learning = startLearning({
  capabilities,
  client: inBackground(client),
  prompt: client,
  catalogue,
  description: async () => undefined,
  elements: config.elements,
});
const schema = createSchema();
const metrics = createMetrics();
const whole = createExecutor({
  schema,
  catalogue,
  ready: learning.ready,
  cursors: createCursors(undefined),
  terms: createTerms([createBuiltInTerms()]),
  baseUrl: base,
  service: { version: '0', upstream: 'fhir', capabilities, requestBudget: config.requestBudget },
});
const executor = lacks('deadline')
  ? { execute: ({ signal: _signal, deadline: _deadline, ...request }) => whole.execute(request) }
  : whole;

const origin = lacks('server-library') ? await startBare() : await startWhole();
await learning.learnt();
process.stdout.write(`GraphQL at ${origin}/graphql\n`);

async function startWhole() {
  const automatic = createAutomaticQueries({ maxBytes: 2 ** 20, store: undefined });
  const persisted = createPersisted(automatic, undefined, false);
  const apollo = await startApollo({
    schema,
    executor,
    documents: createDocuments(2 ** 24),
    persisted,
    introspection: true,
    deadlineMs: config.deadlineMs,
    kept: undefined,
    metrics,
    log,
  });
  const compress = createCompress(0);
  const server = await startHttpServer({
    host: config.host,
    port: 0,
    graphql: createGraphqlRoute(apollo, {
      explain: false,
      compress,
      etagOf: createEtagOf(() => printSdl(schema)),
      persisted,
      onRefusal: metrics.failed,
    }),
    graphiql: undefined,
    changes: { isOffered: false, answer: async () => {}, close: () => {} },
    sdl: () => printSdl(schema),
    cors: createCors({ origins: [], host: config.host }),
    compress,
    deadlineMs: config.deadlineMs,
    isReady: async () => true,
    condition: () => ({}),
    metrics,
    log,
  });
  return server.origin;
}

/** Starts a server that parses each document once and does not validate it. */
async function startBare() {
  const documents = new Map();
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    const [operation] = document.definitions;
    const answer = await executor.execute({ document, operation, variables, languages: ['en'] });
    const body = Buffer.from(JSON.stringify(answer));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
}
