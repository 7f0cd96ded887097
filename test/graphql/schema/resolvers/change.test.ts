/** The query `changes`: its pages, its marks, and the products that its rows lead to. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../../../src/sandbox/server.js';
import { identityOf } from '../../../../src/search-index/open-index.js';
import { openTestIndex } from '../../../support/changes.js';
import { testFolder } from '../../../support/folder.js';
import { upstreamOf } from '../../../support/operations.js';
import { startFacade, startTestService, type GraphqlAnswer } from '../../../support/service.js';

interface Changes {
  readonly nodes: readonly {
    readonly productId: string;
    readonly kind: string;
    readonly at: string;
    readonly parts: readonly string[];
    readonly product: { readonly name: string; readonly packages?: { readonly totalCount: number } } | null;
  }[];
  readonly pageInfo: {
    readonly endCursor: string | null;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly complete: boolean;
  };
  readonly totalCount: number | null;
}

function changesIn({ data, errors }: GraphqlAnswer): Changes {
  expect(errors).toBeUndefined();
  return (data as { readonly changes: Changes }).changes;
}

const document = `query ($since: DateTime!, $first: Int, $after: String) {
  changes(since: $since, first: $first, after: $after) {
    totalCount
    nodes { productId kind at parts product { name packages { totalCount } } }
    pageInfo { endCursor hasNextPage hasPreviousPage complete }
  }
}`;

it('changes of a filled index lists each product as new, page by page, without upstream requests', async () => {
  const service = await startTestService({ index: true, cacheTtlMs: 600_000 });
  onTestFinished(() => service.stop());
  const since = '2026-01-01T00:00:00Z';
  const seen: string[] = [];
  let after: string | null = null;
  for (;;) {
    const answer = await service.query(document, { since, first: 40, after });
    const { nodes, pageInfo, totalCount } = changesIn(answer);
    for (const { productId, kind, parts, product } of nodes) {
      expect([kind, parts]).toEqual(['NEW', []]);
      expect(product?.name).toBeTypeOf('string');
      expect(product?.packages?.totalCount).toBeTypeOf('number');
      seen.push(productId);
    }
    const { requests, incomplete } = upstreamOf(answer);
    expect(requests).toBe(0);
    // The index is younger than `since`. A cursor goes on without a gap.
    expect(pageInfo.complete).toBe(after !== null);
    expect(totalCount === null).toBe(after === null);
    expect(incomplete.map(({ reason }) => reason)).toEqual(after === null ? ['NOT_ALL_HELD'] : []);
    expect(pageInfo.hasPreviousPage).toBe(after !== null);
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  const { data } = await service.query('{ products(first: 1) { totalCount } }');
  expect(new Set(seen).size).toBe(seen.length);
  expect(data).toEqual({ products: { totalCount: seen.length } });
});

it('changes are counted since a time, and complete since the index records them', async () => {
  const service = await startTestService({ index: true, cacheTtlMs: 600_000 });
  onTestFinished(() => service.stop());
  const all = changesIn(await service.query(document, { since: '2026-01-01T00:00:00Z', first: 100 }));
  const last = all.nodes.at(-1)?.at ?? '';
  const later = changesIn(await service.query(document, { since: last, first: 100 }));
  expect(later.pageInfo.complete).toBe(true);
  expect(later.totalCount).toBeGreaterThanOrEqual(later.nodes.length);
  expect(later.nodes.every(({ at }) => at >= last)).toBe(true);
  const never = changesIn(await service.query(document, { since: '2100-01-01T00:00:00Z' }));
  expect(never).toMatchObject({ nodes: [], totalCount: 0, pageInfo: { endCursor: null, complete: true } });
});

it('changes are asked anew each time, and a product that is gone is null', async () => {
  const sandbox = await startSandbox({ products: 2, quirks: false });
  onTestFinished(() => sandbox.stop());
  const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
  const file = join(testFolder().path, 'index.sqlite');
  const index = await openTestIndex({ file, identity: identityOf(baseUrl) });
  const oauth = { tokenUrl: new URL(tokenUrl), clientId, scope };
  const service = await startFacade(
    { kind: 'fhir', baseUrl: new URL(baseUrl), oauth },
    { clientSecret, cacheTtlMs: 600_000, index: { file, crawl: false } },
  );
  onTestFinished(() => service.stop());
  onTestFinished(() => index.close());
  const since = '2026-01-01T00:00:00Z';
  const query = `{ changes(since: "${since}") { nodes { productId kind parts product { name } } } }`;
  const seen = async () => {
    const answer = await service.query(query);
    expect(upstreamOf(answer).requests).toBe(0);
    return changesIn(answer).nodes;
  };
  await index.store({ 1: { name: [{ productName: 'A' }] } });
  expect(await seen()).toEqual([{ productId: '1', kind: 'NEW', parts: [], product: { name: 'A' } }]);
  await index.store({ 1: { name: [{ productName: 'B' }] } });
  expect((await seen()).slice(1)).toEqual([
    { productId: '1', kind: 'CHANGED', parts: ['NAME'], product: { name: 'B' } },
  ]);
  await index.putGone('1', new Date());
  expect(await seen()).toEqual([
    { productId: '1', kind: 'NEW', parts: [], product: null },
    { productId: '1', kind: 'CHANGED', parts: ['NAME'], product: null },
    { productId: '1', kind: 'GONE', parts: [], product: null },
  ]);
});

it('changes are refused without an index, beyond 3 in an operation, and with a wrong first or since', async () => {
  const service = await startTestService();
  onTestFinished(() => service.stop());
  const codeOf = async (fields: string): Promise<string | undefined> =>
    (await service.query(`{ ${fields} }`)).errors?.[0]?.extensions.code;
  const field = 'changes(since: "2026-01-01T00:00:00Z") { totalCount }';
  expect(await codeOf(field)).toBe('UPSTREAM_UNSUPPORTED');
  expect(await codeOf([1, 2, 3, 4].map((at) => `c${at}: ${field}`).join(' '))).toBe('QUERY_TOO_COMPLEX');
  expect(await codeOf('changes(since: "2026-01-01T00:00:00Z", first: 101) { totalCount }')).toBe(
    'BAD_USER_INPUT',
  );
  expect(await codeOf('changes(since: "yesterday") { totalCount }')).toBe('GRAPHQL_VALIDATION_FAILED');
});
