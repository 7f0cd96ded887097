/**
 * Which cache answers an operation. The memory has the records and lists that earlier operations read. The cache of upstream
 * responses below it therefore answers nothing that was read before.
 */
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operationFiles, upstreamOf } from '../../support/operations.js';
import { differingByAnswer, randomOf, randomOperation } from '../../support/random-operation.js';
import { startTestService, type GraphqlAnswer, type TestService } from '../../support/service.js';
import { isQuick, oneIn } from '../../support/tier.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const profiles = ['everything', 'search', 'include'] as const;
/** The default settings, except for the budget. */
const defaults = { isKnown: true, cacheTtlMs: 300_000, cacheMaxBytes: 268_435_456, budget: 100_000 };
const roots = [
  ...Array.from({ length: 12 }, (_, at) => `product(id: "6000000000${String(at + 1).padStart(2, '0')}")`),
  ...['a', 'el', 'ö'].flatMap((name) =>
    [1, 3, 6].map((first) => `products(filter: { name: "${name}" }, first: ${first})`),
  ),
];

interface Answered {
  /** The number of requests sent upstream. */
  readonly requests: number;
  /** The number of lists and records from the memory. */
  readonly byMemory: number;
  /** The requests that were answered by a cached copy of the upstream's response. */
  readonly byCopies: readonly string[];
}

/** Operations that are about the service itself, or request a product that does not exist. */
const notKept = new Set(['where-it-comes-from', 'saved-products']);

let service: TestService;
afterEach(() => service.stop());

/** Sends a query with an explanation. Such a query neither reads nor writes the cache of whole answers. */
async function explained(text: string, variables = {}): Promise<Answered> {
  const answer = await service.query(text, variables, { 'pms-explain': '1' });
  const { requests, cacheHits, plan } = upstreamOf(answer) as ReturnType<typeof upstreamOf> & {
    readonly cacheHits: number;
  };
  const calls = (plan?.calls ?? []) as readonly { readonly asks: string; readonly sends: number }[];
  const byCopies = calls.filter(({ sends }) => sends === 0).map(({ asks }) => asks);
  return { requests, byMemory: cacheHits - byCopies.length, byCopies };
}

async function keptAnswers(): Promise<number> {
  const text = await (await fetch(`${service.origin}/metrics`)).text();
  return Number(/^pms_graphql_kept_answers_total (\d+)$/m.exec(text)?.[1]);
}

describe.each(oneIn(2, profiles))('with the profile `%s`', (profile) => {
  beforeEach(async () => {
    service = await startTestService({ profile, ...defaults });
  });

  const files = oneIn(12, operationFiles);
  it('an operation is answered by the upstream first, by the record cache second, and by the cache of GraphQL results later', async () => {
    for (const { name, text } of files) {
      await explained(text);
      service.sandbox.clearRequests();
      const again = await explained(text);
      expect(again, name).toEqual({ requests: 0, byMemory: expect.any(Number) as number, byCopies: [] });
      expect(again.byMemory, name).toBeGreaterThan(0);
      await service.query(text);
      const before = await keptAnswers();
      const kept = await service.query(text);
      expect((await keptAnswers()) - before, name).toBe(notKept.has(name) ? 0 : 1);
      expect(upstreamOf(kept).requests, name).toBe(0);
      expect(service.sandbox.requests, name).toEqual([]);
    }
  });

  const runs = isQuick ? 6 : 300;
  it(`${runs} random operations are answered from the record cache, not from the cache of upstream responses`, async () => {
    const random = randomOf(1);
    let byMemory = 0;
    let requests = 0;
    for (let run = 0; run < runs; run += 1) {
      const { document, variables } = randomOperation({ schema, random, roots, without: differingByAnswer });
      const answered = await explained(document, variables);
      expect(answered.byCopies, document).toEqual([]);
      byMemory += answered.byMemory;
      requests += answered.requests;
    }
    expect(service.sandbox.requests).toHaveLength(requests);
    // A few operations may read different records.
    expect(byMemory).toBeGreaterThan(isQuick ? 0 : requests);
  });
});

describe('a cached list of products', () => {
  const names = '{ products(filter: { name: "a" }, first: 3) { nodes { pmsId } pageInfo { endCursor } } }';
  const more =
    '{ products(filter: { name: "a" }, first: 3) { nodes { pmsId description indication } totalCount pageInfo { endCursor } } }';
  const next = (cursor: string): string => names.replace('first: 3', `first: 3, after: "${cursor}"`);
  const ids = (answer: GraphqlAnswer): readonly string[] =>
    (answer.data as unknown as Products).products.nodes.map(({ pmsId }) => pmsId);
  const cursorOf = (answer: GraphqlAnswer): string =>
    (answer.data as unknown as Products).products.pageInfo.endCursor;

  interface Products {
    readonly products: {
      readonly nodes: readonly { readonly pmsId: string }[];
      readonly pageInfo: { readonly endCursor: string };
    };
  }

  it('answers `totalCount` and other fields of its products without a request, if its records are complete', async () => {
    service = await startTestService({ profile: 'everything', ...defaults });
    await service.query(names);
    expect(await explained(more)).toMatchObject({ requests: 0, byCopies: [] });
  });

  it.each(['search', 'include'] as const)(
    'that was read to the end answers a query for fewer fields without a request, with the profile `%s`',
    async (profile) => {
      service = await startTestService({ profile, ...defaults });
      const [wide, narrow] = [more, names].map((text) =>
        text.replace('"a" }, first: 3', '"enal" }, first: 20'),
      );
      await service.query(wide ?? '');
      expect(await explained(narrow ?? '')).toMatchObject({ requests: 0, byCopies: [] });
    },
  );

  it.each(oneIn(3, profiles))(
    'continues with the next row after the first page, even if that page was cached by another operation (profile `%s`)',
    async (profile) => {
      service = await startTestService({ profile, ...defaults });
      const truth = ids(await service.query(names.replace('first: 3', 'first: 9')));
      for (const [first, second] of [
        [more, names],
        [names, more],
      ] as const) {
        await service.stop();
        service = await startTestService({ profile, ...defaults });
        await service.query(first);
        const one = await service.query(second);
        const { data: two } = await service.query(next(cursorOf(one)));
        const answer = await service.query(next(cursorOf(one)).replace('pmsId', 'pmsId description'));
        expect(answer.errors).toBeUndefined();
        const { products } = two as unknown as Products;
        expect([...ids(one), ...products.nodes.map(({ pmsId }) => pmsId)]).toEqual(truth.slice(0, 6));
        expect(ids(answer)).toEqual(truth.slice(3, 6));
      }
    },
  );
});

describe('a cached record', () => {
  it('that was read by id answers a query for other fields without a request', async () => {
    service = await startTestService({ profile: 'search', ...defaults });
    await service.query('{ product(id: "600000000001") { name } }');
    expect(service.sandbox.requests.map(({ path }) => path)).toEqual([
      '/MedicinalProductDefinition/600000000001',
    ]);
    const other = '{ product(id: "600000000001") { description indication identifiers { value } } }';
    expect(await explained(other)).toMatchObject({ requests: 0, byCopies: [] });
  });

  it('that was read with `_elements` is read again when a query selects other elements', async () => {
    service = await startTestService({ profile: 'search', ...defaults });
    await service.query('{ products(filter: { name: "enal" }) { nodes { name } } }');
    const text = '{ product(id: "600000000060") { name identifiers { value } } }';
    const answer = await service.query(text);
    expect(upstreamOf(answer).requests).toBe(1);
    expect(answer.data).toMatchObject({
      product: { identifiers: expect.arrayContaining([expect.anything()]) as unknown },
    });
  });
});
