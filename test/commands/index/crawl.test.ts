/** `index crawl`: when it refuses to run, its share of the rate limit, and its output. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCrawl, type CrawlEnding } from '../../../src/commands/index/crawl.js';
import { dryRun } from '../../../src/commands/index/dry-run.js';
import { bar, line } from '../../../src/commands/index/show.js';
import { printed, reportOn } from '../../../src/commands/index/status.js';
import { createLog } from '../../../src/log.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/server.js';
import { openIndex } from '../../../src/search-index/open-index.js';
import { startService, type ServiceOptions } from '../../../src/service.js';
import { testConfig, testSecrets } from '../../support/config.js';
import { testFolder } from '../../support/folder.js';
import { isQuick } from '../../support/tier.js';

const products = 40;
const world = { products, seed: 3, quirks: false, maxPageSize: 10, profile: 'everything' } as const;

interface Limits {
  readonly rateLimit?: number;
  readonly rateWindowMs?: number;
  readonly share?: number;
}

interface World {
  readonly sandbox: Sandbox;
  readonly options: Omit<ServiceOptions, 'version'>;
  readonly place: { readonly file: string; readonly identity: string; readonly maxBytes: number };
  /** The times at which requests arrived, in milliseconds. */
  readonly times: readonly number[];
  /** The lines of output. */
  readonly shown: string[];
  crawl(signal?: AbortSignal): Promise<CrawlEnding>;
}

async function start(more: SandboxOptions = {}, { share = 0.3, ...limits }: Limits = {}): Promise<World> {
  const sandbox = await startSandbox({ ...world, ...more });
  const times: number[] = [];
  const watching = setInterval(() => {
    while (times.length < sandbox.requests.length) times.push(performance.now());
  }, 5);
  onTestFinished(async () => {
    clearInterval(watching);
    await sandbox.stop();
  });
  const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
  const place = {
    file: path.join(testFolder().path, 'index.sqlite'),
    identity: 'test',
    maxBytes: 2 ** 31,
  };
  const index = { file: place.file, crawl: true, share, maxAgeMs: 86_400_000, maxBytes: place.maxBytes };
  const options: World['options'] = {
    config: testConfig({ profile: 'everything', cacheTtlMs: 60_000, index, ...limits }),
    secrets: testSecrets({ clientSecret }),
    upstream: {
      kind: 'fhir',
      baseUrl: new URL(baseUrl),
      oauth: { tokenUrl: new URL(tokenUrl), clientId, scope },
    },
    log: createLog('silent'),
  };
  const shown: string[] = [];
  const screen = { isTTY: true, columns: 120, write: (text: string) => shown.push(text) };
  return {
    sandbox,
    options,
    place,
    times,
    shown,
    crawl: (signal = new AbortController().signal) => runCrawl({ options, place, screen, signal }),
  };
}

/** Returns the maximum number of requests in any interval of `ms` milliseconds. */
function mostIn(times: readonly number[], ms: number): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));
}

describe('the command `index crawl`', () => {
  it('fills the index, prints its progress, and then the contents of the index', async () => {
    const { crawl, place, shown } = await start({ latency: 20 });
    const { told, isWhole } = await crawl();
    expect(isWhole).toBe(true);
    expect(told).toMatch(/^40 of 40 products in the index, after 44 requests in \d+ s\nComplete\.\n$/);
    const report = await reportOn(place);
    expect(report).toMatchObject({
      complete: true,
      withDetails: products,
      upstreamTotal: products,
      crawls: [
        { listed: products, total: products, withDetails: products, failed: 0, requests: 44, complete: true },
      ],
    });
    expect(printed(report)).toMatch(
      /\nLast crawls:\n {2}20\S+Z: 40 of 40 listed, 40 in the index with all their records, 44 requests in \d+ s, complete\n/,
    );
    expect(shown.join('')).toMatch(/\[#*-*\] \d+ of 40 in the index · [\d,]+ requests\/min/);
  });

  it.skipIf(isQuick)('stops on a signal, and its next run continues at this point', async () => {
    const { crawl, sandbox, place } = await start({ latency: 20 });
    const stop = new AbortController();
    const watch = async (): Promise<void> => {
      while (sandbox.requests.length < 20) await setTimeout(2);
      stop.abort();
    };
    const [stopped] = await Promise.all([crawl(stop.signal), watch()]);
    expect(stopped.isWhole).toBe(false);
    expect(stopped.told).toMatch(/\nStopped\. Run the same command again to continue from here\.\n$/);
    const { withDetails } = await reportOn(place);
    expect(withDetails).toBeGreaterThan(5);
    sandbox.clearRequests();
    expect((await crawl()).told).toMatch(/Complete\.\n$/);
    expect(sandbox.requests.length).toBe(products - withDetails);
  });

  it.skipIf(isQuick)('names what failed, and prints that it may be tried again', async () => {
    const { crawl, sandbox } = await start();
    const broken = sandbox.resources.find(
      ({ resourceType }) => resourceType === 'MedicinalProductDefinition',
    );
    sandbox.setFaults([{ kind: 'status', status: 500, match: `${broken?.id}/$everything` }]);
    const { told, isWhole } = await crawl();
    expect(isWhole).toBe(false);
    expect(told).toMatch(
      /\n1 product failed; run the same command again to retry them\nOf 40 products 1 is in the index without/,
    );
  });

  it.skipIf(isQuick)('uses no more than its share of the request rate', async () => {
    const { crawl, times } = await start({}, { rateLimit: 100, rateWindowMs: 1_000 });
    await crawl();
    expect(times.length).toBeGreaterThanOrEqual(products);
    expect(mostIn(times, 1_000)).toBeLessThanOrEqual(30);
  });

  it.skipIf(isQuick)('sends nothing during the pause that a response 429 requests', async () => {
    const { crawl, sandbox, times } = await start({ latency: 10 }, { rateLimit: 6_000, share: 1 });
    let refusedAt = 0;
    const watch = async (): Promise<void> => {
      while (sandbox.requests.length < 15) await setTimeout(2);
      sandbox.setFaults([{ kind: 'status', status: 429, retryAfter: 3, times: 1 }]);
      while (!sandbox.requests.some(({ status }) => status === 429)) await setTimeout(2);
      refusedAt = performance.now();
    };
    const [{ told }] = await Promise.all([crawl(), watch()]);
    const meanwhile = times.filter((at) => at > refusedAt + 500 && at < refusedAt + 2_800);
    expect(meanwhile).toEqual([]);
    expect(times.some((at) => at > refusedAt + 2_800)).toBe(true);
    expect(told).toMatch(/Complete\.\n$/);
  });

  it('writes nothing while another process writes to the index, and says so in one line', async () => {
    const { crawl, place, sandbox } = await start();
    const service = await openIndex(place);
    onTestFinished(() => service.close());
    await expect(crawl()).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^[^\n]*Another process is writing to the index\.[^\n]*$/) as string,
    });
    expect(sandbox.requests).toEqual([]);
  });
});

describe('the command `index crawl --dry-run`', () => {
  it('sends one request, prints how many requests a crawl needs, and writes nothing', async () => {
    const { options, place, sandbox, crawl } = await start({}, { rateLimit: 500 });
    const run = { options, place, signal: new AbortController().signal };
    expect(await dryRun(run)).toBe(
      [
        'The upstream has 40 products; 4 requests list them.',
        '40 products would be read, with at least one request each; 0 are already in the index and up to date.',
        'That takes 18 s or more, at 150 requests a minute (INDEX_SHARE of PMS_RATE_LIMIT).',
        'Nothing was written.',
        '',
      ].join('\n'),
    );
    expect([sandbox.requests.length, existsSync(place.file)]).toEqual([1, false]);
    await crawl();
    expect(await dryRun(run)).toMatch(/\n0 products would be read.*; 40 are/);
  });

  it('prints that a crawl cannot reach all products', async () => {
    const { options, place } = await start({ guise: { next: 'absent', total: 'absent' } });
    const told = await dryRun({ options, place, signal: new AbortController().signal });
    expect(told).toMatch(/^The upstream lists 10 products and gives no link to a next page/);
  });

  it('prints that a crawl needs searches for names', async () => {
    const { options, place } = await start({ guise: { next: 'absent' } });
    const told = await dryRun({ options, place, signal: new AbortController().signal });
    expect(told).toMatch(
      /^The upstream has 40 products, and shows only the first 10\. Searches for names find the others, with at least 4 requests/,
    );
  });

  it('prints in one line that the upstream does not respond', async () => {
    const { options, place, sandbox } = await start();
    sandbox.setFaults([{ kind: 'status', status: 403 }]);
    await expect(dryRun({ options, place, signal: new AbortController().signal })).rejects.toMatchObject({
      exitCode: 1,
    });
  });
});

describe('a service that crawls', () => {
  it.skipIf(isQuick)('sends the upstream requests of clients before those of its crawl', async () => {
    const { options, sandbox } = await start({ latency: 100 });
    const service = await startService({
      ...options,
      config: { ...options.config, maxConcurrency: 1 },
      version: '0.0.0',
    });
    onTestFinished(() => service.stop());
    const products = sandbox.resources.filter(
      ({ resourceType }) => resourceType === 'MedicinalProductDefinition',
    );
    while (sandbox.requests.length < 6) await setTimeout(5);
    const behind: number[] = [];
    for (const { id } of products.slice(-4)) {
      const before = sandbox.requests.length;
      const query = `{ product(id: "${id}") { name packages { nodes { id } } } }`;
      const answer = await fetch(`${service.origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      expect(await answer.json()).toMatchObject({ data: { product: {} } });
      const own = sandbox.requests.findIndex(
        ({ path: asked }, at) => at >= before && asked.includes(`/${id}/$everything`),
      );
      behind.push(own - before);
    }
    // At most four requests wait: a client's request is delayed by one of them at most, which was about to be sent.
    expect(behind.filter((number) => number < 0 || number > 1)).toEqual([]);
    expect(sandbox.requests.length).toBeLessThan(44);
  });
});

describe('the progress of a crawl', () => {
  const progress = {
    isListing: false,
    listed: 200_000,
    total: 200_000,
    held: 50_000,
    wanted: 200_000,
    done: 50_100,
    failed: 100,
    requests: 52_100,
  };

  it('shows the rate, the number of stored products, the total and the remaining time', () => {
    expect(line(progress, { ms: 60_000, done: 148, requests: 150 })).toBe(
      '50,000 of 200,000 in the index · 100 failed · 150 requests/min · 16 h 53 min left',
    );
    expect(bar(progress)).toBe('[######------------------]');
  });

  it('shows the number of listed products while it lists products', () => {
    const listing = { ...progress, isListing: true, listed: 400, held: 0, failed: 0, wanted: 0, done: 0 };
    expect(line(listing, { ms: 2_000, done: 0, requests: 5 })).toBe(
      '400 listed of 200,000 · 150 requests/min',
    );
    expect(line({ ...listing, total: undefined }, { ms: 0, done: 0, requests: 0 })).toBe(
      '400 listed · 0 requests/min',
    );
  });
});
