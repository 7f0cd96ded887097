/** Fills the index with every product of the upstream: lists them by the links of pages, then reads what belongs to each. */
import type { Catalogue } from '../catalogue/catalogue.js';
import { idOf, keyOf } from '../catalogue/graph/key.js';
import type { IndexWriter } from '../catalogue/profiles/held/writer.js';
import type { Page } from '../fhir/bundle.js';
import type { FhirClient } from '../fhir/client.js';
import { resourceKey } from '../fhir/reference.js';
import type { SearchIndex } from '../search-index/search-index.js';
import type { Enumeration } from '../search-index/coverage.js';
import type { Pace } from './pace.js';
import { readWhole } from './read-whole.js';

export interface CrawlOptions {
  /** Its calls stand back behind those of operations. */
  readonly client: Pick<FhirClient, 'search' | 'page'>;
  readonly catalogue: Catalogue;
  readonly index: SearchIndex;
  readonly writer: IndexWriter;
  readonly pace: Pace;
  /** Milliseconds since it was read that a product is left as it is. */
  readonly freshMs: number;
  /** Most products that are read at once. @default 4 */
  readonly concurrency?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: CrawlProgress) => void;
}

export interface CrawlProgress {
  /** Whether products are still being listed. */
  readonly isListing: boolean;
  readonly listed: number;
  /** What the upstream says that there are. */
  readonly total: number | undefined;
  /** Products held with all that belongs to them, of those that were listed. */
  readonly held: number;
  readonly failed: number;
  readonly requests: number;
}

const productType = 'MedicinalProductDefinition';
/** Rows asked for on a page; the upstream may send fewer. */
const pageSize = 100;

/** Lists and reads; what was read before, and is young enough, is left. Rejects where products cannot be listed at all. */
export async function crawl(options: CrawlOptions): Promise<CrawlProgress> {
  const { index, writer, signal, onProgress, concurrency = 4 } = options;
  const asOf = Date.now();
  let progress: CrawlProgress = {
    isListing: true,
    listed: 0,
    total: undefined,
    held: 0,
    failed: 0,
    requests: 0,
  };
  const tell = (more: Partial<CrawlProgress>): void => {
    progress = { ...progress, ...more };
    onProgress?.(progress);
  };
  const listing = await list(options, tell);
  tell({ isListing: false });
  const rest = listing.ids.values();
  const work = async (): Promise<void> => {
    for (const id of rest) {
      if (signal.aborted) return;
      const { isHeld, requests } = await readProduct(id, options);
      tell({
        requests: progress.requests + requests,
        ...(isHeld ? { held: progress.held + 1 } : { failed: progress.failed + 1 }),
      });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  await writer.settled();
  if (!signal.aborted) await index.enumerated(enumerationOf(listing, asOf, progress));
  return progress;
}

interface Listing {
  readonly ids: ReadonlySet<string>;
  readonly total: number | undefined;
  readonly isWhole: boolean;
}

function enumerationOf(
  { ids, total, isWhole }: Listing,
  asOf: number,
  { failed }: CrawlProgress,
): Enumeration {
  return {
    asOf,
    listed: ids.size,
    total,
    gaps: [
      ...(isWhole ? [] : ['The upstream lists no more products, and says that there are more.']),
      ...(failed > 0 ? [`${failed} products could not be read.`] : []),
    ],
  };
}

async function list(
  { client, pace, signal }: CrawlOptions,
  tell: (more: Partial<CrawlProgress>) => void,
): Promise<Listing> {
  const ids = new Set<string>();
  const links = new Set<string>();
  await pace.turn(signal);
  let page = await client.search(productType, [{ name: '_count', values: [pageSize] }], { signal });
  let requests = 1;
  for (;;) {
    for (const id of productsOn(page)) ids.add(id);
    tell({ listed: ids.size, total: page.total, requests });
    const { next } = page;
    if (next === undefined || links.has(next) || signal.aborted)
      return { ids, total: page.total, isWhole: next === undefined && !page.hasLostWay };
    links.add(next);
    await pace.turn(signal);
    page = await client.page(next, { signal });
    requests += 1;
  }
}

function productsOn(page: Page): readonly string[] {
  return page.resources
    .filter(({ resourceType }) => resourceType === productType)
    .map((each) => idOf(keyOf(each)));
}

/** With all that belongs to it, which is written behind the answer. */
async function readProduct(
  id: string,
  { catalogue, index, pace, freshMs, signal }: CrawlOptions,
): Promise<{ readonly isHeld: boolean; readonly requests: number }> {
  const before = (await index.products([id])).get(id);
  if (before && Date.now() - before.asOf.getTime() < freshMs) return { isHeld: true, requests: 0 };
  await pace.turn(signal);
  const { isWhole, requests } = await readWhole(catalogue, resourceKey(productType, id), signal);
  pace.spent(requests);
  return { isHeld: isWhole, requests };
}
