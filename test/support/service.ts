/** Starts the whole service over its own sandbox, on free ports, by the production code. */
import { Agent } from 'node:http';
import nodeFetch from 'node-fetch';
import type { Config } from '../../src/config/config.js';
import { createLog, type Log } from '../../src/log.js';
import type { Executor } from '../../src/graphql/engine/execute.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.js';
import { startService, type Upstream } from '../../src/service.js';
import { testConfig, testSecrets } from './config.js';
import { createReference } from './reference.js';

export interface TestServiceOptions {
  /** Features of the sandbox, and profile of the service. @default 'everything' */
  readonly profile?: 'everything' | 'search' | 'include' | 'auto';
  readonly sandbox?: SandboxOptions;
  /** Whether `_elements` may be used. @default true */
  readonly elements?: boolean;
  /** URL of an OpenAPI description. */
  readonly openApi?: string;
  /** Most upstream requests of one operation. @default 120 */
  readonly budget?: number;
  /** Milliseconds for one upstream request. @default 60000, so that a busy machine is not taken for a slow upstream */
  readonly timeoutMs?: number;
  /** Milliseconds for one operation. @default 120000, so that a busy machine is not taken for a slow upstream */
  readonly deadlineMs?: number;
  /** Milliseconds that an upstream response counts as fresh. @default 0, so that every request reaches the sandbox */
  readonly cacheTtlMs?: number;
  /** Most bytes of the cache. @default 16 MB */
  readonly cacheMaxBytes?: number;
  /** Whether browsers get GraphiQL, which must have been built. @default false */
  readonly graphiql?: boolean;
  /** URL of the Redis that replicas share. @default none */
  readonly redisUrl?: string;
  /** URL of the database of the index. @default none, so that the index is in memory */
  readonly indexUrl?: string;
  /** Most upstream requests at once. @default 32 */
  readonly maxConcurrency?: number;
  /** Whether there is an index in memory, filled at the start; or the settings of the index. @default false */
  readonly index?: boolean | Partial<NonNullable<Config['index']>>;
  /** Key for cursors. @default one key for all services under test */
  readonly cursorKey?: string;
  /** Most upstream requests a minute. @default no limit in practice */
  readonly rateLimit?: number;
  /**
   * Whether all features of the upstream are learnt before the first test request, so that tests count only the requests of
   * operations.
   * @default only on the route by includes, which it otherwise rehearses in the background. Elsewhere, features are learnt
   * when they are needed, as in production
   */
  readonly isKnown?: boolean;
  /** When the client secret expires. */
  readonly secretExpires?: Date;
  /** The documents that clients may request by an id. */
  readonly trusted?: NonNullable<Config['trusted']>;
  /** @default 'full' */
  readonly receipt?: Config['receipt'];
  /** @default a log that writes nothing */
  readonly log?: Log;
}

export interface GraphqlAnswer {
  // Tests read any field of a response: this is the loosest type without `any`.
  readonly data: Fields | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string };
  }[];
  readonly extensions: Fields;
}

export interface Fields {
  readonly [name: string]: unknown;
}

export interface TestService {
  /** Origin of the service: `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly sandbox: Sandbox;
  readonly executor: Executor;
  /** Reads again all files that can change while the service runs. */
  reload(): Promise<void>;
  /** Executes an operation with graphql-js, for comparison. */
  readonly reference: ReturnType<typeof createReference>;
  query(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphqlAnswer>;
  stop(): Promise<void>;
}

/** Settings of an index in memory that this process fills, as over the embedded sandbox. */
const heldInMemory = { file: undefined, crawl: true, share: 1, maxAgeMs: 86_400_000, maxBytes: 2 ** 31 };

/** One connection for each request, so that no request meets a connection that is just being closed. */
const agent = new Agent({ keepAlive: false });

/** Starts the service over an upstream that the test provides. */
export async function startFacade(
  upstream: Upstream,
  options: TestServiceOptions & { readonly clientSecret?: string } = {},
): Promise<Omit<TestService, 'sandbox'>> {
  const { profile = 'everything', budget = 120, timeoutMs = 60_000, graphiql = false } = options;
  const service = await startService({
    config: testConfig({
      profile,
      openApi: options.openApi,
      elements: options.elements ?? true,
      index: options.index
        ? { ...heldInMemory, ...(options.index === true ? {} : options.index) }
        : undefined,
      requestBudget: budget,
      timeoutMs,
      deadlineMs: options.deadlineMs ?? 120_000,
      cacheTtlMs: options.cacheTtlMs ?? 0,
      ...(options.cacheMaxBytes !== undefined && { cacheMaxBytes: options.cacheMaxBytes }),
      secretExpires: options.secretExpires,
      trusted: options.trusted,
      ...(options.receipt && { receipt: options.receipt }),
      graphiql,
      maxConcurrency: options.maxConcurrency ?? 32,
      rateLimit: options.rateLimit,
    }),
    secrets: testSecrets({
      clientSecret: options.clientSecret,
      redisUrl: options.redisUrl,
      indexUrl: options.indexUrl,
      ...(options.cursorKey !== undefined && { cursorKey: options.cursorKey }),
    }),
    upstream,
    log: options.log ?? createLog('silent'),
    version: '0.0.0',
  });
  await service.learnt();
  if (options.isKnown ?? profile === 'include') await service.known();
  await service.filled();
  return {
    origin: service.origin,
    executor: service.executor,
    reload: service.reload,
    reference: createReference(service.executorOptions),
    async query(document, variables = {}, headers = {}) {
      const response = await nodeFetch(`${service.origin}/graphql`, {
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          ...headers,
        },
        body: JSON.stringify({ query: document, variables }),
      });
      return (await response.json()) as GraphqlAnswer;
    },
    stop: () => service.stop(),
  };
}

export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const { profile = 'everything' } = options;
  const sandbox = await startSandbox({
    ...(profile === 'auto' ? {} : { profile }),
    ...options.sandbox,
  });
  const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
  const oauth = { tokenUrl: new URL(tokenUrl), clientId, scope };
  const facade = await startFacade(
    { kind: 'sandbox', baseUrl: new URL(baseUrl), oauth },
    { ...options, clientSecret },
  );
  // Requests at the start of the service are not counted in tests.
  sandbox.clearRequests();
  return {
    ...facade,
    sandbox,
    async stop() {
      await facade.stop();
      await sandbox.stop();
    },
  };
}
