/** A real R5 server for tests, loaded with the sample files: HAPI, started here, or the server of PMS_TEST_HAPI_URL. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { FhirResource } from 'fhir/r5.js';
import type { Log, LogEvent } from '../../src/log.js';
import { startService } from '../../src/service.js';
import type { GraphqlAnswer } from './service.js';
import { testConfig, testSecrets } from './config.js';

const start = '../shared/hapi/start';
const loader = '../shared/hapi/load.mjs';
const samples = ['../shared/data/unicom-ig.ndjson.gz', '../shared/data/gravitate-health.ndjson.gz'];

/** Base URL of another R5 server to use. It must be empty or contain the sample files, which are loaded into it. */
const named = process.env['PMS_TEST_HAPI_URL'];

/** Most matches on a page, for each server to test with. Undefined for the limit of the server itself. */
export const pageLimits: readonly (number | undefined)[] = named ? [undefined] : [undefined, 5];

/** Why no server is available; undefined if one is. */
export const absent: string | undefined = whyAbsent();

function whyAbsent(): string | undefined {
  const missing = [...samples, loader, ...(named ? [] : [start])].find((file) => !existsSync(file));
  if (missing !== undefined) return `there is no ${missing}`;
  const program = named ? undefined : ['java', 'mvn'].find((each) => spawnSync(each, ['-v']).error);
  return program && `there is no ${program}, and PMS_TEST_HAPI_URL names no server`;
}

export interface FhirServer {
  /** The base URL: `http://127.0.0.1:PORT/fhir`. */
  readonly baseUrl: string;
  stop(): Promise<void>;
}

/** Starts HAPI with at most `pageLimit` matches on a page, or takes the server of PMS_TEST_HAPI_URL. Loads the sample files. */
export async function startFhirServer(pageLimit: number | undefined): Promise<FhirServer> {
  const server = named
    ? { baseUrl: named.replace(/\/+$/, ''), stop: async () => {} }
    : await startHapi(pageLimit);
  await promisify(execFile)(process.execPath, [loader, server.baseUrl, ...samples]);
  return server;
}

async function startHapi(pageLimit: number | undefined): Promise<FhirServer> {
  // HAPI ends when its standard input closes, and so when this process ends for any reason.
  const child = spawn(start, ['0', ...(pageLimit === undefined ? [] : [String(pageLimit)])], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const baseUrl = await Promise.race([
    readyUrl(child.stdout),
    ended.then(([code]) => Promise.reject(new Error(`HAPI ended with ${code} before it was ready`))),
  ]);
  return {
    baseUrl,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

async function readyUrl(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const [, url] = /^ready (\S+)$/.exec(line) ?? [];
    if (url === undefined) continue;
    // The output must be read on: a full pipe would block the server.
    output.resume();
    return url;
  }
  throw new Error('HAPI did not say that it is ready');
}

/**
 * Returns the resources of the sample files in their order. Empty strings are removed: FHIR forbids them, and servers drop them.
 */
export function readSamples(): readonly FhirResource[] {
  return samples.flatMap((file) =>
    gunzipSync(readFileSync(file))
      .toString()
      .split('\n')
      .filter(Boolean)
      .map(
        (line) =>
          JSON.parse(line, (_name, value: unknown) => (value === '' ? undefined : value)) as FhirResource,
      ),
  );
}

export interface Counted {
  readonly method: string;
  /** Path and query of the request. */
  readonly url: string;
  readonly status: number;
}

export interface CountingProxy {
  /** Base URL of the proxy, with the path of the server. */
  readonly baseUrl: string;
  /** Every request of an operation, in the order of responses. */
  readonly counted: readonly Counted[];
  stop(): Promise<void>;
}

/**
 * Forwards requests to a FHIR server and counts them. Replaces the server's URL in `next`, `self` and `fullUrl` by that of the
 * proxy, so that no request bypasses the proxy.
 */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const counted: Counted[] = [];
  const { origin, pathname } = new URL(target);
  const server = http.createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await fetch(origin + url, {
      method,
      headers: {
        accept: headers.accept ?? '*/*',
        ...(headers['content-type'] ? { 'content-type': headers['content-type'] } : {}),
      },
      redirect: 'manual',
      ...(method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
    });
    // A `Prefer` header marks requests by which the service learns features. They are in no receipt.
    if (headers['prefer'] === undefined) counted.push({ method, url, status: answer.status });
    const body = (await answer.text()).replaceAll(target, baseUrl);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`;
  return {
    baseUrl,
    counted,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface Receipt {
  readonly profile: string;
  readonly requests: number;
  readonly estimated: number;
  readonly incomplete: readonly { readonly path: readonly (string | number)[]; readonly reason: string }[];
}

/** A response with its receipt, and the requests that the upstream received meanwhile. */
export interface Measured<Data> extends Omit<GraphqlAnswer, 'data'> {
  readonly data: Data;
  readonly receipt: Receipt;
  readonly counted: readonly Counted[];
}

export interface Operation {
  readonly document: string;
  /** Name of the operation, for a document with several. */
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface HapiService {
  /** Sends one operation. Only one may run at a time, because all requests to the upstream are counted as its own. */
  query<Data>(operation: Operation): Promise<Measured<Data>>;
  /** The warnings and errors logged so far. */
  readonly complaints: readonly LogEvent[];
  stop(): Promise<void>;
}

/** Starts the service with profile `auto` over a FHIR server without tokens, with a counting proxy between them. */
export async function startHapiService(
  server: FhirServer,
  { budget = 120 }: { readonly budget?: number } = {},
): Promise<HapiService> {
  const proxy = await startCountingProxy(server.baseUrl);
  const complaints: LogEvent[] = [];
  const complain = (event: LogEvent): void => void complaints.push(event);
  const log: Log = { debug: () => {}, info: () => {}, warn: complain, error: complain };
  const service = await startService({
    config: testConfig({ requestBudget: budget, timeoutMs: 30_000, deadlineMs: 120_000 }),
    secrets: testSecrets(),
    upstream: { kind: 'fhir', baseUrl: new URL(proxy.baseUrl) },
    log,
    version: '0.0.0',
  });

  async function query<Data>({ document, ...others }: Operation): Promise<Measured<Data>> {
    const before = proxy.counted.length;
    const response = await fetch(`${service.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: document, ...others }),
    });
    const answer = (await response.json()) as GraphqlAnswer;
    const isRefused = !('extensions' in answer);
    return {
      ...answer,
      data: (answer.data ?? null) as Data,
      receipt: isRefused
        ? { profile: '', requests: 0, estimated: 0, incomplete: [] }
        : (answer.extensions['upstream'] as Receipt),
      counted: proxy.counted.slice(before),
    };
  }

  // Requests at the start of the service are not counted in tests.
  await service.learnt();
  await service.known();
  return {
    query,
    complaints,
    async stop() {
      await service.stop();
      await proxy.stop();
    },
  };
}
