/** What one replica has read, the others need not ask: over a real Redis, on every route. */
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { Redis } from 'ioredis';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { comparable, operationFiles, upstreamOf } from '../support/operations.js';
import { randomOf, randomOperation } from '../support/random-operation.js';
import { hasRedisServer, needsRedis, startRedis, type RedisServer } from '../support/redis.js';
import { startFacade, type TestService } from '../support/service.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const runs = Number(process.env['PROPERTY_RUNS'] ?? 60);
const profiles = ['everything', 'search', 'include'] as const;
type Replica = Omit<TestService, 'sandbox'>;

describe.skipIf(!hasRedisServer)(`replicas (${needsRedis})`, () => {
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
      { profile, clientSecret, redisUrl: redis.url, cacheTtlMs, budget: 1_000 },
    );
    replicas.push(replica);
    return replica;
  }

  describe.each(profiles)('on the route %s', (profile) => {
    beforeEach(async () => {
      sandbox = await startSandbox({ profile });
    });

    it('answer all example operations that another has answered, without a request', async () => {
      const first = await start(profile);
      const answers = [];
      for (const { text } of operationFiles) answers.push(await first.query(text));
      // Stopping waits until all is told.
      await first.stop();
      replicas = [];
      const second = await start(profile);
      sandbox.clearRequests();
      for (const [at, { name, text }] of operationFiles.entries()) {
        const answer = await second.query(text);
        expect(comparable(answer.data), name).toEqual(comparable(answers[at]?.data));
        expect(answer.errors, name).toEqual(answers[at]?.errors);
        expect(upstreamOf(answer).requests, name).toBe(0);
      }
      expect(sandbox.requests).toEqual([]);
    });

    it('ask for what is new alone, where questions overlap', async () => {
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

    it(`give the answers that a service without a memory gives, to ${runs} random operations in turn`, async () => {
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
            without: ['source', 'service', 'cursor', 'startCursor', 'endCursor', 'Substance.products'],
          });
          turn += 1;
          const answer = await both[turn % 2]?.query(document, variables);
          const truth = await forgetful.query(document, variables);
          expect({ ...answer, extensions: undefined }).toEqual({ ...truth, extensions: undefined });
        }),
        { numRuns: runs },
      );
    });

    it('believe for a minute alone that there is no such product, whatever else they keep', async () => {
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
      // By includes a product is searched for: an empty page is an answer like any other.
      if (profile !== 'include') expect(sandbox.requests.length).toBeGreaterThan(0);
    });

    it('take nothing from the store that is damaged', async () => {
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

    it('answer with what another has read while the upstream is out, and say how old it is', async () => {
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

  it('are never older than their clocks say: an age is told by what is left of a time to live', async () => {
    sandbox = await startSandbox({ profile: 'search' });
    const first = await start('search');
    await first.query('{ product(id: "600000000003") { name } }');
    await first.stop();
    replicas = [];
    // Two hours later, as Redis counts.
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
