/** Replicas that share a Redis: a record that one replica has read costs the others no request, on every route. */
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFreshness } from '../../../src/cache/freshness.js';
import { createMemory } from '../../../src/catalogue/memory/memory.js';
import { createSharedMemory } from '../../../src/catalogue/memory/shared-memory.js';
import { createMemoryStore } from '../../../src/store/memory-store.js';
import { startSandbox, type Sandbox } from '../../../src/sandbox/server.js';
import { comparable, operationFiles, upstreamOf } from '../../support/operations.js';
import { differingByAnswer, randomOf, randomOperation } from '../../support/random-operation.js';
import { hasRedisServer, needsRedis, startRedis, type RedisServer } from '../../support/redis.js';
import { openSharedStore } from '../../support/shared-store.js';
import { startFacade, type TestService } from '../../support/service.js';
import { isQuick, oneIn, propertyRuns } from '../../support/tier.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const runs = propertyRuns(60, 8);
const profiles = ['everything', 'search', 'include'] as const;
type Replica = Omit<TestService, 'sandbox'>;

it('the cache shared by replicas keeps the elements of two partial copies of a record that are written at once', async () => {
  const store = createMemoryStore();
  const open = () =>
    createMemory({
      freshness: createFreshness(60_000),
      maxBytes: 1_000_000,
      shared: createSharedMemory({ store, base: 'https://pms.example', keepMs: 60_000 }),
    });
  const product = {
    resourceType: 'MedicinalProductDefinition' as const,
    id: '1',
    name: [],
    meta: { versionId: '1' },
  };
  const origin = { url: '/MedicinalProductDefinition/1', fetchedAt: new Date(), stale: false };
  const one = open();
  one.keep({ ...product, description: 'told' }, origin, ['description']);
  one.keep({ ...product, indication: 'told' }, origin, ['indication']);
  await one.settled();
  const other = open();
  const key = 'MedicinalProductDefinition/1';
  const needed = ['description', 'indication'];
  const wanted = {
    lists: [],
    isList: () => true,
    records: [key],
    elementsOf: () => needed,
    age: 'fresh',
  } as const;
  await other.bring?.(wanted);
  expect(other.record(key, needed, 'fresh')?.resource).toMatchObject({
    description: 'told',
    indication: 'told',
  });
});

describe.skipIf(!hasRedisServer)(`replicas that share a Redis (${needsRedis})`, () => {
  let redis: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
  });
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });

  let sandbox: Sandbox;
  let replicas: Replica[] = [];
  beforeEach(() => client.flushall());
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    replicas = [];
    await sandbox.stop();
  });

  async function start(profile: (typeof profiles)[number], cacheTtlMs = 300_000): Promise<Replica> {
    sandbox ??= await startSandbox({ profile });
    const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
    const replica = await startFacade(
      { kind: 'fhir', baseUrl: new URL(baseUrl), oauth: { tokenUrl: new URL(tokenUrl), clientId, scope } },
      { profile, clientSecret, redisUrl: redis.url, cacheTtlMs, budget: 1_000, isKnown: true },
    );
    replicas.push(replica);
    return replica;
  }

  describe.each(oneIn(3, profiles))('with the profile `%s`', (profile) => {
    beforeEach(async () => {
      sandbox = await startSandbox({ profile });
    });

    it('answer every example operation that another replica has answered without a request', async () => {
      const first = await start(profile);
      const answers = [];
      const files = oneIn(8, operationFiles);
      for (const { text } of files) answers.push(await first.query(text));
      // Stopping waits until all records are written to Redis.
      await first.stop();
      replicas = [];
      const second = await start(profile);
      sandbox.clearRequests();
      for (const [at, { name, text }] of files.entries()) {
        const answer = await second.query(text);
        expect(comparable(answer.data), name).toEqual(comparable(answers[at]?.data));
        expect(answer.errors, name).toEqual(answers[at]?.errors);
        expect(upstreamOf(answer).requests, name).toBe(0);
      }
      expect(sandbox.requests).toEqual([]);
    });

    it('request only records that no other replica has cached', async () => {
      const packages = (ids: readonly string[]): string =>
        `{ nodes(ids: ${JSON.stringify(ids.map((id) => `Product:${id}`))}) { ... on Product { packages { nodes { id } } } } }`;
      const first = await start(profile);
      await first.query(packages(['600000000001', '600000000002']));
      await first.stop();
      replicas = [];
      const second = await start(profile);
      sandbox.clearRequests();
      const { data } = await second.query(packages(['600000000001', '600000000002', '600000000003']));
      expect((data as { nodes: object[] }).nodes).toHaveLength(3);
      const asked = sandbox.requests.map(({ path, form = '' }) => path + form).join('\n');
      expect(asked).toContain('600000000003');
      expect(asked).not.toContain('600000000001');
    });

    it(`answer ${runs} random operations with the same data as a service without a cache`, async () => {
      const forgetful = await start(profile, 0);
      const both = [await start(profile), await start(profile)];
      const roots = [
        ...Array.from({ length: 8 }, (_, at) => `product(id: "60000000000${at + 1}")`),
        ...['a', 'el'].flatMap((name) =>
          [1, 3, 6].map((first) => `products(filter: { name: "${name}" }, first: ${first})`),
        ),
      ];
      let turn = 0;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 0x7fffffff }), async (seed) => {
          const { document, variables } = randomOperation({
            schema,
            random: randomOf(seed),
            roots,
            without: differingByAnswer,
          });
          turn += 1;
          const answer = await both[turn % 2]?.query(document, variables);
          const truth = await forgetful.query(document, variables);
          expect({ ...answer, extensions: undefined }).toEqual({ ...truth, extensions: undefined });
        }),
        { numRuns: runs },
      );
    });

    it('cache the absence of a product for only a minute', async () => {
      const text = '{ product(id: "600000009999") { name packages { nodes { id } } } }';
      const first = await start(profile);
      await first.query(text);
      await first.stop();
      replicas = [];
      for (const key of await client.keys('pms-graphql:*'))
        if ((await client.pttl(key)) <= 60_000) await client.del(key);
      const second = await start(profile);
      sandbox.clearRequests();
      const answer = await second.query(text);
      expect(answer).toMatchObject({ data: { product: null } });
      expect(answer.errors).toBeUndefined();
      // With includes a product is found by a search, and an empty page is cached like any other response.
      if (profile !== 'include') expect(sandbox.requests.length).toBeGreaterThan(0);
    });

    it('ignore truncated entries of Redis, and read the records again', async () => {
      const text =
        '{ product(id: "600000000003") { name packages { nodes { id } } ingredients { nodes { id } } } }';
      const first = await start(profile);
      const before = await first.query(text);
      await first.stop();
      replicas = [];
      for (const key of await client.keys('pms-graphql:memory*')) {
        const value = await client.getBuffer(key);
        await client.set(key, (value ?? Buffer.alloc(0)).subarray(0, -3), 'PX', 60_000);
      }
      const second = await start(profile);
      const after = await second.query(text);
      expect(after.data).toEqual(before.data);
      expect(after.errors).toBeUndefined();
    });

    it('return records that another replica cached while the upstream is down, reported in `stale`', async () => {
      const text = '{ product(id: "600000000003") { name packages { nodes { id } } } }';
      const first = await start(profile, 1);
      const before = await first.query(text);
      await first.stop();
      replicas = [];
      const second = await start(profile, 1);
      await sandbox.stop();
      const after = await second.query(text);
      expect(after.data).toEqual(before.data);
      expect(upstreamOf(after)).toMatchObject({
        stale: expect.arrayContaining([expect.anything()]) as unknown,
      });
    });
  });

  describe('with partial copies of records in the cache', () => {
    const wide =
      '{ nodes(ids: ["Product:600000000060", "Product:600000000061"]) { ... on Product { name description indication } } }';
    const narrow = '{ products(filter: { name: "enal" }, first: 50) { nodes { name } } }';

    it('keep a complete copy when another replica caches a partial one', async () => {
      sandbox = await startSandbox({ profile: 'search' });
      const first = await start('search');
      const before = await first.query(wide);
      await first.stop();
      const second = await start('search');
      await second.query(narrow);
      await second.stop();
      replicas = [];
      const third = await start('search');
      sandbox.clearRequests();
      expect(await third.query(wide)).toMatchObject({ data: before.data });
      expect(sandbox.requests).toEqual([]);
    });

    it('use the complete copy while the upstream is down, even if a partial copy is newer', async () => {
      sandbox = await startSandbox({ profile: 'search' });
      const [first, second] = [await start('search', 100), await start('search', 100)];
      const before = await first.query(wide);
      await second.query(narrow);
      await setTimeout(150);
      await first.query(narrow);
      await setTimeout(150);
      await sandbox.stop();
      for (const replica of [first, second, first]) {
        expect((await replica.query(narrow)).errors).toBeUndefined();
        const after = await replica.query(wide);
        expect(after.data).toEqual(before.data);
        expect(upstreamOf(after)['stale' as never]).not.toEqual([]);
      }
    });
  });

  describe.each(oneIn(2, ['everything', 'search'] as const))(
    'over an upstream that deletes a record, with the profile `%s`,',
    (profile) => {
      let upstream: Server;
      let base: string;
      let status = 200;
      const asked: string[] = [];
      beforeEach(async () => {
        sandbox = await startSandbox({ profile });
        status = 200;
        asked.length = 0;
        upstream = createServer((request, response) => {
          asked.push(request.url ?? '');
          void fetch(new URL(sandbox.baseUrl).origin + request.url, {
            headers: { authorization: request.headers.authorization ?? '', accept: 'application/fhir+json' },
          }).then(async (answer) => {
            const isTaken = status !== 200 && !/metadata/.test(request.url ?? '');
            response.writeHead(isTaken ? status : answer.status, { 'content-type': 'application/fhir+json' });
            const outcome = {
              resourceType: 'OperationOutcome',
              issue: [{ severity: 'error', code: 'not-found' }],
            };
            response.end(
              isTaken
                ? JSON.stringify(outcome)
                : (await answer.text()).replaceAll(new URL(sandbox.baseUrl).host, request.headers.host ?? ''),
            );
          });
        }).listen(0, '127.0.0.1');
        await once(upstream, 'listening');
        base = sandbox.baseUrl.replace(
          new URL(sandbox.baseUrl).host,
          `127.0.0.1:${(upstream.address() as AddressInfo).port}`,
        );
      });
      afterEach(() => void upstream.close());

      it.each(oneIn(3, [404, 410, 403]))(
        'return no cached copy of the deleted record in an outage after the status %i',
        async (taken) => {
          const { tokenUrl, clientId, clientSecret, scope } = sandbox;
          const serve = async (): Promise<Replica> => {
            const replica = await startFacade(
              {
                kind: 'fhir',
                baseUrl: new URL(base),
                oauth: { tokenUrl: new URL(tokenUrl), clientId, scope },
              },
              { profile, clientSecret, redisUrl: redis.url, cacheTtlMs: 50 },
            );
            replicas.push(replica);
            return replica;
          };
          const both = [await serve(), await serve()];
          const text = '{ product(id: "600000000003") { name packages { nodes { id } } } }';
          for (const replica of both)
            expect((await replica.query(text)).data).toMatchObject({
              product: { name: expect.any(String) as unknown },
            });
          await setTimeout(100);
          status = taken;
          // The old copy is returned once more, and refreshed in the background.
          await vi.waitUntil(async () => (await both[0]?.query(text))?.data?.['product'] === null, {
            timeout: 60_000,
            interval: 100,
          });
          await setTimeout(300);
          // Removes the cached fact that the product does not exist, and the response that said so.
          for (const key of await client.keys('pms-graphql:*'))
            if ((await client.pttl(key)) <= 60_000) await client.del(key);
          status = 503;
          for (const replica of both) expect((await replica.query(text)).data).toEqual({ product: null });
        },
      );
    },
  );

  /** Returns an entry as another version of this program might write it. */
  const parcelOf = (
    head: unknown,
    body: string | Buffer,
    isCompressed = false,
    bytes = body.length,
  ): Buffer =>
    Buffer.concat([
      Buffer.from(`${JSON.stringify({ head, isCompressed, bytes, keepMs: 86_400_000 })}\n`),
      Buffer.from(body as string),
    ]);
  const fhir = { 'content-type': 'application/fhir+json' };
  const product = '{"resourceType":"MedicinalProductDefinition","id":"1","name":[]}';
  const damaged: readonly (readonly [string, Buffer])[] = [
    ['an empty header', parcelOf({}, '{"x":1}')],
    ['no header', parcelOf(null, '[]')],
    ['numbers instead of record keys', parcelOf({ keys: 5, elements: 7 }, '{"resource":{}}')],
    ['a list of values that are no records', parcelOf({ keys: [] }, '[1,{"a":2}]')],
    ['an empty lookup result', parcelOf({ keys: [] }, '{"answer":{"positions":[]},"records":[]}')],
    ['the status 401', parcelOf({ status: 401, headers: fhir }, product)],
    ['the invalid status 999', parcelOf({ status: 999, headers: fhir }, product)],
    [
      'a web page as its body',
      parcelOf({ status: 200, headers: { 'content-type': 'text/html' } }, '<p>Sign in</p>'),
    ],
    ['half of a JSON body', parcelOf({ status: 200, headers: fhir }, product.slice(0, 30))],
    [
      'an OperationOutcome as its body',
      parcelOf({ status: 200, headers: fhir }, '{"resourceType":"OperationOutcome"}'),
    ],
    ['a number as its content type', parcelOf({ status: 200, headers: { 'content-type': 5 } }, product)],
    ['the absence of a record, older than a minute', parcelOf({ status: 404, headers: {} }, '')],
    [
      'a small body that decompresses to 20 MB',
      parcelOf({ status: 200, headers: fhir }, gzipSync(Buffer.alloc(20_000_000)), true, 20),
    ],
    [
      'JSON that is nested 100,000 levels deep',
      parcelOf({ status: 200, headers: fhir }, '['.repeat(100_000)),
    ],
  ];

  it.each(oneIn(8, damaged))('ignore a cache entry with %s', async (_what, parcel) => {
    sandbox = await startSandbox({ profile: 'search' });
    const texts = [
      '{ product(id: "600000000003") { name packages { nodes { id } } } }',
      '{ products(filter: { name: "enal" }) { nodes { name ingredients { nodes { id } } } } }',
      '{ lookup(terms: ["EU/1/26/1003", "600000000003"]) { kind matches { value } } }',
      '{ product(id: "600000009999") { name } }',
    ];
    const first = await start('search');
    const before = [];
    for (const text of texts) before.push(await first.query(text));
    await first.stop();
    replicas = [];
    const store = openSharedStore(redis.url, sandbox.clientSecret);
    for (const key of await client.keys('pms-graphql:*'))
      if (key.endsWith(':copy')) await store.set(key, parcel, 86_000_000);
    await store.close();
    const second = await start('search');
    for (const [at, text] of texts.entries()) {
      const after = await second.query(text);
      expect(after.data).toEqual(before[at]?.data);
      expect(after.errors).toEqual(before[at]?.errors);
    }
  });

  it.skipIf(isQuick)(
    'answer a lookup by their own searches, even if a replica without searches has answered it before',
    async () => {
      sandbox = await startSandbox({ profile: 'search' });
      const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
      const serve = async (profile: 'search' | 'everything'): Promise<Replica> => {
        const replica = await startFacade(
          {
            kind: 'fhir',
            baseUrl: new URL(baseUrl),
            oauth: { tokenUrl: new URL(tokenUrl), clientId, scope },
          },
          { profile, clientSecret, redisUrl: redis.url, cacheTtlMs: 300_000 },
        );
        replicas.push(replica);
        return replica;
      };
      const kinds = async (replica: Replica): Promise<unknown> =>
        (await replica.query('{ lookup(terms: ["EU/1/26/1003", "EU/1/26/9999"]) { kind } }')).data;
      const alone = await kinds(await serve('search'));
      await client.flushall();
      await kinds(await serve('everything'));
      expect(await kinds(await serve('search'))).toEqual(alone);
    },
  );

  it.skipIf(isQuick)('report in `stale` that a lookup was answered from expired copies', async () => {
    sandbox = await startSandbox({ profile: 'search' });
    const replica = await start('search', 50);
    const text = '{ lookup(terms: ["EU/1/26/1003", "no-such-thing"]) { kind matches { value } } }';
    const before = await replica.query(text);
    await setTimeout(100);
    await sandbox.stop();
    const after = await replica.query(text);
    expect(after.data).toEqual(before.data);
    expect(upstreamOf(after)).toMatchObject({
      stale: [expect.objectContaining({ path: ['lookup'] }) as unknown],
    });
  });

  it('compute the age of a cache entry from its remaining time to live in Redis', async () => {
    sandbox = await startSandbox({ profile: 'search' });
    const first = await start('search');
    await first.query('{ product(id: "600000000003") { name } }');
    await first.stop();
    replicas = [];
    // Shortens the time to live in Redis by two hours.
    for (const key of await client.keys('pms-graphql:*')) {
      const left = await client.pttl(key);
      if (left > 7_300_000) await client.pexpire(key, left - 7_200_000);
      else await client.del(key);
    }
    const second = await start('search');
    sandbox.clearRequests();
    await second.query('{ product(id: "600000000003") { name } }');
    expect(sandbox.requests.map(({ path }) => path)).toContain('/MedicinalProductDefinition/600000000003');
  });
});
