/**
 * Substances without an index: their products are found if the upstream supports the search. Fields that need the index fail
 * with a message.
 */
import type { Resource } from 'fhir/r5.js';
import { parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCapabilities } from '../../../../src/catalogue/plan/capabilities.js';
import { brokenIndex } from '../../../../src/catalogue/profiles/held/broken.js';
import { createIndexSearcher } from '../../../../src/catalogue/profiles/held/searcher.js';
import type { Searcher } from '../../../../src/catalogue/profiles/searchers/searcher.js';
import type { PmsError } from '../../../../src/errors.js';
import { createSend } from '../../../../src/fhir/http.js';
import { startSandbox } from '../../../../src/sandbox/server.js';
import { openIndex } from '../../../../src/search-index/open-index.js';
import type { SearchIndex } from '../../../../src/search-index/search-index.js';
import { catalogueOver, executorOver } from '../../../support/catalogue.js';
import { startTestService, type GraphqlAnswer, type TestServiceOptions } from '../../../support/service.js';
import { createSubstanceTruth } from '../../../support/substance-truth.js';

async function start(options: TestServiceOptions) {
  const service = await startTestService(options);
  onTestFinished(() => service.stop());
  return service;
}

const linked = `{ product(id: "600000000001") {
  pmsId
  activeSubstances { code products(first: 100) { totalCount nodes { pmsId packages(first: 1) { nodes { id } } } } }
  activeMoieties { code products(first: 100) { totalCount nodes { pmsId } } }
} }`;

interface Linked {
  readonly product: Readonly<
    Record<
      'activeMoieties' | 'activeSubstances',
      readonly {
        readonly code: string;
        readonly products: { readonly totalCount: number; readonly nodes: readonly { pmsId: string }[] };
      }[]
    >
  >;
}

function costOf({ extensions }: GraphqlAnswer): { readonly requests: number; readonly estimated: number } {
  return (extensions as { upstream: { requests: number; estimated: number } }).upstream;
}

describe('substances in a service without an index', () => {
  it.each(['search', 'include', 'everything'] as const)(
    'have in `products` all products with them as ingredient or reference substance, with the profile `%s`',
    async (profile) => {
      const service = await start({ profile });
      const truth = createSubstanceTruth(service.sandbox.resources as readonly Resource[]);
      const answer = await service.query(linked);
      expect(answer.errors).toBeUndefined();
      const { activeSubstances, activeMoieties } = (answer.data as unknown as Linked).product;
      for (const { code, products } of [...activeSubstances, ...activeMoieties]) {
        const ids = truth.substances.find((each) => each.code === code)?.products ?? new Set<string>();
        expect(ids.size).toBeGreaterThan(5);
        expect(products.nodes.map(({ pmsId }) => pmsId).sort()).toEqual([...ids].sort());
        expect(products.totalCount).toBe(ids.size);
      }
      const { requests, estimated } = costOf(answer);
      expect(requests).toBeLessThanOrEqual(estimated);
    },
  );

  it('make the field `products` null with UPSTREAM_UNSUPPORTED if the upstream cannot search by substance', async () => {
    const service = await start({ profile: 'everything', sandbox: { products: 600 } });
    const { data, errors = [] } = await service.query(
      '{ product(id: "600010000003") { pmsId activeSubstances { products(first: 1) { totalCount } } } }',
    );
    expect(data).toMatchObject({
      product: { pmsId: '600010000003', activeSubstances: [{ products: null }] },
    });
    expect([...new Set(errors.map(({ extensions: { code } }) => code))]).toEqual(['UPSTREAM_UNSUPPORTED']);
  });

  it('refuse the field `substances` without an upstream request, and the message names the setting INDEX', async () => {
    const service = await start({ profile: 'search' });
    const { data, errors, extensions } = await service.query(`{
      substances(startsWith: "a") { totalCount nodes { name products(first: 1) { totalCount } } }
      substance(code: "100000085259") { name }
    }`);
    expect(data).toEqual({ substances: null, substance: null });
    expect(errors).toMatchObject(
      ['substances', 'substance'].map((path) => ({
        path: [path],
        message: expect.stringContaining('(setting INDEX)') as string,
        extensions: { code: 'UPSTREAM_UNSUPPORTED' },
      })),
    );
    expect(extensions).toMatchObject({ upstream: { requests: 0 } });
    expect(service.sandbox.requests).toEqual([]);
  });

  it('refuse the field `substances` because there is no index, and not because of its cost', async () => {
    const service = await start({ profile: 'search', budget: 10 });
    const { errors } = await service.query(
      '{ substances(first: 20) { nodes { products(first: 100) { nodes { packages { nodes { id } } } } } } }',
    );
    expect(errors).toMatchObject([{ path: ['substances'], extensions: { code: 'UPSTREAM_UNSUPPORTED' } }]);
  });
});

describe('substances in a service with an index', () => {
  it('refuse the field `substances` with invalid arguments', async () => {
    const service = await start({ index: true });
    for (const [given, message] of [
      ['first: 0', '"first" must be between 1 and 100.'],
      ['text: " "', '"text" must not be blank.'],
      ['startsWith: ""', '"startsWith" must not be blank.'],
      ['after: "x"', '"after" must be a cursor that this list returned for the same arguments.'],
    ]) {
      const { errors } = await service.query(`{ substances(${given}) { totalCount } }`);
      expect(errors?.map((error) => error.message)).toEqual([message]);
    }
  });

  it('are marked incomplete with NOT_ALL_HELD while the index lacks some products', async () => {
    const query = await over(async () =>
      createIndexSearcher({
        index: await emptyIndex(),
        maxAgeMs: 60_000,
        freshMs: 600_000,
        isTold: () => true,
      }),
    );
    expect(await query('{ substances { totalCount nodes { code } pageInfo { complete } } }')).toMatchObject({
      data: { substances: { totalCount: null, nodes: [], pageInfo: { complete: false } } },
      extensions: {
        upstream: { requests: 0, incomplete: [{ path: ['substances'], reason: 'NOT_ALL_HELD' }] },
      },
    });
    // A substance that is missing from an incomplete index is not reported as nonexistent.
    expect(await query('{ substance(code: "100000085259") { name } }')).toMatchObject({
      data: { substance: null },
      errors: [{ path: ['substance'], message: expect.stringContaining('does not contain all') as string }],
    });
  });

  it('fail with INDEX_UNAVAILABLE if the index could not be opened, and other fields are complete', async () => {
    const query = await over(async () => brokenIndex);
    const { data, errors } = await query(`{
      substances { totalCount }
      substance(code: "100000085259") { name }
      product(id: "600000000001") { pmsId }
    }`);
    expect(data).toEqual({ substances: null, substance: null, product: { pmsId: '600000000001' } });
    expect(errors?.map(({ originalError }) => (originalError as PmsError).code)).toEqual(
      Array(2).fill('INDEX_UNAVAILABLE'),
    );
  });
});

async function emptyIndex(): Promise<SearchIndex> {
  const index = await openIndex({ file: undefined, identity: 'test', maxBytes: 2 ** 30 });
  onTestFinished(() => index.close());
  return index;
}

/** Starts a service over an index in the given state. */
async function over(searcher: () => Promise<Searcher>) {
  const sandbox = await startSandbox({ profile: 'everything' });
  const send = createSend();
  onTestFinished(async () => {
    send.destroy();
    await sandbox.stop();
  });
  const given = { capabilities: createCapabilities('everything'), budget: 120 };
  const catalogue = catalogueOver(sandbox, { ...given, send, searchers: [await searcher()] });
  const executor = executorOver(sandbox, catalogue, given);
  return (text: string) => {
    const document = parse(text);
    const [operation] = document.definitions as [OperationDefinitionNode];
    return executor.execute({ document, operation, variables: {}, languages: ['en'] });
  };
}
