/**
 * Every id that the service returned finds its record again: also after the caches have dropped the record, and from another
 * replica.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { upstreamOf } from '../support/operations.js';
import { hasRedisServer, needsRedis, startRedis, type RedisServer } from '../support/redis.js';
import { startFacade, type TestService } from '../support/service.js';
import { oneIn } from '../support/tier.js';

type Replica = Omit<TestService, 'sandbox'>;
type Profile = 'everything' | 'search' | 'include';

const page = `{ products(first: 25) { nodes { id
  packages(first: 50) { nodes { id packaging { items { item { id } } } } }
  ingredients(first: 50) { nodes { id manufacturers { id } } }
  manufacturedItems { id manufacturers { id } }
  administrableProducts { id }
  authorizations { id holder { id } regulator { id } }
  clinicalUses { id }
  holder { id }
} } }`;

let sandbox: Sandbox;
let replicas: Replica[] = [];
let redis: RedisServer;
beforeAll(async () => {
  if (hasRedisServer) redis = await startRedis();
});
afterAll(() => redis?.stop());
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  replicas = [];
  await sandbox.stop();
});

async function start(
  profile: Profile | 'auto',
  shared: { readonly redisUrl?: string } = {},
): Promise<Replica> {
  const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
  const replica = await startFacade(
    { kind: 'fhir', baseUrl: new URL(baseUrl), oauth: { tokenUrl: new URL(tokenUrl), clientId, scope } },
    { profile, clientSecret, budget: 1_000, isKnown: true, ...shared },
  );
  replicas.push(replica);
  return replica;
}

function idsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) =>
    name === 'id' && typeof each === 'string' ? [each] : idsIn(each),
  );
}

/** Returns the distinct ids in one answer; in the quick tier, some of them. */
async function given(service: Replica): Promise<readonly string[]> {
  const { data } = await service.query(page);
  const ids = [...new Set(idsIn(data))];
  expect(ids.length).toBeGreaterThan(300);
  expect(new Set(ids.map((id) => id.split(':')[0])).size).toBe(8);
  return oneIn(30, ids);
}

/** Looks up each id by itself, and returns the faults. */
async function faultsOf(service: Replica, ids: readonly string[]): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const id of ids) {
    sandbox.clearRequests();
    const answer = await service.query('query ($id: ID!) { node(id: $id) { __typename id } }', { id });
    const { requests, estimated } = upstreamOf(answer);
    const found = (answer.data?.['node'] as { readonly id: string } | null)?.id;
    if (found !== id) faults.push(`${id}: ${answer.errors?.[0]?.extensions.code ?? found}`);
    const sent = sandbox.requests.length;
    if (requests !== sent || requests > estimated || requests > 1)
      faults.push(`${id}: ${sent} requests, ${requests} on the receipt, ${estimated} granted`);
  }
  return faults;
}

describe.each(oneIn(3, ['everything', 'search', 'include'] as const))(
  'the ids of records that a query returned, with the profile `%s`,',
  (profile) => {
    it('each find their record with at most one request, without a cache', async () => {
      sandbox = await startSandbox({ profile });
      const service = await start(profile);
      expect(await faultsOf(service, await given(service))).toEqual([]);
    });

    it('find their records with `PMS_PROFILE=auto` too', async () => {
      sandbox = await startSandbox({ profile });
      const service = await start('auto');
      const ids = (await given(service)).filter((_, index) => index % 3 === 0);
      expect(await faultsOf(service, ids)).toEqual([]);
    });

    it.skipIf(!hasRedisServer)(`find their records in another replica too (${needsRedis})`, async () => {
      sandbox = await startSandbox({ profile });
      const first = await start(profile, { redisUrl: redis.url });
      const ids = await given(first);
      // Stopping waits until all data are written to Redis.
      await first.stop();
      replicas = [];
      expect(await faultsOf(await start(profile, { redisUrl: redis.url }), ids)).toEqual([]);
    });
  },
);

describe('ids of packages and items over an upstream that can read only products by id', () => {
  it('that the service never returned fail without a request, and the error suggests to name the product', async () => {
    sandbox = await startSandbox({ profile: 'everything' });
    const service = await start('everything');
    sandbox.clearRequests();
    const { data, errors } = await service.query('{ node(id: "Package:8400014") { id } }');
    expect(data).toEqual({ node: null });
    expect(errors).toMatchObject([{ path: ['node'], extensions: { code: 'UPSTREAM_UNSUPPORTED' } }]);
    expect(errors?.[0]?.message).toMatch(/does not know which product this record belongs to.*"product"/);
    expect(sandbox.requests).toEqual([]);
  });

  it('of several records of one product are found with one request', async () => {
    sandbox = await startSandbox({ profile: 'everything' });
    const service = await start('everything');
    const { data } = await service.query('{ product(id: "600000000024") { packages { nodes { id } } } }');
    const ids = idsIn(data);
    expect(ids.length).toBeGreaterThan(5);
    sandbox.clearRequests();
    const again = await service.query(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Package { product { id } } } }',
      { ids },
    );
    expect(again.errors).toBeUndefined();
    expect(again.data).toEqual({
      nodes: ids.map((id) => ({ id, product: { id: 'Product:600000000024' } })),
    });
    expect(upstreamOf(again)).toMatchObject({ requests: 1 });
    expect(sandbox.requests).toHaveLength(1);
  });

  it('are accepted with a cursor for the next page of a list of that record', async () => {
    sandbox = await startSandbox({ profile: 'everything' });
    const service = await start('everything');
    const { data } = await service.query(
      '{ product(id: "600000000001") { manufacturedItems { id ingredients(first: 1) { nodes { id } pageInfo { endCursor hasNextPage } } } } }',
    );
    interface Item {
      readonly id: string;
      readonly ingredients: {
        readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
      };
    }
    const items = (data!['product'] as { readonly manufacturedItems: readonly Item[] }).manufacturedItems;
    const item = items.find(({ ingredients }) => ingredients.pageInfo.hasNextPage);
    expect(item).toBeDefined();
    const more = await service.query(
      `query ($id: ID!, $after: String) { node(id: $id) { id ... on ManufacturedItem {
         ingredients(first: 100, after: $after) { nodes { id } pageInfo { complete } } } } }`,
      { id: item!.id, after: item!.ingredients.pageInfo.endCursor },
    );
    expect(more.errors).toBeUndefined();
    expect(more.data).toMatchObject({
      node: { id: item!.id, ingredients: { pageInfo: { complete: true } } },
    });
    expect(upstreamOf(more).requests).toBe(1);
  });
});
