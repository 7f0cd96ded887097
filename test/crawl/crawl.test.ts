/**
 * A crawl over a sandbox, and the contents of the index afterwards: the index never claims to be more complete than it is.
 */
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { crawl, type CrawlOptions } from '../../src/crawl/crawl.js';
import { createPace } from '../../src/crawl/pace.js';
import type { CrawlProgress } from '../../src/crawl/tally.js';
import { PmsError } from '../../src/errors.js';
import { createLog } from '../../src/log.js';
import type { Page } from '../../src/fhir/bundle.js';
import { openIndex } from '../../src/search-index/open-index.js';
import type { Coverage } from '../../src/search-index/coverage.js';
import type { SearchIndex } from '../../src/search-index/search-index.js';
import { startSandbox, type Guise, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.js';
import { connect } from '../../src/service.js';
import { testConfig, testSecrets } from '../support/config.js';
import { testFolder } from '../support/folder.js';
import { isQuick, oneIn } from '../support/tier.js';

interface Crawled {
  readonly progress: CrawlProgress;
  readonly coverage: Coverage;
  /** Requests for pages of the list, and all other requests. */
  readonly pages: number;
  readonly reads: readonly string[];
}

interface How extends Partial<Pick<CrawlOptions, 'signal' | 'freshMs' | 'onProgress' | 'patienceMs'>> {
  readonly profile?: 'everything' | 'search' | 'auto';
  readonly rateLimit?: number;
  /** Changes the index before the crawl. */
  readonly before?: (index: SearchIndex) => Promise<unknown>;
  readonly wrap?: (options: CrawlOptions) => CrawlOptions;
}

async function started(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox({ profile: 'everything', ...options });
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

function newFile(): string {
  return path.join(testFolder().path, 'index.sqlite');
}

/** Simulates one process that opens the index, crawls, and closes it. */
async function crawled(sandbox: Sandbox, file: string, how: How = {}): Promise<Crawled> {
  const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
  const { profile = 'everything', rateLimit, signal = new AbortController().signal } = how;
  const index = await openIndex({ file, identity: 'test', maxBytes: 2 ** 31 });
  const maxAgeMs = 86_400_000;
  const connection = connect({
    config: testConfig({
      profile,
      rateLimit,
      index: { file, crawl: false, share: 1, maxAgeMs, maxBytes: 2 ** 31 },
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
  const { background, catalogue, capabilities, held, learning } = connection;
  if (!held) throw new Error('no index');
  try {
    await learning.learnt();
    await how.before?.(index);
    sandbox.clearRequests();
    const options: CrawlOptions = {
      client: background,
      catalogue,
      capabilities,
      ...held,
      pace: createPace(undefined),
      freshMs: how.freshMs ?? maxAgeMs,
      pauseMs: 1,
      signal,
      ...(how.patienceMs !== undefined && { patienceMs: how.patienceMs }),
      ...(how.onProgress && { onProgress: how.onProgress }),
    };
    const progress = await crawl(how.wrap?.(options) ?? options);
    const paths = sandbox.requests.map(({ path: each }) => each);
    const reads = paths.flatMap((each) => /^\/MedicinalProductDefinition\/([^/?]+)/.exec(each)?.[1] ?? []);
    return { progress, coverage: index.coverage, pages: paths.length - reads.length, reads };
  } finally {
    await connection.close();
  }
}

/** Stops the crawl as soon as the progress is sufficient. */
function until(isEnough: (progress: CrawlProgress) => boolean): Pick<How, 'signal' | 'onProgress'> {
  const stop = new AbortController();
  return {
    signal: stop.signal,
    onProgress: (progress) => void (isEnough(progress) && stop.abort()),
  };
}

const products = 60;
const world = { products, seed: 3, quirks: false, maxPageSize: 10 };
const pagesOfAll = products / 10;

describe('a crawl that fills the index', () => {
  it('stores every product of the upstream with all its records', async () => {
    const sandbox = await started(world);
    const { progress, coverage, pages, reads } = await crawled(sandbox, newFile());
    expect(progress).toMatchObject({ listed: products, held: products, wanted: products, failed: 0 });
    expect(progress.requests).toBe(sandbox.requests.length);
    expect(coverage).toMatchObject({
      complete: true,
      gaps: [],
      withDetails: products,
      upstreamTotal: products,
    });
    expect([pages, new Set(reads).size, reads.length]).toEqual([pagesOfAll, products, products]);
  });

  it.skipIf(isQuick)(
    'reads again only products whose stored copies have expired, the oldest first',
    async () => {
      const sandbox = await started(world);
      const file = newFile();
      await crawled(sandbox, file);
      const again = await crawled(sandbox, file);
      expect(again).toMatchObject({ pages: pagesOfAll, reads: [], progress: { held: products, wanted: 0 } });
      expect(again.coverage.complete).toBe(true);
      const renewed = await crawled(sandbox, file, { freshMs: 0 });
      expect(renewed.reads).toHaveLength(products);
      expect(renewed.progress.held).toBe(products);
    },
  );

  it.skipIf(isQuick)('continues with the next page if it was stopped while it listed products', async () => {
    const sandbox = await started(world);
    const file = newFile();
    const first = await crawled(
      sandbox,
      file,
      until(({ listed }) => listed >= 30),
    );
    expect(first.progress.isListing).toBe(true);
    expect(first.coverage).toMatchObject({ products: 30, withDetails: 0, complete: false });
    const second = await crawled(sandbox, file);
    expect(first.pages + second.pages).toBeLessThanOrEqual(pagesOfAll + 1);
    expect(second.coverage).toMatchObject({ complete: true, withDetails: products });
  });

  it.skipIf(isQuick)(
    'reads only the remaining products if it was stopped while it read products',
    async () => {
      const sandbox = await started(world);
      const file = newFile();
      const first = await crawled(
        sandbox,
        file,
        until(({ done }) => done >= 20),
      );
      expect(first.coverage).toMatchObject({ products, complete: false });
      expect(first.coverage.withDetails).toBeGreaterThanOrEqual(20);
      const second = await crawled(sandbox, file);
      expect(second.pages).toBe(0);
      expect(second.reads.length).toBe(products - first.coverage.withDetails);
      expect(second.coverage).toMatchObject({ complete: true, withDetails: products });
    },
  );

  it.skipIf(isQuick)(
    'starts over if its stored page link has expired, or the last run was too long ago',
    async () => {
      const sandbox = await started(world);
      const file = newFile();
      const enough = (): How => until(({ listed }) => listed >= 30);
      await crawled(sandbox, file, enough());
      sandbox.setFaults([{ kind: 'expired-next', times: 1 }]);
      const second = await crawled(sandbox, file);
      expect(second.pages).toBe(pagesOfAll + 1);
      expect(second.coverage.complete).toBe(true);
      await crawled(sandbox, file, enough());
      const third = await crawled(sandbox, file, { freshMs: -1 });
      expect(third.pages).toBe(pagesOfAll);
    },
  );

  it.skipIf(isQuick)(
    'never replaces a product with linked records by a product with only a name',
    async () => {
      const sandbox = await started(world);
      const file = newFile();
      await crawled(sandbox, file);
      const { coverage } = await crawled(sandbox, file, {
        ...until(({ isListing }) => !isListing),
        freshMs: 0,
      });
      expect(coverage).toMatchObject({ products, withDetails: products });
    },
  );

  it.skipIf(isQuick)('reads products again that changed upstream', async () => {
    const sandbox = await started(world);
    const file = newFile();
    await crawled(sandbox, file);
    const changed = sandbox.resources.map((resource, at) =>
      at === 7 ? { ...resource, meta: { ...resource.meta, versionId: '999' } } : resource,
    );
    const first = sandbox.resources.find(isProduct);
    const others = changed.map((resource) =>
      resource.id === first?.id && isProduct(resource)
        ? { ...resource, meta: { ...resource.meta, versionId: '998', lastUpdated: '2031-01-01T00:00:00Z' } }
        : resource,
    );
    const { coverage, reads } = await crawled(await started({ ...world, resources: others }), file);
    expect(reads).toContain(first?.id);
    expect(reads.length).toBeLessThanOrEqual(2);
    expect(coverage.complete).toBe(true);
  });

  it.skipIf(isQuick)(
    'reads only failed products again, and reports them as gaps until they succeed',
    async () => {
      const sandbox = await started(world);
      const broken = sandbox.resources.find(isProduct);
      const file = newFile();
      sandbox.setFaults([{ kind: 'status', status: 500, match: `${broken?.id}/$everything` }]);
      const { progress, coverage } = await crawled(sandbox, file);
      expect(progress).toMatchObject({ failed: 1, held: products - 1 });
      expect(coverage).toMatchObject({
        complete: false,
        gaps: [`Of ${products} products 1 is in the index without the records that belong to them.`],
      });
      sandbox.setFaults([]);
      const again = await crawled(sandbox, file);
      expect(again.reads).toEqual([broken?.id]);
      expect(again.coverage.complete).toBe(true);
    },
  );
});

describe('a product that the upstream no longer lists', () => {
  it.skipIf(isQuick)('is removed from the index if the upstream answers that it is gone', async () => {
    const sandbox = await started(world);
    const file = newFile();
    await crawled(sandbox, file);
    const first = sandbox.resources.find(isProduct);
    const resources = sandbox.resources.filter((each) => each.id !== first?.id);
    const { coverage, reads } = await crawled(await started({ ...world, resources }), file);
    expect(new Set(reads)).toEqual(new Set([first?.id]));
    expect(coverage).toMatchObject({ complete: true, products: products - 1, upstreamTotal: products - 1 });
  });

  it.skipIf(isQuick)('stays in the index if it still exists, and the list is then incomplete', async () => {
    const sandbox = await started(world);
    const file = newFile();
    await crawled(sandbox, file);
    const first = sandbox.resources.find(isProduct);
    const without = (page: Page): Page => ({
      ...page,
      total: products - 1,
      resources: page.resources.filter(({ id }) => id !== first?.id),
    });
    const { coverage, reads } = await crawled(sandbox, file, {
      wrap: (options) => ({
        ...options,
        client: {
          ...options.client,
          search: async (...asked) => without(await options.client.search(...asked)),
          page: async (...asked) => without(await options.client.page(...asked)),
        },
      }),
    });
    expect(reads).toEqual([first?.id]);
    expect(coverage).toMatchObject({
      complete: false,
      products,
      gaps: ['1 product is in the index, although the upstream neither lists it nor reports it as deleted.'],
    });
  });

  it.skipIf(isQuick)('stays in the index if the product list was incomplete', async () => {
    const sandbox = await started(world);
    const file = newFile();
    await crawled(sandbox, file);
    const cut = await started({ ...world, guise: { next: 'absent', total: 'absent', lacks: ['_total'] } });
    const { coverage, reads } = await crawled(cut, file);
    expect(reads).toEqual([]);
    expect(coverage).toMatchObject({ complete: false, products });
  });

  it.skipIf(isQuick)('and that was deleted during the crawl does not make the index incomplete', async () => {
    const sandbox = await started(world);
    const first = sandbox.resources.find(isProduct);
    const { coverage, progress } = await crawled(sandbox, newFile(), {
      onProgress: ({ isListing, listed }) => {
        if (!isListing || listed < 10 || listed > 20) return;
        sandbox.setFaults([
          { kind: 'status', status: 404, match: `MedicinalProductDefinition/${first?.id}` },
        ]);
      },
    });
    expect(progress).toMatchObject({ failed: 0, held: products - 1 });
    expect(coverage).toMatchObject({ complete: true, products: products - 1 });
  });
});

describe('a crawl of an upstream', () => {
  const saysNothing = 'The upstream gives neither the number of its products nor a link to the next page.';

  it.each(
    oneIn<[string, Guise, readonly string[]]>(8, [
      [
        'that sends neither totals nor `next` links',
        { next: 'absent', total: 'absent', lacks: ['_total'] },
        [saysNothing],
      ],
      [
        'that sends no `next` links, and the number of rows on the page as the total',
        { next: 'absent', total: 'page', lacks: ['_total'] },
        ['The upstream states a total of 1 products, but listed 10.'],
      ],
      [
        'that sends no `next` links, and the total 0',
        { next: 'absent', total: 'zero', lacks: ['_total'] },
        [saysNothing],
      ],
      [
        'whose total is too high',
        { total: 'high', lacks: ['_total'] },
        [expect.stringMatching(/^The upstream states a total of \d+ products, but listed 60\.$/) as string],
      ],
      [
        'whose total is too low',
        { total: 'low', lacks: ['_total'] },
        [expect.stringMatching(/^The upstream states a total of \d+ products, but listed 60\.$/) as string],
      ],
      [
        'whose OperationOutcome says that the list is incomplete',
        { outcome: 'incomplete' },
        ['The upstream says that its list of products is incomplete.'],
      ],
    ]),
  )('%s, leads to an index that is reported incomplete, with the reason', async (_, guise, gaps) => {
    const { coverage } = await crawled(await started({ ...world, guise }), newFile());
    expect(coverage.complete).toBe(false);
    expect(coverage.gaps).toEqual(expect.arrayContaining([...gaps]));
  });

  it.each(
    oneIn<[string, Guise]>(3, [
      ['that sends `next` links but no totals', { total: 'absent' }],
      ['that sends the total on the first page only', { total: 'first' }],
      ['whose pages overlap', { pages: 'overlapping' }],
      ['that sends a total but no `next` links', { next: 'absent' }],
      ['whose `next` links have expired', { uses: 0 }],
    ]),
  )('%s, finds all products, and leads to a complete index', async (_, guise) => {
    const { coverage } = await crawled(await started({ ...world, guise }), newFile());
    expect(coverage).toMatchObject({ complete: true, gaps: [], withDetails: products });
  });

  it.skipIf(isQuick)(
    'that sends a wrong total, and the accurate one on request, finds all products',
    async () => {
      const { coverage } = await crawled(await started(world), newFile(), {
        wrap: (options) => ({
          ...options,
          client: {
            ...options.client,
            page: async (...asked) => ({ ...(await options.client.page(...asked)), total: 2 * products }),
          },
        }),
      });
      expect(coverage).toMatchObject({ complete: true, upstreamTotal: products });
    },
  );

  it('that shows only the first page, continues its searches for names after an interruption', async () => {
    const sandbox = await started({ ...world, maxPageSize: 20, guise: { next: 'absent' } });
    const whole = await crawled(sandbox, newFile());
    const file = newFile();
    const first = await crawled(
      sandbox,
      file,
      until(({ listed }) => listed >= 40),
    );
    expect(first.coverage.complete).toBe(false);
    const second = await crawled(sandbox, file);
    expect(second.coverage).toMatchObject({ complete: true, gaps: [], withDetails: products });
    // The second crawl asks for the total again, and perhaps repeats the search that was interrupted.
    expect(first.pages + second.pages).toBeLessThanOrEqual(whole.pages + 2);
  });

  it('that shows only the first page, and more products of one name than it has rows, is reported incomplete', async () => {
    const small = { ...world, products: 12, maxPageSize: 5, guise: { next: 'absent' } } as const;
    const { resources } = await started(small);
    const named = resources.map((resource) =>
      isProduct(resource) ? { ...resource, name: [{ productName: 'Same 5 mg' }] } : resource,
    );
    const { coverage } = await crawled(await started({ ...small, resources: named }), newFile());
    expect(coverage).toMatchObject({
      complete: false,
      gaps: expect.arrayContaining(['The upstream states a total of 12 products, but listed 5.']) as string[],
    });
  });

  it('that has all products on one page with a total leads to a complete index', async () => {
    const small = { ...world, products: 7, guise: { next: 'absent' } } as const;
    const { coverage, pages } = await crawled(await started(small), newFile());
    expect(coverage).toMatchObject({ complete: true, withDetails: 7 });
    expect(pages).toBe(2);
  });
});

describe('an upstream without $everything and without some searches', () => {
  it('leads to an index with only the names of products, which the service reports', async () => {
    const sandbox = await started({ ...world, profile: 'search', guise: { lacks: ['Ingredient?'] } });
    const file = newFile();
    const { coverage, progress, reads } = await crawled(sandbox, file, { profile: 'auto' });
    expect(reads).toEqual([]);
    expect(progress).toMatchObject({ listed: products, held: 0 });
    expect(coverage).toMatchObject({
      complete: false,
      products,
      withDetails: 0,
      gaps: [
        'The index does not contain the records that belong to products: the upstream does not support $everything, nor the searches for Ingredient by "for".',
        `Of ${products} products ${products} are in the index without the records that belong to them.`,
      ],
    });
    const first = sandbox.resources.find(isProduct);
    const name = (first as { name?: { productName: string }[] }).name?.[0]?.productName ?? '';
    const index = await openIndex({ file, identity: 'test', maxBytes: 2 ** 31 });
    onTestFinished(() => index.close());
    const { rows } = await index.find({ filter: { name }, first: 100 });
    expect(rows.map(({ id }) => id)).toContain(first?.id);
    // Products without their children may or may not match, so they are undecided.
    const open = await index.find({ filter: { packSize: { min: 1 } }, first: 9 });
    expect(open).toMatchObject({ rows: [], untold: products });
  });

  it.skipIf(isQuick)('is read by id for products that its list no longer contains', async () => {
    const sandbox = await started({ ...world, profile: 'search' });
    const file = newFile();
    await crawled(sandbox, file, { profile: 'search' });
    const first = sandbox.resources.find(isProduct);
    const resources = sandbox.resources.filter((each) => each.id !== first?.id);
    const smaller = await started({ ...world, profile: 'search', resources });
    const { coverage, reads } = await crawled(smaller, file, { profile: 'search' });
    expect(reads).toEqual([first?.id]);
    expect(coverage.products).toBe(products - 1);
  });
});

describe('a failure of the upstream or the index', () => {
  it.skipIf(isQuick)('in every tenth request does not keep the crawl from being complete', async () => {
    const sandbox = await started(world);
    const { coverage } = await crawled(sandbox, newFile(), {
      onProgress: ({ requests }) =>
        sandbox.setFaults(requests % 10 === 9 ? [{ kind: 'status', status: 503, times: 1 }] : []),
    });
    expect(coverage).toMatchObject({ complete: true, withDetails: products });
  });

  it.skipIf(isQuick)(
    'ends the crawl after a long time without a response, and keeps the stored products',
    async () => {
      const sandbox = await started(world);
      const file = newFile();
      await expect(
        crawled(sandbox, file, {
          patienceMs: 50,
          onProgress({ done }) {
            if (done >= 20) sandbox.setFaults([{ kind: 'status', status: 500 }]);
          },
        }),
      ).rejects.toMatchObject({ code: expect.stringMatching(/^UPSTREAM_/) as string });
      sandbox.setFaults([]);
      const { coverage, pages, reads } = await crawled(sandbox, file);
      expect(coverage.complete).toBe(true);
      expect(pages).toBe(0);
      expect(reads.length).toBeLessThanOrEqual(products - 20);
    },
  );

  it.skipIf(isQuick)('ends the crawl at once if the index cannot store more data', async () => {
    const sandbox = await started(world);
    const full = new PmsError(
      'INDEX_UNAVAILABLE',
      'There is no space left for the index. Nothing was written.',
    );
    let isFull = false;
    const file = newFile();
    await expect(
      crawled(sandbox, file, {
        before: async (index) => {
          const { put, note } = index;
          Object.assign(index, {
            put: (...given: Parameters<typeof put>) => (isFull ? Promise.reject(full) : put(...given)),
            note: (...given: Parameters<typeof note>) => (isFull ? Promise.reject(full) : note(...given)),
          });
        },
        onProgress: ({ isListing }) => void (isFull = !isListing),
      }),
    ).rejects.toBe(full);
    expect(sandbox.requests.length).toBeLessThan(products);
  });

  it('ends the crawl before its first request if another process writes to the index', async () => {
    const sandbox = await started(world);
    const file = newFile();
    const other = await openIndex({ file, identity: 'test', maxBytes: 2 ** 31 });
    onTestFinished(() => other.close());
    await expect(crawled(sandbox, file)).rejects.toMatchObject({
      code: 'INDEX_UNAVAILABLE',
      message: expect.stringContaining('Another process is writing to the index.') as string,
    });
    expect(sandbox.requests).toEqual([]);
  });
});

function isProduct({ resourceType }: { readonly resourceType: string }): boolean {
  return resourceType === 'MedicinalProductDefinition';
}
