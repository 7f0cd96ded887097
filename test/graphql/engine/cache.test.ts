/** The `extensions.upstream` of an answer that was made from cached copies. */
import { afterEach, describe, expect, it } from 'vitest';
import { startTestService, type TestService, type TestServiceOptions } from '../../support/service.js';
import { oneIn } from '../../support/tier.js';

let service: TestService;
afterEach(() => service.stop());

async function start(options: TestServiceOptions): Promise<void> {
  service = await startTestService(options);
}

const minute = 60_000;
/** A time to live that is so short that every copy is stale. */
const instant = 0.001;

interface Upstream {
  readonly requests: number;
  readonly cacheHits: number;
  readonly bytes: number;
  readonly estimated: number;
  readonly stale: readonly { readonly path: readonly unknown[]; readonly age: number }[];
}

interface Answered {
  readonly data: unknown;
  readonly errors: unknown;
  readonly upstream: Upstream;
  readonly age: string | null;
}

async function ask(query: string): Promise<Answered> {
  const response = await fetch(`${service.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const answer = (await response.json()) as {
    readonly data: unknown;
    readonly errors?: unknown;
    readonly extensions: { readonly upstream: Upstream };
  };
  return {
    data: answer.data,
    errors: answer.errors,
    upstream: answer.extensions.upstream,
    age: response.headers.get('age'),
  };
}

const linked = `{
  products(filter: { name: "Avelanta 5" }, first: 3) {
    nodes { pmsId packages { nodes { id manufacturedItems { name } } } holder { name } }
  }
}`;

describe.each(oneIn(2, ['everything', 'search', 'include'] as const))(
  'the record cache with the profile `%s`',
  (profile) => {
    it('answers a repeated operation without an upstream request, and reports cache hits and an `Age`', async () => {
      await start({ profile, cacheTtlMs: minute });
      const first = await ask(linked);
      expect([first.upstream.cacheHits, first.age]).toEqual([0, null]);
      service.sandbox.clearRequests();
      const again = await ask(linked);
      expect(service.sandbox.requests).toEqual([]);
      expect(again.data).toEqual(first.data);
      expect(again.upstream).toMatchObject({ requests: 0, bytes: 0, stale: [] });
      expect(again.upstream.cacheHits).toBeGreaterThan(0);
      expect(again.upstream.estimated).toBeGreaterThan(0);
      expect(again.age).toMatch(/^\d+$/);
    });

    it('reports copies older than the time to live under the path of the outermost field that contains them', async () => {
      await start({ profile, cacheTtlMs: instant });
      const first = await ask(linked);
      expect(first.upstream.stale).toEqual([]);
      const again = await ask(linked);
      expect(again.data).toEqual(first.data);
      expect(again.upstream).toMatchObject({ requests: 0, stale: [{ path: ['products'] }] });
    });

    it('answers a repeated operation with old copies while the upstream answers 503', async () => {
      await start({ profile, cacheTtlMs: instant });
      const first = await ask(linked);
      service.sandbox.setFaults([{ kind: 'status', status: 503 }]);
      for (let round = 0; round < 3; round++) {
        const { data, errors, upstream } = await ask(linked);
        expect([data, errors]).toEqual([first.data, undefined]);
        expect(upstream.stale).toEqual([{ path: ['products'], age: expect.any(Number) as number }]);
      }
    });

    it('reports the age of the cached page of a list without rows', async () => {
      await start({ profile, cacheTtlMs: instant });
      const query = '{ products(filter: { name: "nothing is called so" }) { nodes { id } } }';
      await ask(query);
      expect((await ask(query)).upstream.stale).toEqual([
        { path: ['products'], age: expect.any(Number) as number },
      ]);
    });
  },
);

describe('a cached record', () => {
  const query = '{ product(id: "600000000001") { source { fetchedAt stale } } }';

  it('states the time of its upstream request, and that it is not stale', async () => {
    await start({ cacheTtlMs: minute });
    const first = await ask(query);
    expect(first.data).toMatchObject({ product: { source: { stale: false } } });
    const again = (await ask(query)).data as {
      readonly product: { readonly source: { readonly fetchedAt: string } };
    };
    const { fetchedAt } = (first.data as typeof again).product.source;
    // The first time is taken after the response, the second before the request, so they may differ slightly.
    expect(Math.abs(Date.parse(again.product.source.fetchedAt) - Date.parse(fetchedAt))).toBeLessThan(1_000);
  });

  it('that is older than the time to live is reported as stale, with its reference and age', async () => {
    await start({ cacheTtlMs: instant });
    await ask(query);
    const { data, upstream } = await ask(query);
    expect(data).toMatchObject({ product: { source: { stale: true } } });
    expect(upstream.stale).toEqual([
      { path: ['product'], age: 0, reference: 'MedicinalProductDefinition/600000000001' },
    ]);
  });

  it('may be a missing one: the second read of an unknown id costs no upstream request', async () => {
    await start({ cacheTtlMs: minute });
    const nobody = '{ product(id: "nobody") { id } }';
    await ask(nobody);
    const { data, upstream } = await ask(nobody);
    expect(data).toEqual({ product: null });
    expect(upstream).toMatchObject({ requests: 0 });
  });
});

it('twenty simultaneous operations that need the same record share one upstream request, which only one of them counts', async () => {
  await start({ cacheTtlMs: minute, sandbox: { latency: 50 } });
  const query = '{ product(id: "600000000001") { packages { nodes { id } } } }';
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(query)));
  expect(service.sandbox.requests).toHaveLength(1);
  const requests = answers.map(({ upstream }) => upstream.requests);
  expect(requests.filter((count) => count === 1)).toHaveLength(1);
  expect(answers.filter(({ upstream }) => upstream.cacheHits === 1)).toHaveLength(19);
});

it('a list whose `next` link has expired is read again from its first page, and that page is not taken from the cache', async () => {
  await start({ profile: 'search', cacheTtlMs: minute, sandbox: { maxPageSize: 2 } });
  const query = '{ products(first: 2) { nodes { packages { nodes { id } pageInfo { complete } } } } }';
  service.sandbox.setFaults([{ kind: 'expired-next', times: 1 }]);
  const { data, upstream } = await ask(query);
  expect(upstream).toMatchObject({ cacheHits: 0 });
  expect(JSON.stringify(data)).not.toContain('"complete":false');
  const first = service.sandbox.requests.filter(({ path }) =>
    path.startsWith('/PackagedProductDefinition?package-for'),
  );
  expect(first).toHaveLength(2);
});

it('with a time to live of 0, the same operation sends the same number of upstream requests again', async () => {
  await start({ cacheTtlMs: 0 });
  const { upstream } = await ask(linked);
  expect((await ask(linked)).upstream).toMatchObject({ requests: upstream.requests, cacheHits: 0 });
});

it('the responses to the search probes at the start are not in the record cache', async () => {
  await start({ profile: 'auto', cacheTtlMs: minute });
  const { upstream } = await ask('{ products(first: 100) { nodes { id } } }');
  expect(upstream).toMatchObject({ requests: 1, cacheHits: 0 });
});
