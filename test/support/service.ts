/** The whole service over a sandbox of its own, on free ports, through the same door as in production. */
import { Agent } from 'node:http';
import nodeFetch from 'node-fetch';
import type { Config } from '../../src/config/config.js';
import { createLog } from '../../src/log.js';
import type { Executor } from '../../src/graphql/engine/execute.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.js';
import { startService, type Upstream } from '../../src/service.js';
import { testConfig, testSecrets } from './config.js';
import { createReference } from './reference.js';

export interface TestServiceOptions {
  /** What the sandbox offers, and the route that the service takes over it. @default 'everything' */
  readonly profile?: 'everything' | 'search' | 'include' | 'auto';
  readonly sandbox?: SandboxOptions;
  /** Whether narrow copies may be asked for. @default true */
  readonly elements?: boolean;
  /** Where an OpenAPI description is. */
  readonly openApi?: string;
  /** Most upstream requests of one operation. @default 120 */
  readonly budget?: number;
  /** For one upstream call. @default 60000: a machine that has other things to do is not to be taken for a slow upstream */
  readonly timeoutMs?: number;
  /** For one operation. @default 120000, for the same reason */
  readonly deadlineMs?: number;
  /** That an upstream answer counts as fresh. @default 0: none is kept, and every question is sent */
  readonly cacheTtlMs?: number;
  /** Most bytes of what is kept. @default 16 MB */
  readonly cacheMaxBytes?: number;
  /** Whether browsers get GraphiQL, which must have been built. @default false */
  readonly graphiql?: boolean;
  /** Of the store that replicas share. @default none */
  readonly redisUrl?: string;
  /** Most upstream exchanges at once. @default 32 */
  readonly maxConcurrency?: number;
  /** Whether an index is kept in memory, and filled at the start; or its settings. @default false */
  readonly index?: boolean | Partial<NonNullable<Config['index']>>;
  /** @default the same for all services of tests */
  readonly cursorKey?: string;
  /** Upstream requests a minute. @default as many as it takes */
  readonly rateLimit?: number;
  /**
   * Whether all is found out about the upstream first, as for the doctor, so that tests count the requests of an operation
   * alone. @default false: what an operation needs to know is found out when it is asked, as in production
   */
  readonly isKnown?: boolean;
  /** When the client secret expires. */
  readonly secretExpires?: Date;
}

export interface GraphqlAnswer {
  // Answers are read by tests that state each field's value: the loosest shape that is no `any`.
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
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly sandbox: Sandbox;
  readonly executor: Executor;
  /** The same operation by graphql-js. */
  readonly reference: ReturnType<typeof createReference>;
  query(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphqlAnswer>;
  stop(): Promise<void>;
}

/** Filled by this process, as over the embedded sandbox. */
const heldInMemory = { file: undefined, crawl: true, share: 1, maxAgeMs: 86_400_000, maxBytes: 2 ** 31 };

/** A connection for each question: none meets one that is just being closed. */
const agent = new Agent({ keepAlive: false });

/** The service alone, over an upstream of the test's own. */
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
      graphiql,
      maxConcurrency: options.maxConcurrency ?? 32,
      rateLimit: options.rateLimit,
    }),
    secrets: testSecrets({
      clientSecret: options.clientSecret,
      redisUrl: options.redisUrl,
      ...(options.cursorKey !== undefined && { cursorKey: options.cursorKey }),
    }),
    upstream,
    log: createLog('silent'),
    version: '0.0.0',
  });
  await service.learnt();
  if (options.isKnown) await service.known();
  await service.filled();
  return {
    origin: service.origin,
    executor: service.executor,
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
  // The requests of the start belong to no test.
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
