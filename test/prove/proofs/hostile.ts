/**
 * Sends hostile documents and requests, including mutations of valid ones. Each must get a JSON response as graphql-js would judge
 * it. None may end the process, cause an internal error, or leak memory.
 */
import { request, type IncomingHttpHeaders } from 'node:http';
import { buildSchema, parse, validate, type GraphQLSchema } from 'graphql';
import { randomOf, randomOperation, type Random } from '../../support/random-operation.js';
import type { Proof } from '../proof.js';
import { startReplica } from '../replicas.js';
import { gauge } from '../scrape.js';

interface Sent {
  readonly document: string;
  readonly body: Buffer | string;
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
  readonly method: string;
  /** Whether the HTTP request is correct, so that only the document decides about the response. */
  readonly isPlain: boolean;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Told {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

const roots = [
  'product(id: "600000000001")',
  'products(first: 3)',
  'products(filter: { name: "a" }, first: 2)',
  'nodes(ids: ["Product:600000000002", "Package:1"])',
  'lookup(terms: ["a", "600000000003"])',
  'service',
  '__schema',
  '__type(name: "Product")',
];
const scraps = [
  '{',
  '}',
  '(',
  ')',
  '"',
  '$',
  '@include(if: $x)',
  '...',
  '#',
  '\\u0000',
  '\u{1F600}',
  '!',
  ':',
  '0e9',
  '"""',
];
const languages = ['en_US', 'C', '*', 'de', 'x-', ',,;', 'q=1;q=2', 'en-'.repeat(900)];
const oddValues: readonly unknown[] = [
  null,
  Number.MAX_VALUE,
  -0,
  '',
  '\u0000',
  '\ud800',
  [],
  {},
  [[[[]]]],
  { __proto__: 1 },
  'x'.repeat(9_000),
  true,
];
const paths = [
  '/graphql',
  '/graphql/',
  '/',
  '/health/ready',
  '//graphql',
  '/graphql/../metrics',
  '/%',
  '/graphiql/x',
  '/schema.graphql',
  '/graphql?query={__typename}',
];
const methods = ['GET', 'HEAD', 'PUT', 'OPTIONS', 'DELETE', 'PATCH'];
const mediaTypes = [
  'text/plain',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  '',
  'multipart/form-data; boundary=x',
];

/** Documents sent at once. If one of them blocked the process, the others would be slow. */
const lanes = 8;

export const hostile: Proof = async ({ seed, isShort }) => {
  const count = isShort ? 800 : 10_000;
  const replica = await startReplica({ CACHE_MAX_BYTES: String(32 * 2 ** 20), LOG_LEVEL: 'warn' }, seed);
  const schema = buildSchema(bodyOf(await replica.get('/schema.graphql')));
  const port = Number(new URL(replica.origin).port);
  const random = randomOf(seed);
  const faults: string[] = [];
  const statuses: Record<string, number> = {};
  const documents = { valid: 0, invalid: 0 };
  const resident: number[] = [];
  let longestLagMs = 0;
  let sent = 0;

  async function lane(): Promise<void> {
    while (sent < count) {
      sent += 1;
      const one = requestOf(schema, random);
      try {
        const answer = await exchange(port, one);
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        if (one.isPlain) documents[isValid(schema, one.document) ? 'valid' : 'invalid'] += 1;
        const fault = faultOf(schema, one, answer);
        if (fault !== undefined && faults.length < 20) faults.push(fault);
      } catch (error) {
        faults.push(`${String(error)}: ${one.method} ${one.path} ${one.document.slice(0, 200)}`);
      }
      if (sent % 100 === 0) {
        const metrics = await replica.get('/metrics');
        resident.push(gauge(metrics, 'process_resident_memory_bytes') / 2 ** 20);
        longestLagMs = Math.max(longestLagMs, gauge(metrics, 'nodejs_eventloop_lag_max_seconds') * 1_000);
      }
    }
  }

  await Promise.all(Array.from({ length: lanes }, lane));
  const alive = await replica.get('/health/live');
  await replica.stop();
  const half = resident.slice(Math.floor(resident.length / 2));
  const [earlier, later] = [half.slice(0, half.length / 2), half.slice(half.length / 2)];
  return {
    holds: {
      'each is answered in JSON as graphql-js judges it, and none with 5xx': faults.length === 0,
      'both sorts of documents were sent': documents.valid > count / 10 && documents.invalid > count / 10,
      'the process lives': alive.startsWith('200'),
      'memory is level after warm-up': isShort || Math.max(...later) < 1.15 * Math.max(...earlier) + 16,
      'nothing went wrong here': !/"level":"error"/.test(replica.output),
    },
    figures: {
      sent,
      documents,
      statuses,
      faults,
      residentMb: { earlier: Math.round(Math.max(...earlier)), later: Math.round(Math.max(...later)) },
      longestLagMs: Math.round(longestLagMs),
    },
  };
};

function requestOf(schema: GraphQLSchema, random: Random): Sent {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const chance = (of: number): boolean => random() < of;
  const operation = randomOperation({
    schema,
    random,
    roots: roots.filter((root) => !root.startsWith('__')),
    depth: 3,
  });
  const written = chance(0.1)
    ? `{ ${pick(roots.slice(-2))} { ${'description '.repeat(9)} kind } }`
    : operation.document;
  const document = chance(0.5) ? mutated(written, random) : written;
  const variables: Record<string, unknown> = { ...operation.variables };
  if (chance(0.2)) for (const name of Object.keys(variables)) variables[name] = pick(oddValues);
  if (chance(0.1)) variables['unknown'] = pick(oddValues);
  const plain = JSON.stringify({ query: document, variables });
  const isOdd = chance(0.25);
  if (!isOdd)
    return {
      document,
      body: plain,
      headers: { 'content-type': 'application/json', 'accept-language': pick(languages) },
      path: '/graphql',
      method: 'POST',
      isPlain: true,
    };
  const bytes = Buffer.from(chance(0.5) ? plain : mutated(plain, random));
  if (chance(0.3)) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  const method = chance(0.5) ? 'POST' : pick(methods);
  return {
    document,
    body: method === 'POST' ? bytes : '',
    headers: {
      'content-type': chance(0.5) ? 'application/json' : pick(mediaTypes),
      'accept-language': pick(languages),
      ...(chance(0.1) && { 'content-encoding': 'br' }),
      ...(chance(0.1) && { accept: 'image/png' }),
      ...(chance(0.1) && { host: 'a/b@c' }),
    },
    path: pick(paths),
    method,
    isPlain: false,
  };
}

function mutated(text: string, random: Random): string {
  let result = text;
  const at = (): number => Math.floor(random() * (result.length + 1));
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
    const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
    const part = result.slice(from, Math.min(to, from + 200));
    const kind = random();
    if (kind < 0.4) result = result.slice(0, from) + result.slice(from + part.length);
    else if (kind < 0.6)
      result = result.slice(0, from) + part.repeat(1 + Math.floor(random() * 30)) + result.slice(from);
    else
      result =
        result.slice(0, from) + (scraps[Math.floor(random() * scraps.length)] ?? '') + result.slice(from);
  }
  return result.slice(0, 90_000);
}

/** Returns the fault of a response; undefined if it is right. */
function faultOf(schema: GraphQLSchema, sent: Sent, { status, headers, text }: Answer): string | undefined {
  const where = `${sent.method} ${sent.path}: ${sent.document.slice(0, 300)}`;
  if (status >= 500) return `${status} to ${where}`;
  const isJson = /json/.test(headers['content-type'] ?? '');
  if (!sent.isPlain && (!isJson || text === '')) {
    const isText =
      status < 300 &&
      (sent.path === '/schema.graphql' || sent.method === 'OPTIONS' || sent.method === 'HEAD');
    return isText || sent.method === 'HEAD' ? undefined : `no JSON to ${where}`;
  }
  const told = parsed(text);
  if (told === undefined) return `no JSON to ${where}`;
  if (!sent.isPlain) return undefined;
  const codes = (told.errors ?? []).map(({ extensions }) => extensions?.code);
  const isRefused = codes.some(
    (code) => code === 'GRAPHQL_PARSE_FAILED' || code === 'GRAPHQL_VALIDATION_FAILED',
  );
  if (codes.includes('INTERNAL_SERVER_ERROR')) return `an error of this service to ${where}`;
  if (codes.includes('QUERY_TOO_COMPLEX') || sent.document.trim() === '') return undefined;
  return isValid(schema, sent.document) === isRefused ? `${codes.join()} to ${where}` : undefined;
}

function isValid(schema: GraphQLSchema, document: string): boolean {
  try {
    const [fault] = validate(schema, parse(document));
    // A document with several operations needs a name, and the schema has queries only.
    const operations = document.match(/\b(query|mutation|subscription)\b/g) ?? [];
    return fault === undefined && operations.length <= 1 && !/mutation|subscription/.test(document);
  } catch {
    return false;
  }
}

function parsed(text: string): Told | undefined {
  try {
    return JSON.parse(text) as Told;
  } catch {
    return undefined;
  }
}

function exchange(port: number, { path, method, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
      response.on('error', reject);
    });
    outgoing.setTimeout(60_000, () => outgoing.destroy(new Error('no answer in a minute')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf('\n') + 1);
}
