/**
 * Damages the entries of the service in Redis: each kind is truncated, moved, or replaced by foreign data, by another version, by
 * another Redis type, or by compression bombs. Replicas that start with them must respond like a replica without Redis, without
 * long waits and with bounded memory.
 */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { deriveKey } from '../../../src/store/seal.js';
import { createSignatures } from '../../../src/store/signatures.js';
import { createSignedStore } from '../../../src/store/signed-store.js';
import { createRedisStore } from '../../../src/store/redis-store.js';
import { startRedis } from '../../support/redis.js';
import { startIssuer } from '../issuer.js';
import { seededRandom, type Proof } from '../proof.js';
import { startReplica, type Replica } from '../replicas.js';
import { gauge } from '../scrape.js';
import { startUpstream } from '../upstream.js';

interface Found {
  readonly key: string;
  /** The kind of entry: `token:value`, `memory:copy`, … */
  readonly kind: string;
  /** The value. Undefined if it is not a string. */
  readonly value: Buffer | undefined;
}

/** Replaces the content of an entry in Redis. */
type Mutation = (at: Found, all: readonly Found[], tools: Tools) => Promise<unknown>;

interface Tools {
  readonly client: Redis;
  readonly random: () => number;
  /** Writes an entry with a valid signature, as a replica would. */
  sign(key: string, value: Buffer): Promise<void>;
}

const hour = 3_600_000;
const secret = 'neighbours-secret';
const products = 20;
/** Milliseconds for a token request, an upstream request, and delays on a busy machine. */
const longestWaitMs = 5_000;
/** Megabytes that a replica with damaged entries may use beyond one without Redis. */
const mostMb = 300;

const fhir = { 'content-type': 'application/fhir+json' };
const bomb = gzipSync(Buffer.alloc(20_000_000, ' '));

function parcel(head: object, body: Buffer | string, more: object = {}): Buffer {
  const label = { head, isCompressed: false, bytes: body.length, keepMs: 24 * hour, ...more };
  return Buffer.concat([Buffer.from(`${JSON.stringify(label)}\n`), Buffer.from(body as string)]);
}

const product = '{"resourceType":"MedicinalProductDefinition","id":"1","name":[{"productName":"Nobody’s"}]}';
const oddParcels: Readonly<Record<string, Buffer>> = {
  'a refusal': parcel({ status: 401, headers: fhir }, product),
  'a status that there is not': parcel({ status: 999, headers: fhir }, product),
  'a web page': parcel({ status: 200, headers: { 'content-type': 'text/html' } }, '<p>Sign in</p>'),
  'half an answer': parcel({ status: 200, headers: fhir }, product.slice(0, 40)),
  'a deep hole': parcel({ status: 200, headers: fhir }, '['.repeat(200_000)),
  'a bomb': parcel({ status: 200, headers: fhir }, bomb, { isCompressed: true, bytes: 20_000_000 }),
  'a bomb that says it is small': parcel({ status: 200, headers: fhir }, bomb, {
    isCompressed: true,
    bytes: 9,
  }),
};

const put =
  (value: (at: Found, all: readonly Found[], tools: Tools) => Buffer | string): Mutation =>
  (at, all, tools) =>
    tools.client.set(at.key, value(at, all, tools), 'PX', hour);
const textOf = ({ value }: Found): Buffer => value ?? Buffer.from('text');
const other = (of: readonly Found[], { random }: Tools): Buffer =>
  textOf(of[Math.floor(random() * of.length)] ?? { key: '', kind: '', value: undefined });

/** Replaces an entry by one of another Redis type. */
const typed =
  (write: (client: Redis, key: string) => Promise<unknown>): Mutation =>
  async ({ key }, _all, { client }) => {
    await client.del(key);
    await write(client, key);
  };

const mutations: Readonly<Record<string, Mutation>> = {
  half: put((at) => textOf(at).subarray(0, Math.ceil(textOf(at).length / 2))),
  'a byte less': put((at) => textOf(at).subarray(0, -1)),
  'a bit turned': put((at, _all, { random }) => {
    const bytes = Buffer.from(textOf(at));
    const place = Math.floor(random() * bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    return bytes;
  }),
  twice: put((at) => Buffer.concat([textOf(at), textOf(at)])),
  'without its tag, as of another version': put((at) => textOf(at).subarray(44)),
  'another of its kind': put((at, all, tools) =>
    other(
      all.filter(({ kind, key }) => kind === at.kind && key !== at.key),
      tools,
    ),
  ),
  'another of any kind': put((_at, all, tools) => other(all, tools)),
  "a stranger's text": put(() => 'x'),
  null: put(() => 'null'),
  noise: put(() => randomBytes(2_000)),
  'no end': async ({ key }, _all, { client }) => client.persist(key),
  'ten years': async ({ key }, _all, { client }) => client.pexpire(key, 10 * 365 * 24 * hour),
  'a list': typed((client, key) => client.rpush(key, 'a', 'b')),
  'a set': typed((client, key) => client.sadd(key, 'a', 'b')),
  'a hash': typed((client, key) =>
    client.hset(key, { epoch: 'e', limit: 0, learntUntil: 9e15, heldUntil: 9e15, learntAt: 9e15 }),
  ),
  'a sorted set': typed((client, key) => client.zadd(key, ...[1, 2, 3, 4].flatMap((n) => [9e15 + n, n]))),
  'a stream': typed((client, key) => client.xadd(key, '*', 'a', 'b')),
  '30 MB': typed(async (client, key) => {
    await client.setrange(key, 30_000_000, 'x');
    await client.pexpire(key, hour);
  }),
  '4 MB': put(() => Buffer.alloc(4_000_000, 'x')),
  ...Object.fromEntries(
    Object.entries(oddParcels).flatMap(([name, value]): [string, Mutation][] => [
      [name, put(() => value)],
      [`${name}, signed`, ({ key }, _all, { sign }) => sign(key, value)],
    ]),
  ),
};

/** Short-lived entries that a hostile client of Redis could leave for ever. */
const siblings: Readonly<Record<string, readonly string[]>> = {
  copy: ['lease', 'failure'],
  value: ['lease', 'refused'],
};

const queries: readonly string[] = Array.from(
  { length: products },
  (_, at) => `{ product(id: "${at + 1}") { name packages { nodes { id } } } }`,
).concat('{ product(id: "no-such") { name } }', '{ nodes(ids: ["Product:1", "Product:2"]) { id } }');

export const neighbours: Proof = async ({ seed, isShort }) => {
  const size = isShort ? 2 : 3;
  const issuer = await startIssuer({ lifetime: 3_600 });
  const upstream = await startUpstream(issuer.tokens, { has: (id) => Number(id) <= products });
  const redis = await startRedis();
  const client = new Redis(redis.url);
  const keys = [deriveKey(secret, 'encryption')];
  const signed = createSignedStore(
    createRedisStore({ url: redis.url, patienceMs: 5_000 }),
    createSignatures(() => keys),
  );
  const tools: Tools = {
    client,
    random: seededRandom(seed),
    sign: (key, value) => signed.set(key, value, hour),
  };
  const env = {
    PMS_BASE_URL: upstream.baseUrl,
    PMS_TOKEN_URL: issuer.tokenUrl,
    PMS_CLIENT_ID: 'proof',
    PMS_CLIENT_SECRET: secret,
    PMS_SCOPE: 'proof',
    PMS_PROFILE: 'everything',
    PMS_RATE_LIMIT: '60000',
    CURSOR_KEY: 'proof',
    LOG_LEVEL: 'error',
  };
  const shared = { ...env, REDIS_URL: redis.url };

  const alone = await startReplica(env, seed);
  const expected = await Promise.all(queries.map(async (query) => answerOf(await alone.ask(query))));
  const usualMb = await residentMb(alone);
  await alone.stop();

  await withReplicas(1, shared, seed, async ([one]) => {
    for (const query of queries) await one?.ask(query);
  });
  const found = await harvest(client);
  const kinds = [...new Set(found.map(({ kind }) => kind))].sort();

  const faults: string[] = [];
  const applied = new Set<string>();
  let [slowestMs, highestMb, asked, failures] = [0, 0, 0, 0];
  const names = Object.keys(mutations);
  // In each round every entry gets the next mutation. In the last rounds all entries get the same one, which is the heaviest load.
  const heavy = ['a bomb', 'a bomb, signed', '4 MB'];
  const rounds = isShort ? [0, 16, 'a bomb, signed'] : [...names.keys(), ...heavy];
  for (const round of rounds) {
    for (const [index, at] of found.entries()) {
      const name = typeof round === 'string' ? round : (names[(index + round) % names.length] ?? '');
      await restore(client, found[index]);
      await mutations[name]?.(at, found, tools);
      applied.add(`${name} for ${at.kind}`);
    }
    await withReplicas(size, shared, seed, async (replicas) => {
      await Promise.all(
        replicas.map(async (replica) => {
          for (const [at, query] of queries.entries()) {
            const began = performance.now();
            const answer = answerOf(await replica.ask(query));
            slowestMs = Math.max(slowestMs, performance.now() - began);
            asked += 1;
            if (answer !== expected[at] && faults.length < 10) faults.push(`${round}: ${query}: ${answer}`);
            if (answer !== expected[at]) failures += 1;
          }
          highestMb = Math.max(highestMb, await residentMb(replica));
        }),
      );
    });
  }
  client.disconnect();
  await signed.close();
  await Promise.all([issuer.stop(), upstream.stop(), redis.stop()]);
  return {
    holds: {
      'answers are those of a service without Redis': failures === 0,
      'nobody waits': slowestMs <= longestWaitMs,
      'memory is bounded': highestMb <= usualMb + mostMb,
      'every kind of entry was there': kindsThatMustBe.every((kind) => kinds.includes(kind)),
      'many ways of going wrong were tried': applied.size > (isShort ? 60 : 250),
    },
    figures: {
      replicas: size,
      rounds: rounds.length,
      entries: found.length,
      kinds,
      waysAndKinds: applied.size,
      asked,
      failures,
      faults,
      slowestMs: Math.round(slowestMs),
      residentMb: { alone: Math.round(usualMb), highest: Math.round(highestMb) },
    },
  };
};

const kindsThatMustBe = [
  'memory:copy',
  'memory:failure',
  'rate:grants',
  'rate:replicas',
  'rate:state',
  'reached:at',
  'response:copy',
  'response:failure',
  'response:lease',
  'token:lease',
  'token:refused',
  'token:value',
  'whereabouts:product',
];

/** Returns data and errors. Receipts may differ. */
function answerOf(text: string): string {
  const { data, errors } = JSON.parse(text.slice(text.indexOf('\n') + 1)) as Record<string, unknown>;
  return JSON.stringify({ data, errors });
}

async function residentMb(replica: Replica): Promise<number> {
  return gauge(await replica.get('/metrics'), 'process_resident_memory_bytes') / 2 ** 20;
}

async function withReplicas(
  count: number,
  env: Readonly<Record<string, string>>,
  seed: number,
  play: (replicas: readonly Replica[]) => Promise<void>,
): Promise<void> {
  const replicas = await Promise.all(
    Array.from({ length: count }, (_, at) => startReplica(env, seed * 10 + at)),
  );
  try {
    await play(replicas);
  } finally {
    await Promise.all(replicas.map((replica) => replica.stop()));
  }
}

/** Returns all entries, and the short-lived ones that may exist beside them: leases and failures. */
async function harvest(client: Redis): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const key of (await client.keys('pms-graphql:*')).sort()) {
    const value = (await client.type(key)) === 'string' ? await client.getBuffer(key) : undefined;
    found.push({ key, kind: kindOf(key), value: value ?? undefined });
    const part = key.split(':').at(-1) ?? '';
    for (const sibling of siblings[part] ?? []) {
      const beside = `${key.slice(0, -part.length)}${sibling}`;
      found.push({ key: beside, kind: kindOf(beside), value: undefined });
    }
  }
  return found;
}

function kindOf(key: string): string {
  const [, area = '', , part = ''] = key.split(':');
  return `${area.replace(/\d*-.*$/, '')}:${part}`;
}

/** Restores an entry, so that each round mutates the original. */
async function restore(client: Redis, at: Found | undefined): Promise<void> {
  if (!at) return;
  await client.del(at.key);
  if (at.value) await client.set(at.key, at.value, 'PX', 24 * hour);
}
