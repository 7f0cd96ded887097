/**
 * The upstream sends excessive responses: compression bombs, deep nesting, endless bodies and lists, slow bodies, many headers.
 * Each query must get an error code or a marked list in time, with bounded memory, and other queries must succeed meanwhile.
 */
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { bundleOf, json, productOf, startOddUpstream, type Answer } from '../odd-upstream.js';
import type { Proof } from '../proof.js';
import { startReplica } from '../replicas.js';
import { gauge } from '../scrape.js';

/** Milliseconds for one upstream request, for an operation, and for delays on a busy machine. */
const [callMs, operationMs, leewayMs] = [2_000, 6_000, 3_000];
/** Megabytes that the process may use in addition: for some bodies of 20 MB at once, and their parsed values. */
const mostMb = 500;

const fhir = { 'content-type': 'application/fhir+json' };
const megabyte = Buffer.alloc(1_000_000, ' ');
const bomb = gzipSync(Buffer.alloc(300_000_000, ' '));
const nested = `${'['.repeat(5_000_000)}`;
const bigList = `{"resourceType":"Bundle","type":"searchset","entry":[${'{},'.repeat(5_000_000)}{}]}`;

/** Writes until the client closes the connection. */
function endless(response: Parameters<Answer>[0], chunk: Buffer | string): void {
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', write);
  };
  write();
}

const odd: Readonly<Record<string, Answer>> = {
  'gzip-bomb': (response) => void response.writeHead(200, { ...fhir, 'content-encoding': 'gzip' }).end(bomb),
  'bomb-in-bomb': (response) =>
    void response.writeHead(200, { ...fhir, 'content-encoding': 'gzip' }).end(gzipSync(bomb)),
  'two-codings': (response) =>
    void response.writeHead(200, { ...fhir, 'content-encoding': 'gzip, gzip' }).end(gzipSync(bomb)),
  'broken-gzip': (response) =>
    void response.writeHead(200, { ...fhir, 'content-encoding': 'gzip' }).end(bomb.subarray(0, 5_000)),
  'deep-json': (response) => void response.writeHead(200, fhir).end(nested),
  'many-entries': (response) => void response.writeHead(200, fhir).end(bigList),
  'long-text': (response) => json(response, productOf('1', { description: 'x'.repeat(19_000_000) })),
  'endless-body': (response) => {
    response.writeHead(200, fhir);
    endless(response, megabyte);
  },
  'lying-length': (response) =>
    void response.writeHead(200, { ...fhir, 'content-length': '999999999999' }).write('{"a":'),
  drip: (response) => {
    response.writeHead(200, fhir);
    const timer = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(timer));
  },
  'no-answer': () => undefined,
  'web-page': (response) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sign in</p>'),
  'wrong-type': (response) => json(response, productOf('1'), 200, { 'content-type': 'application/fhir+xml' }),
  'no-utf8': (response) => void response.writeHead(200, fhir).end(Buffer.alloc(1_000, 0xff)),
  'half-json': (response) => void response.writeHead(200, fhir).end('{"resourceType":"Bundle","entry":['),
  'huge-header': (response) => json(response, productOf('1'), 200, { 'x-odd': 'x'.repeat(200_000) }),
  'many-headers': (response) =>
    json(
      response,
      productOf('1'),
      200,
      Object.fromEntries(Array.from({ length: 1_900 }, (_, at) => [`x-${at}`, 'x'.repeat(50)])),
    ),
  'endless-list': (response, path, query) =>
    json(
      response,
      bundleOf([productOf(`endless-list`)], `/v1/${path}?page=${Number(query.get('page') ?? 0) + 1}`),
    ),
  'list-in-a-circle': (response, path) =>
    json(response, bundleOf([productOf('list-in-a-circle')], `/v1/${path}?page=1`)),
};

interface Told {
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
  readonly extensions?: { readonly upstream?: { readonly incomplete?: readonly unknown[] } };
}

export const responseBombs: Proof = async ({ seed, isShort }) => {
  const upstream = await startOddUpstream(odd);
  const replica = await startReplica(
    {
      PMS_BASE_URL: upstream.baseUrl,
      PMS_PROFILE: 'everything',
      PMS_TIMEOUT: String(callMs / 1_000),
      OPERATION_TIMEOUT: String(operationMs / 1_000),
      LOG_LEVEL: 'error',
    },
    seed,
  );
  const metrics = async (name: string): Promise<number> => gauge(await replica.get('/metrics'), name);
  const residentMb = async (): Promise<number> => (await metrics('process_resident_memory_bytes')) / 2 ** 20;
  const before = await residentMb();
  let highestMb = before;
  let [slowestOddMs, slowestGoodMs, good, goodFailed] = [0, 0, 0, 0];
  const over = new AbortController();
  const outcomes: Record<string, Record<string, number>> = {};
  const untyped: string[] = [];

  async function watch(): Promise<void> {
    for (let at = 0; !over.signal.aborted; at += 1) {
      const began = performance.now();
      const answer = await replica.ask(`{ product(id: "good-${at}") { name } }`);
      slowestGoodMs = Math.max(slowestGoodMs, performance.now() - began);
      good += 1;
      if (!answer.includes(`"Product good-${at}"`)) goodFailed += 1;
      highestMb = Math.max(highestMb, await residentMb());
      await setTimeout(50);
    }
  }

  async function askOdd(id: string): Promise<void> {
    const began = performance.now();
    const text = await replica.ask(`{ product(id: "${id}") { name packages { nodes { id } } } }`);
    slowestOddMs = Math.max(slowestOddMs, performance.now() - began);
    const { errors = [], extensions } = JSON.parse(text.slice(text.indexOf('\n') + 1)) as Told;
    const isMarked = (extensions?.upstream?.incomplete ?? []).length > 0;
    const code = errors.map((error) => error.extensions?.code)[0] ?? (isMarked ? 'marked' : 'answered');
    if (!expected.has(code)) untyped.push(`${id}: ${text.slice(text.indexOf('\n') + 1).slice(0, 300)}`);
    const counts = (outcomes[id] ??= {});
    counts[code] = (counts[code] ?? 0) + 1;
  }

  const watching = watch();
  // One kind of response at a time: if all failed at once, the circuit breaker would take the upstream for down.
  for (const id of Object.keys(odd)) {
    const times = isShort ? 2 : 4;
    for (let time = 0; time < (isShort ? 1 : 5); time += 1)
      await Promise.all(Array.from({ length: times }, () => askOdd(id)));
  }
  over.abort();
  await watching;
  const alive = await replica.get('/health/live');
  await replica.stop();
  await upstream.stop();
  const mayBeAnswered = new Set(['many-headers']);
  const answered = Object.entries(outcomes).flatMap(([id, { answered: count = 0 }]) =>
    count > 0 && !mayBeAnswered.has(id) ? [id] : [],
  );
  return {
    holds: {
      'each comes to a typed error, or to a list that is marked':
        untyped.length === 0 && answered.length === 0,
      'in the time of an operation': slowestOddMs <= operationMs + leewayMs,
      'memory is bounded': highestMb <= before + mostMb,
      'others are served meanwhile': good > 10 && goodFailed === 0,
      'they do not wait': slowestGoodMs <= callMs + leewayMs,
      'the process lives': alive.startsWith('200'),
    },
    figures: {
      outcomes,
      untyped,
      answered,
      good,
      goodFailed,
      slowestOddMs: Math.round(slowestOddMs),
      slowestGoodMs: Math.round(slowestGoodMs),
      residentMb: { before: Math.round(before), highest: Math.round(highestMb) },
    },
  };
};

const expected = new Set([
  'UPSTREAM_BAD_RESPONSE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'marked',
  'answered',
]);
