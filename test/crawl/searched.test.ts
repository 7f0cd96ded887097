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
    'stores every product with its linked records, with the profile `%s`',
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

  it('is complete even with a budget of 40 requests for each operation', async () => {
    const all = await whole();
    const { coverage, held } = await crawled({ maxPageSize: 10 }, { budget: 40 });
    expect(coverage).toMatchObject({ complete: true, withDetails: products });
    expect(held).toEqual(all.held);
  });
});

describe('a crawl by searches of an upstream', () => {
  it.each<[string, Guise]>([
    [
      'that ignores PackagedProductDefinition?package-for',
      { ignores: ['PackagedProductDefinition?package-for'] },
    ],
    [
      'that ignores RegulatedAuthorization?subject but repeats it in the `self` link',
      { ignores: ['RegulatedAuthorization?subject'], self: 'asked' },
    ],
    [
      'that ignores RegulatedAuthorization?subject and sends no `self` link',
      { ignores: ['RegulatedAuthorization?subject'], self: 'absent' },
    ],
    [
      'that refuses AdministrableProductDefinition?form-of',
      { refuses: ['AdministrableProductDefinition?form-of'] },
    ],
    [
      'that does not declare Ingredient?for and ignores it',
      { lacks: ['Ingredient?for'], unknown: 'ignored' },
    ],
    ['without ClinicalUseDefinition searches', { lacks: ['ClinicalUseDefinition?'] }],
    ['without ManufacturedItemDefinition searches', { lacks: ['ManufacturedItemDefinition?'] }],
  ])('%s, stores only the names of products', async (_, guise) => {
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
    ['without Organization searches', { lacks: ['Organization?'] }],
    ['without SubstanceDefinition searches', { lacks: ['SubstanceDefinition?'] }],
    ['that ignores Organization?_id', { ignores: ['Organization?_id'], self: 'absent' }],
  ])('%s, stores every product with all records that can be read', async (_, guise) => {
    const all = await whole();
    const isLacking = (key: string): boolean =>
      guise.lacks?.some((type) => key.startsWith(type.replace('?', '/'))) ?? false;
    const { held, coverage } = await crawled({ guise });
    expect(coverage).toMatchObject({ complete: true, withDetails: products });
    for (const [id, keys] of held)
      expect(keys, id).toEqual(all.held.get(id)?.filter((key) => !isLacking(key)));
  });

  it.each<[string, SandboxOptions]>([
    ['that sends totals but no `next` links', { maxPageSize: 5, guise: { next: 'absent' } }],
    [
      'that sends neither totals nor `next` links',
      { maxPageSize: 5, guise: { next: 'absent', total: 'absent', lacks: ['_total'] } },
    ],
    [
      'that sends no `next` links, and the number of rows on the page as the total',
      { maxPageSize: 5, guise: { next: 'absent', total: 'page', lacks: ['_total'] } },
    ],
    ['whose `next` links have expired', { maxPageSize: 5, guise: { uses: 0 } }],
    ['whose OperationOutcome says that its lists are incomplete', { guise: { outcome: 'incomplete' } }],
    ['whose pages overlap', { maxPageSize: 7, guise: { pages: 'overlapping' } }],
    ['that includes at most 3 records in a page', { guise: { included: 3 } }],
  ])('%s, stores no product with a part of its linked records', async (_, options) => {
    const all = await whole();
    for (const profile of ['search', 'include', 'auto'] as const) {
      const { held } = await crawled(options, { profile });
      for (const [id, keys] of held) expect(keys, `${profile} ${id}`).toEqual(all.held.get(id));
    }
  });
});
