/**
 * Crawls upstreams of four kinds whose products change, vanish and come back meanwhile. The index never claims to be more complete
 * than it is. When the upstream is quiet again, the next crawl makes the index equal to it. The requests stay within the rate.
 */
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crawl } from '../../../src/crawl/crawl.js';
import { createPace } from '../../../src/crawl/pace.js';
import { createLog } from '../../../src/log.js';
import { openIndex } from '../../../src/search-index/open-index.js';
import type { SearchIndex } from '../../../src/search-index/search-index.js';
import { connect } from '../../../src/service.js';
import { testConfig, testSecrets } from '../../support/config.js';
import { kinds, startCrawledUpstream, type CrawledUpstream } from '../crawl/upstream.js';
import { seededRandom, type Proof } from '../proof.js';

/** Maximum number of requests per minute. */
const rateLimit = 12_000;
/** Milliseconds of the windows in which requests are counted. */
const windowMs = 1_000;

interface Outcome {
  readonly listed: number;
  readonly requests: number;
  readonly complete: boolean;
  /** Products that the complete index lacked, although they existed all the time. */
  readonly overstated: number;
  /** Products that the index lacks, or has in another version, after the last crawl. */
  readonly wrong: number;
  /** Products in the index that no longer exist. They are removed only after a complete list. */
  readonly kept: number;
  readonly mostInWindow: number;
}

export const indexCrawl: Proof = async ({ seed, isShort }) => {
  const count = isShort ? 400 : 20_000;
  const outcomes: Record<string, Outcome> = {};
  for (const kind of kinds) {
    const folder = mkdtempSync(path.join(tmpdir(), 'index-crawl-'));
    const upstream = await startCrawledUpstream(kind, count);
    try {
      outcomes[kind] = await crawled(upstream, { file: path.join(folder, 'index.sqlite'), seed });
    } finally {
      await upstream.stop();
      rmSync(folder, { recursive: true });
    }
    if (!isShort) process.stderr.write(`${JSON.stringify({ kind, ...outcomes[kind] })}\n`);
  }
  const all = Object.values(outcomes);
  return {
    holds: {
      'no index that says it is complete lacks a product': all.every(({ overstated }) => overstated === 0),
      'the index has each product as it is after the last crawl': all.every(({ wrong }) => wrong === 0),
      'the index has no product that is gone, unless totals are wrong': kinds.every(
        (kind) => kind === 'wrong totals' || outcomes[kind]?.kept === 0,
      ),
      'the index says that it is complete, unless totals are wrong': kinds.every(
        (kind) => outcomes[kind]?.complete === (kind !== 'wrong totals'),
      ),
      'the requests stay within the rate': all.every(
        // Requests that had to wait for a busy machine arrive together.
        ({ mostInWindow }) => mostInWindow <= (1.2 * rateLimit * windowMs) / 60_000,
      ),
    },
    figures: { products: count, ...outcomes },
  };
};

async function crawled(
  upstream: CrawledUpstream,
  { file, seed }: { readonly file: string; readonly seed: number },
): Promise<Outcome> {
  const random = seededRandom(seed);
  const ids = [...upstream.products.keys()];
  const index = await openIndex({ file, identity: 'proof', maxBytes: 2 ** 33 });
  const connection = connect({
    config: testConfig({
      profile: 'everything',
      rateLimit,
      index: { file, crawl: false, share: 1, maxAgeMs: 86_400_000, maxBytes: 2 ** 33 },
    }),
    secrets: testSecrets({}),
    upstream: { kind: 'fhir', baseUrl: upstream.baseUrl },
    log: createLog('silent'),
    index,
  });
  const { background, catalogue, capabilities, held, learning } = connection;
  if (!held) throw new TypeError('The service does not use the index.');
  try {
    await learning.learnt();
    const once = async (onProgress: () => void) =>
      crawl({
        client: background,
        catalogue,
        capabilities,
        ...held,
        pace: createPace(rateLimit),
        freshMs: 86_400_000,
        pauseMs: 5,
        signal: new AbortController().signal,
        onProgress,
      });
    const moved = new Set<string>();
    let [steps, overstated, requests] = [0, 0, 0];
    // Every few steps a product changes, vanishes, or comes back.
    const move = (): void => {
      steps += 1;
      if (steps % 5 !== 0) return;
      const id = ids[Math.floor(random() * ids.length)] ?? '';
      moved.add(id);
      if (upstream.products.has(id) && random() < 0.5) upstream.remove(id);
      else upstream.put(id);
    };
    requests += (await once(move)).requests;
    if (index.coverage.complete) overstated += await lacking(index, upstream, moved);
    // The upstream is quiet now.
    const last = await once(() => undefined);
    const { complete } = await index.refreshed();
    return {
      listed: last.listed,
      requests: requests + last.requests,
      complete,
      overstated,
      ...(await differences(index, upstream)),
      mostInWindow: mostInWindow(upstream.times),
    };
  } finally {
    await connection.close();
  }
}

/** Counts the products that existed all the time and are not in the index. */
async function lacking(
  index: SearchIndex,
  { products }: CrawledUpstream,
  moved: ReadonlySet<string>,
): Promise<number> {
  const held = new Set(await index.ids());
  return [...products.keys()].filter((id) => !moved.has(id) && !held.has(id)).length;
}

async function differences(
  index: SearchIndex,
  { products }: CrawledUpstream,
): Promise<Pick<Outcome, 'wrong' | 'kept'>> {
  const ids = await index.ids();
  const rows = await index.rows(ids);
  const isRight = (id: string): boolean => {
    const row = rows.get(id);
    return row?.state === 'held' && row.versionId === String(products.get(id)?.version);
  };
  return {
    wrong: [...products.keys()].filter((id) => !isRight(id)).length,
    kept: ids.filter((id) => !products.has(id)).length,
  };
}

function mostInWindow(times: readonly number[]): number {
  let most = 0;
  let from = 0;
  for (const [at, time] of times.entries()) {
    while (time - (times[from] ?? time) > windowMs) from += 1;
    most = Math.max(most, at - from + 1);
  }
  return most;
}
