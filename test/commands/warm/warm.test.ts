/** The command `warm` over a sandbox and a real Redis: the cache entries that it leaves for a service. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runWarm, type WarmOutcome, type WarmRun } from '../../../src/commands/warm/run.js';
import { createLog } from '../../../src/log.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/server.js';
import { operationFiles, upstreamOf } from '../../support/operations.js';
import { hasRedisServer, needsRedis, startRedis, type RedisServer } from '../../support/redis.js';
import { startFacade, type TestService } from '../../support/service.js';
import { isQuick, oneIn } from '../../support/tier.js';

type Profile = 'everything' | 'search' | 'include';

const listing = `query ($name: String!, $after: String) {
  products(filter: { name: $name }, first: 100, after: $after) {
    nodes { pmsId } pageInfo { hasNextPage endCursor }
  }
}`;

interface Listing {
  readonly nodes: readonly { readonly pmsId: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

const ids = ['600000000001', '600000000003', '600000000059', '600000000062'];

describe.skipIf(!hasRedisServer)(`warm (${needsRedis})`, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  interface World {
    readonly sandbox: Sandbox;
    warm(
      more?: Partial<WarmRun['asked']>,
      how?: Partial<Pick<WarmRun, 'signal'>> & Limits,
    ): Promise<WarmOutcome>;
    /** Starts a service over the same Redis. */
    serve(): Promise<Omit<TestService, 'sandbox'>>;
  }

  interface Limits {
    readonly rateLimit?: number;
    readonly rateWindowMs?: number;
    readonly cacheTtlMs?: number;
  }

  async function start(
    profile: Profile = 'everything',
    options: SandboxOptions = {},
    { elements = true } = {},
  ): Promise<World> {
    const sandbox = await startSandbox({ profile, ...options });
    onTestFinished(() => sandbox.stop());
    const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
    const upstream = {
      kind: 'fhir',
      baseUrl: new URL(baseUrl),
      oauth: { tokenUrl: new URL(tokenUrl), clientId, scope },
    } as const;
    return {
      sandbox,
      warm: (more = {}, { signal = new AbortController().signal, ...limits } = {}) =>
        runWarm({
          options: {
            config: {
              host: '127.0.0.1',
              port: 0,
              profile,
              openApi: undefined,
              receipt: 'full',
              elements,
              explain: false,
              requestBudget: 120,
              timeoutMs: 10_000,
              deadlineMs: 30_000,
              cacheTtlMs: 60_000,
              cacheMaxBytes: 16_000_000,
              secretExpires: undefined,
              introspection: true,
              graphiql: false,
              corsOrigins: [],
              changesStreams: 100,
              changesStreamsPerClient: 10,
              ...limits,
            },
            secrets: {
              clientSecret,
              clientSecretNext: undefined,
              cursorKey: undefined,
              redisUrl: redis.url,
              redisEncryptionKeys: undefined,
            },
            upstream,
            log: createLog('silent'),
          },
          asked: { ids: [], names: [], share: 0.5, restart: false, ...more },
          screen: { write: () => undefined },
          signal,
        }),
      async serve() {
        const service = await startFacade(upstream, {
          profile,
          elements,
          clientSecret,
          redisUrl: redis.url,
          cacheTtlMs: 60_000,
        });
        onTestFinished(() => service.stop());
        sandbox.clearRequests();
        return service;
      },
    };
  }

  const page = operationFiles.find(({ name }) => name === 'product-page')?.text ?? '';

  it('`warm` stores product pages, so that the service answers them without upstream requests', async () => {
    const { sandbox, warm, serve } = await start();
    const { tally, isAllWarm } = await warm({ ids });
    expect(tally).toMatchObject({ all: 4, warmed: 4, before: 0, failed: 0, requests: 4, cacheHits: 0 });
    expect(isAllWarm).toBe(true);
    expect(sandbox.requests.map(({ path }) => path).sort()).toEqual(
      ids.map((id) => `/MedicinalProductDefinition/${id}/$everything`),
    );
    const { query } = await serve();
    for (const id of ids) {
      const answer = await query(page, { id });
      expect(answer.errors).toBeUndefined();
      expect(upstreamOf(answer)).toMatchObject({ requests: 0, incomplete: [] });
    }
    expect(sandbox.requests).toEqual([]);
  });

  it.skipIf(isQuick)('`warm` reads all pages of a product search by name', async () => {
    const { sandbox, warm, serve } = await start('everything', { products: 150, seed: 3, maxPageSize: 40 });
    const names = ['a', 'e'];
    const { tally } = await warm({ names });
    expect(tally).toMatchObject({ warmed: tally.all, failures: [] });
    const { query } = await serve();
    const found = (await Promise.all(names.map((name) => namedSo(query, name)))).flat();
    expect(found.length).toBeGreaterThan(100);
    expect(tally.all).toBe(new Set(found).size);
    sandbox.clearRequests();
    for (const id of [found[0], found.at(-1)]) {
      expect(upstreamOf(await query(page, { id }))).toMatchObject({ requests: 0 });
    }
  });

  it('`warm` sends no request for pages that are fresh', async () => {
    const { sandbox, warm } = await start();
    await warm({ ids });
    sandbox.clearRequests();
    const again = await warm({ ids });
    expect(again.tally).toMatchObject({ warmed: 4, before: 0, requests: 0, cacheHits: 8 });
    expect(sandbox.requests).toEqual([]);
  });

  it('`warm` reads pages again that are old', async () => {
    const { sandbox, warm } = await start();
    await warm({ ids });
    sandbox.clearRequests();
    const again = await warm({ ids }, { cacheTtlMs: 1 });
    expect(sandbox.requests).toHaveLength(4);
    expect(again.tally.requests).toBe(4);
  });

  it.skipIf(isQuick)('`warm` lists the failed products, and its next run retries only those', async () => {
    const { sandbox, warm } = await start();
    const [broken = '', ...others] = ids;
    sandbox.setFaults([{ kind: 'status', status: 500, match: broken }]);
    const first = await warm({ ids: [...ids, 'nobody'] });
    expect(first.isAllWarm).toBe(false);
    expect(first.tally.failures).toHaveLength(2);
    expect(first.told).toMatch(/^2 failed; /m);
    expect(first.told).toMatch(/^ {2}nobody NOT_FOUND$/m);
    expect(first.told).toMatch(new RegExp(`^ {2}${broken} UPSTREAM_\\w+$`, 'm'));
    sandbox.setFaults([]);
    sandbox.clearRequests();
    await setTimeout(2_100);
    const again = await warm({ ids: [...ids, 'nobody'] });
    expect(again.tally).toMatchObject({ warmed: 1, before: others.length });
    expect(sandbox.requests.some(({ path }) => others.some((id) => path.includes(id)))).toBe(false);
  });

  it.skipIf(isQuick)(
    '`warm` continues where its last run was stopped, or starts anew with the option for it',
    async () => {
      const { sandbox, warm } = await start('everything', { products: 60, seed: 3, latency: 20 });
      const stop = new AbortController();
      const watch = async (): Promise<void> => {
        while (sandbox.requests.length < 20) await setTimeout(5);
        stop.abort();
      };
      const [stopped] = await Promise.all([warm({ names: ['a'] }, { signal: stop.signal }), watch()]);
      expect(stopped.told).toMatch(/^Stopped\. /m);
      expect(stopped.isAllWarm).toBe(false);
      const { warmed } = stopped.tally;
      expect(warmed).toBeGreaterThan(5);
      expect(warmed).toBeLessThan(stopped.tally.all);
      const firstAsked = new Set(sandbox.requests.map(({ path }) => path));
      sandbox.clearRequests();
      const rest = await warm({ names: ['a'] });
      expect(rest.tally).toMatchObject({ before: warmed, warmed: rest.tally.all - warmed });
      // Requests that were in progress at the stop are sent again.
      const twice = sandbox.requests.filter(({ path }) => firstAsked.has(path));
      expect(twice.length).toBeLessThanOrEqual(8);
      const anew = await warm({ names: ['a'], restart: true });
      expect(anew.tally).toMatchObject({ before: 0, warmed: rest.tally.all, requests: 0 });
    },
  );

  it.skipIf(isQuick)(
    '`warm` uses no more than its share of the request rate, also in several processes',
    async () => {
      const { sandbox, warm } = await start('everything', { products: 40, seed: 3 });
      const limits = { rateLimit: 40, rateWindowMs: 1_000 };
      const times: number[] = [];
      const { requests } = sandbox;
      const watching = setInterval(() => {
        while (times.length < requests.length) times.push(performance.now());
      }, 5);
      await Promise.all([
        warm({ ids: idsOf(1, 4), share: 0.25 }, limits),
        warm({ ids: idsOf(5, 8), share: 0.25 }, limits),
        warm({ ids: idsOf(9, 12), share: 0.25 }, limits),
      ]);
      clearInterval(watching);
      expect(times.length).toBeGreaterThanOrEqual(12);
      const inWindow = times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length);
      expect(Math.max(...inWindow)).toBeLessThanOrEqual(10);
    },
  );

  it('`warm` sends nothing if Redis is unreachable', async () => {
    const { sandbox, warm } = await start();
    redis.pause();
    await expect(warm({ ids })).rejects.toMatchObject({ exitCode: 69 });
    redis.resume();
    expect(sandbox.requests).toEqual([]);
  });

  it('`warm` stops when Redis becomes unreachable, and prints how to continue', async () => {
    const { sandbox, warm } = await start('everything', { products: 60, seed: 3, latency: 50 });
    const watch = async (): Promise<void> => {
      while (sandbox.requests.length < 12) await setTimeout(5);
      redis.pause();
    };
    const [outcome] = await Promise.allSettled([warm({ names: ['a'] }), watch()]);
    redis.resume();
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: {
        exitCode: 69,
        message: expect.stringMatching(/warmed in .*\n?.*Run the same command/s) as unknown,
      },
    });
    expect(sandbox.requests.length).toBeLessThan(40);
  });

  const profiles = ['everything', 'search', 'include'] as const;

  it.each(
    oneIn(3, profiles).flatMap((profile) => [
      [profile, 'without', undefined] as const,
      [profile, 'with', page] as const,
    ]),
  )(
    '`warm` with the profile `%s`, %s the option `--operation`, stores product pages',
    async (profile, _has, operation) => {
      const { warm, serve } = await start(profile);
      const { tally } = await warm({ ids, ...(operation === undefined ? {} : { operation }) });
      expect(tally).toMatchObject({ warmed: 4, failed: 0 });
      const { query } = await serve();
      const costs: number[] = [];
      for (const id of ids) costs.push(upstreamOf(await query(page, { id })).requests);
      expect(costs).toEqual([0, 0, 0, 0]);
    },
  );

  it.each(oneIn(3, profiles))('`warm` with the profile `%s` also stores single products', async (profile) => {
    const { warm, serve } = await start(profile);
    await warm({ ids });
    const { query } = await serve();
    const answer = await query('query ($id: ID!) { product(id: $id) { name } }', { id: ids[0] });
    expect(answer.data).toMatchObject({ product: { name: expect.any(String) as unknown } });
    expect(upstreamOf(answer).requests).toBe(0);
  });

  it.each([
    ['query { product', 'Syntax Error'],
    ['query ($id: ID!) { product(id: $id) { nonsense } }', 'nonsense'],
    ['{ product(id: "1") { name } }', '"$id"'],
    ['query A($id: ID!) { product(id: $id) { name } } query B { service { version } }', 'one operation'],
  ])('`warm` refuses %j as the operation of a product page', async (operation, message) => {
    const { warm } = await start();
    await expect(warm({ ids, operation })).rejects.toMatchObject({
      exitCode: 65,
      message: expect.stringContaining(message) as unknown,
    });
  });

  function idsOf(from: number, to: number): readonly string[] {
    return Array.from({ length: to - from + 1 }, (_, at) => String(600_000_000_000 + from + at));
  }

  async function namedSo(query: TestService['query'], name: string): Promise<readonly string[]> {
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await query(listing, { name, after });
      const { nodes, pageInfo } = (data ?? {})['products'] as Listing;
      ids.push(...nodes.map(({ pmsId }) => pmsId));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    return ids;
  }
});
