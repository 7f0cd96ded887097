/**
 * Additional searchers: products that the upstream cannot search for are found by another searcher, and read from the
 * upstream.
 */
import { parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCapabilities } from '../../src/catalogue/plan/capabilities.js';
import type { Searcher } from '../../src/catalogue/profiles/searchers/searcher.js';
import type { Selection } from '../../src/catalogue/question/selection.js';
import { PmsError } from '../../src/errors.js';
import { createSend } from '../../src/fhir/http.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { catalogueOver, executorOver } from '../support/catalogue.js';

const productType = 'MedicinalProductDefinition';

/** Returns a searcher with a fixed table of the products of each ATC code, which also counts them. */
function byHeart(table: Readonly<Record<string, readonly string[]>>): Searcher {
  const keysOf = (codes: readonly string[] = []): readonly string[] =>
    codes.flatMap((code) => (table[code] ?? []).map((id) => `${productType}/${id}`));
  return {
    name: 'byHeart',
    supports: ({ filter, sort }) => sort === undefined && Object.keys(filter).join() === 'atc',
    priceProducts({ filter, first }, below, { foreseen, pricing }) {
      const keys = keysOf(filter.atc);
      const name = `by heart ${keys.join()}`;
      const most = keys.length;
      const one = { name, type: productType, usual: most, most, wave: 1, inHand: true } as const;
      pricing.found(one, keys, below.size > 0);
      const [usual, rows] = [Math.min(first, most), Math.min(first, most)];
      return [foreseen.population({ ...one, usual, most: rows })];
    },
    open: () => ({
      async products({ filter }) {
        return { found: keysOf(filter.atc), satisfied: ['atc'], state: { kind: 'complete' } };
      },
      async value({ name, args }) {
        if (name !== 'count') return new PmsError('UPSTREAM_UNSUPPORTED', `Nobody knows of ${name}.`);
        return table[String(args['atc'])]?.length ?? 0;
      },
    }),
  };
}

async function start(searchers: readonly Searcher[]) {
  // Like EMA's API: search by name, $everything, and too many products to look through.
  const sandbox = await startSandbox({ profile: 'everything', products: 600 });
  const send = createSend();
  onTestFinished(async () => {
    send.destroy();
    await sandbox.stop();
  });
  const given = { capabilities: createCapabilities('everything'), budget: 120 };
  const catalogue = catalogueOver(sandbox, { ...given, send, searchers });
  const executor = executorOver(sandbox, catalogue, given);
  return {
    sandbox,
    catalogue,
    query(text: string, client?: string) {
      const document = parse(text);
      const [operation] = document.definitions as [OperationDefinitionNode];
      return executor.execute({
        document,
        operation,
        variables: {},
        languages: ['en'],
        ...(client !== undefined && { client }),
      });
    },
  };
}

const table = { C09AA02: ['600010000003', '600010000004'] };
const byAtc = `{ products(filter: { atc: ["C09AA02"] }, first: 10) {
  nodes { pmsId name packages(first: 3) { nodes { id } } } pageInfo { complete hasNextPage } totalCount } }`;

function rowsOf(data: unknown): readonly string[] {
  const { products } = data as { products: { nodes: readonly { pmsId: string }[] } };
  return products.nodes.map(({ pmsId }) => pmsId);
}

describe('a searcher beside the upstream, such as the index,', () => {
  it('answers searches that the upstream refuses, and only the found products are requested upstream', async () => {
    const alone = await start([]);
    expect((await alone.query(byAtc)).errors?.[0]?.message).toContain('finds more than 500 products');
    const { sandbox, query } = await start([byHeart(table)]);
    // The first answer teaches the service that the upstream has too many products.
    expect(rowsOf((await query(byAtc)).data)).toEqual(table.C09AA02);
    sandbox.clearRequests();
    const { data, errors, extensions } = await query(byAtc);
    expect(errors).toBeUndefined();
    expect(rowsOf(data)).toEqual(table.C09AA02);
    expect(data).toMatchObject({
      products: { pageInfo: { complete: true, hasNextPage: false }, totalCount: 2 },
    });
    expect(sandbox.requests.map(({ path }) => path)).toEqual(
      table.C09AA02.map((id) => `/${productType}/${id}/$everything`),
    );
    const { requests, estimated } = (extensions as { upstream: { requests: number; estimated: number } })
      .upstream;
    expect(requests).toBe(2);
    expect(estimated).toBeGreaterThanOrEqual(requests);
  });

  it('is not used for searches that the upstream supports', async () => {
    const { sandbox, query } = await start([byHeart(table)]);
    const { data } = await query('{ products(filter: { name: "a" }, first: 2) { nodes { pmsId } } }');
    expect(rowsOf(data)).toHaveLength(2);
    expect(sandbox.requests.map(({ path }) => path)).toEqual([expect.stringContaining('name=a')]);
  });

  it('counts products without an upstream request', async () => {
    const { sandbox, catalogue } = await start([byHeart(table)]);
    const asked = (name: string): Selection => ({
      link: 'value',
      args: { asked: { searcher: 'byHeart', name, args: { atc: 'C09AA02' } } },
      path: [name],
      below: new Map(),
    });
    const session = catalogue.open({ selections: [asked('count'), asked('colour')] });
    expect(session.plan).toMatchObject({ need: 0, steps: [] });
    await session.run();
    expect(session.known.answer('["byHeart","count",[["atc","C09AA02"]]]')).toEqual({ value: 2 });
    expect(session.known.answer('["byHeart","colour",[["atc","C09AA02"]]]')?.value).toMatchObject({
      code: 'UPSTREAM_UNSUPPORTED',
    });
    expect(sandbox.requests).toEqual([]);
  });
});

it('a searcher such as the index is given the client of each operation', async () => {
  const askers: (string | undefined)[] = [];
  const heart = byHeart(table);
  const noting: Searcher = {
    ...heart,
    open: (...given) => {
      askers.push(given[0].askedBy);
      return heart.open(...given);
    },
  };
  const { query } = await start([noting]);
  await Promise.all([query(byAtc, 'one'), query(byAtc, 'other'), query(byAtc)]);
  expect(new Set(askers)).toEqual(new Set(['one', 'other', undefined]));
});
