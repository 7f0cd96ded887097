/** A crawl over upstreams without `$everything`: the index has a product with all its records, or with its name only. */
import { sentByOperations } from '../support/sent.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { crawl } from '../../src/crawl/crawl.js';
import { createPace } from '../../src/crawl/pace.js';
import type { CrawlProgress } from '../../src/crawl/tally.js';
import { createLog } from '../../src/log.js';
import type { Coverage } from '../../src/search-index/coverage.js';
import { openIndex } from '../../src/search-index/open-index.js';
import type { HeldProduct } from '../../src/search-index/search-index.js';
import { startSandbox, type Guise, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.js';
import { connect } from '../../src/service.js';
import { testConfig, testSecrets } from '../support/config.js';

const products = 45;
const world = { products, seed: 5, quirks: false } as const;

interface Crawled {
  readonly coverage: Coverage;
  readonly progress: CrawlProgress;
  readonly requests: number;
  /** The keys of the stored records by product. */
  readonly held: ReadonlyMap<string, readonly string[]>;
}

interface How {
  readonly profile?: 'search' | 'include' | 'auto';
  readonly budget?: number;
  readonly onListed?: (sandbox: Sandbox) => void;
}

async function crawled(options: SandboxOptions, how: How = {}): Promise<Crawled> {
  const { profile = 'search', budget = 120, onListed } = how;
  const sandbox = await startSandbox({
    profile: profile === 'auto' ? 'include' : profile,
    ...world,
    ...options,
  });
  onTestFinished(() => sandbox.stop());
  const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
  const index = await openIndex({ file: undefined, identity: 'test', maxBytes: 2 ** 31 });
  const maxAgeMs = 86_400_000;
  const { background, catalogue, capabilities, held, learning, close } = connect({
    config: testConfig({
      profile,
      requestBudget: budget,
      index: { file: undefined, crawl: false, share: 1, maxAgeMs, maxBytes: 2 ** 31 },
    }),
    secrets: testSecrets({ clientSecret }),
    upstream: {
      kind: 'fhir',
      baseUrl: new URL(baseUrl),
      oauth: { tokenUrl: new URL(tokenUrl), clientId, scope },
    },
    log: createLog('silent'),
    index,
  });
  if (!held) throw new Error('no index');
  try {
    await learning.learnt();
    sandbox.clearRequests();
    let isListed = false;
    const progress = await crawl({
      client: background,
      catalogue,
      capabilities,
      ...held,
      pace: createPace(undefined),
      freshMs: maxAgeMs,
      pauseMs: 1,
      signal: new AbortController().signal,
      onProgress({ isListing }) {
        if (isListing || isListed) return;
        isListed = true;
        onListed?.(sandbox);
      },
    });
    const found = await index.products(await index.ids());
    return {
      coverage: index.coverage,
      progress,
      requests: sentByOperations(sandbox).length,
      held: new Map([...found].map(([id, product]) => [id, keysOf(product)])),
    };
  } finally {
    await close();
  }
}

function keysOf({ records }: HeldProduct): readonly string[] {
  return records.map(({ resourceType, id }) => `${resourceType}/${id}`).sort();
}

/** Crawls without faults, for comparison. */
const whole = (): Promise<Crawled> => crawled({});

/** Every stored record equals that of a crawl without faults; missing ones are reported. */
function expectHonest({ held, coverage }: Crawled, { held: all }: Crawled): void {
  for (const [id, keys] of held) expect(keys, id).toEqual(all.get(id));
  expect(coverage.withDetails).toBe(held.size);
  expect(coverage.complete).toBe(held.size === products);
  const lacking = products - held.size;
  const gap = `Of ${products} products ${lacking} ${lacking === 1 ? 'is' : 'are'} in the index without the records that belong to them.`;
  expect(coverage.gaps.includes(gap)).toBe(lacking > 0);
}

describe('a crawl by searches', () => {
  it.each(['search', 'include', 'auto'] as const)(
    'stores the records of every product over: %s',
    async (profile) => {
      const all = await whole();
      const { coverage, held, progress, requests } = await crawled({}, { profile });
      expect(coverage).toMatchObject({ complete: true, gaps: [], products, withDetails: products });
      expect(held).toEqual(all.held);
      expect(progress).toMatchObject({ held: products, failed: 0, requests });
      // At most three groups of twenty products, and the pages of lists.
      expect(requests).toBeLessThan(3 * 40);
    },
  );

  it('reads fewer products at once if the budget of an operation is small', async () => {
    const all = await whole();
    const { coverage, held } = await crawled({ maxPageSize: 10 }, { budget: 40 });
    expect(coverage).toMatchObject({ complete: true, withDetails: products });
    expect(held).toEqual(all.held);
  });
});

describe('an upstream that does not follow the search parameters', () => {
  it.each<[string, Guise]>([
    ['ignores which packages are asked for', { ignores: ['PackagedProductDefinition?package-for'] }],
    ['ignores it, and says that it did not', { ignores: ['RegulatedAuthorization?subject'], self: 'asked' }],
    ['ignores it, and does not say so', { ignores: ['RegulatedAuthorization?subject'], self: 'absent' }],
    ['refuses a parameter', { refuses: ['AdministrableProductDefinition?form-of'] }],
    ['lacks a parameter, and ignores it', { lacks: ['Ingredient?for'], unknown: 'ignored' }],
    ['lacks a type of children', { lacks: ['ClinicalUseDefinition?'] }],
    ['lacks items, and cannot read them', { lacks: ['ManufacturedItemDefinition?'] }],
  ])('and %s: the index has only the names of its products', async (_, guise) => {
    const all = await whole();
    for (const profile of ['search', 'auto'] as const) {
      const result = await crawled({ profile: 'search', guise }, { profile });
      expectHonest(result, all);
      expect(result.held.size, profile).toBe(0);
      // A fault that occurred for one group of products is not tried again for each other group.
      expect(result.requests, profile).toBeLessThan(400);
    }
  });

  it.each<[string, Guise]>([
    ['lacks organizations', { lacks: ['Organization?'] }],
    ['lacks substances', { lacks: ['SubstanceDefinition?'] }],
    ['ignores ids, and reads one record after the other', { ignores: ['Organization?_id'], self: 'absent' }],
  ])('and %s: references are resolved as far as possible', async (_, guise) => {
    const all = await whole();
    const isLacking = (key: string): boolean =>
      guise.lacks?.some((type) => key.startsWith(type.replace('?', '/'))) ?? false;
    const { held, coverage } = await crawled({ guise });
    expect(coverage).toMatchObject({ complete: true, withDetails: products });
    for (const [id, keys] of held)
      expect(keys, id).toEqual(all.held.get(id)?.filter((key) => !isLacking(key)));
  });

  it.each<[string, SandboxOptions]>([
    ['gives no links, and totals', { maxPageSize: 5, guise: { next: 'absent' } }],
    ['gives neither', { maxPageSize: 5, guise: { next: 'absent', total: 'absent', lacks: ['_total'] } }],
    ['counts the page', { maxPageSize: 5, guise: { next: 'absent', total: 'page', lacks: ['_total'] } }],
    ['has links that expire', { maxPageSize: 5, guise: { uses: 0 } }],
    ['says that its lists are not whole', { guise: { outcome: 'incomplete' } }],
    ['has overlapping pages', { maxPageSize: 7, guise: { pages: 'overlapping' } }],
    ['includes only some', { guise: { included: 3 } }],
  ])('and %s: no partial product is stored', async (_, options) => {
    const all = await whole();
    for (const profile of ['search', 'include', 'auto'] as const) {
      const { held } = await crawled(options, { profile });
      for (const [id, keys] of held) expect(keys, `${profile} ${id}`).toEqual(all.held.get(id));
    }
  });
});
