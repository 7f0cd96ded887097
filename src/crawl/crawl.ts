/**
 * Fills the index with all products of the upstream. It lists the products. Then it reads new, changed and old
 * products, with the records that belong to them.
 */
import type { Capabilities } from '../catalogue/plan/capabilities.js';
import { PmsError } from '../errors.js';
import type { FhirClient } from '../fhir/client.js';
import { isCounted, type Coverage, type Enumeration } from '../search-index/coverage.js';
import type { SearchIndex } from '../search-index/search-index.js';
import { keepCrawl, type PastCrawl } from './history.js';
import { list } from './list.js';
import { readAll, type Outcome, type ReadOptions } from './read.js';
import { createReadable } from './readable.js';
import { createSetbacks, type SetbackOptions } from './setbacks.js';
import { forgetListing, type Listing } from './standing.js';
import { confirmGone, suspectsOf } from './suspects.js';
import { createTally, type CrawlProgress, type Tally } from './tally.js';
import { sortOut, type Sorted } from './sort-out.js';
import { atOnceIn, wayOf, type Way } from './way.js';

export interface CrawlOptions
  extends
    Pick<ReadOptions, 'catalogue' | 'index' | 'writer' | 'pace' | 'signal'>,
    Pick<SetbackOptions, 'pauseMs' | 'patienceMs'> {
  /** The upstream client. Its requests have a lower priority than those of GraphQL operations. */
  readonly client: Pick<FhirClient, 'search' | 'page' | 'read'>;
  /** The upstream's features. They determine whether and how products can be read with their details. */
  readonly capabilities: Pick<Capabilities, 'features'>;
  /** Milliseconds after a product was read, during which the crawl does not read it again. */
  readonly freshMs: number;
  /** Maximum number of concurrent read operations. @default 4 */
  readonly concurrency?: number;
  readonly onProgress?: (progress: CrawlProgress) => void;
}

/**
 * Returns the milliseconds after a product was read, during which a crawl does not read it again. This is half of the
 * maximum age. Otherwise a product could exceed its maximum age before the next crawl ends.
 */
export function leftAloneMs(maxAgeMs: number): number {
  return maxAgeMs / 2;
}

/**
 * Crawls the upstream. It continues where an earlier crawl stopped, for whatever reason. Products that are still
 * fresh are not read.
 * @throws the upstream's error if it cannot list its products or does not respond for a long time; INDEX_UNAVAILABLE
 */
export async function crawl(options: CrawlOptions): Promise<CrawlProgress> {
  const { index, concurrency = 4 } = options;
  await refuseToRead(index);
  const began = performance.now();
  const tally = createTally(options.onProgress);
  const { features } = options.capabilities;
  const way = wayOf(features);
  const reading = {
    ...options,
    concurrency,
    setbacks: createSetbacks(options),
    way,
    atOnce: way ? atOnceIn(way, features) : 0,
    readable: createReadable(features),
  };
  let before: Pass | undefined;
  for (let passes = 1; ; passes += 1) {
    const pass = await listAndRead(reading, tally);
    if (!pass) return tally.progress;
    const { listing, gone, gaps } = pass;
    const hasMoved = moved(pass, before);
    if (hasMoved && !listing.isSearched && passes < mostPasses) {
      before = pass;
      await forgetListing(index);
      continue;
    }
    const unread = reading.readable.is ? [] : [reading.readable.why];
    const all = [...gaps, ...unread, ...(hasMoved ? [movedGap] : [])];
    await index.enumerated(enumerationOf(listing, gone.size, all));
    await forgetListing(index);
    await keepCrawl(index, pastCrawlOf(listing, tally.progress, index.coverage, performance.now() - began));
    return tally.progress;
  }
}

/**
 * Maximum number of times that a crawl lists the products. If a product is removed while the products are listed, the
 * rows of the next pages move, and a product may be on none of the pages. Then the products are listed once more.
 */
const mostPasses = 3;

const movedGap =
  'Products were removed or added while the upstream listed them, so the list may lack others. The next crawl lists them again.';

/**
 * Whether products were removed or added during a pass.
 * @param before the previous pass; undefined for the first
 */
function moved({ listing, gone }: Pass, before: Pass | undefined): boolean {
  // The total on the first page may be an estimate, so that it differs from the final total without a change.
  const first = before ? before.listing.total : listing.firstTotal;
  const isOther = first !== undefined && listing.total !== undefined && first !== listing.total;
  return isOther || [...gone].some((id) => !before?.gone.has(id));
}

interface Pass {
  readonly listing: Listing;
  /** The listed products that did not exist any more when they were read. */
  readonly gone: ReadonlySet<string>;
  readonly gaps: readonly string[];
}

/** Lists all products, and reads those that must be read. Returns undefined if the signal was aborted before the end. */
async function listAndRead(reading: Reading, tally: Tally): Promise<Pass | undefined> {
  tally.set({ isListing: true });
  const listing = await list({
    ...reading,
    features: reading.capabilities.features,
    onPage: (listed, total) => tally.set({ listed, total }),
    onRequest: () => tally.add({ requests: 1 }),
  });
  if (!listing) return undefined;
  const sorted = await sortOut(listing, reading);
  const outcomes = await readListed(sorted, reading, tally);
  const gaps = await lookForUnlisted(listing, reading, tally);
  if (reading.signal.aborted) return undefined;
  const gone = [...outcomes].flatMap(([id, outcome]) => (outcome === 'gone' ? [id] : []));
  return { listing, gone: new Set([...sorted.gone, ...gone]), gaps };
}

function pastCrawlOf(
  { asOf, ids, total }: Listing,
  { failed, requests }: CrawlProgress,
  { products, withDetails, complete }: Coverage,
  ms: number,
): PastCrawl {
  const found = { listed: ids.size, total: total ?? null, products, withDetails, failed, complete };
  return { at: new Date(asOf).toISOString(), seconds: Math.round(ms / 1_000), requests, ...found };
}

/** Throws if another process writes to the index, because only one process may write. */
async function refuseToRead(index: SearchIndex): Promise<void> {
  const { access, because } = await index.status();
  if (access === 'writes') return;
  throw new PmsError(
    'INDEX_UNAVAILABLE',
    `This process cannot fill the index, because it may only read it. ${because ?? ''}`,
  );
}

interface Reading extends CrawlOptions, Pick<ReadOptions, 'atOnce' | 'readable' | 'setbacks'> {
  readonly concurrency: number;
  /** Undefined if the details of products cannot be read. */
  readonly way: Way | undefined;
}

async function readListed(
  { held, wanted }: Sorted,
  options: Reading,
  tally: Tally,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const { way } = options;
  const { done } = tally.progress;
  // Products that failed in an earlier pass are tried again.
  tally.set({ isListing: false, held: held.size, wanted: done + (way ? wanted.length : 0), failed: 0 });
  if (!way) return outcomes;
  await readAll(wanted, {
    ...options,
    way,
    onRequests: (requests) => tally.add({ requests }),
    onOutcome(id, outcome) {
      outcomes.set(id, outcome);
      const before = Number(held.has(id));
      tally.add({
        done: 1,
        failed: Number(outcome === 'failed'),
        held: outcome === 'failed' ? 0 : Number(outcome === 'read') - before,
      });
    },
  });
  return outcomes;
}

/**
 * Reads by id those products that are in the index but were not listed.
 * @returns a gap if some of them exist nevertheless
 */
async function lookForUnlisted(listing: Listing, options: Reading, tally: Tally): Promise<readonly string[]> {
  const { index, signal } = options;
  if (signal.aborted || !isWhole(listing)) return [];
  const { doubted, seen } = await suspectsOf(listing, index);
  const onRequests = (requests: number): void => tally.add({ requests });
  let there = seen;
  tally.add({ wanted: doubted.length });
  const onOutcome = (_: string, outcome: Outcome): void => {
    if (outcome !== 'gone') there += 1;
    tally.add({ done: 1, failed: Number(outcome === 'failed') });
  };
  const looking = { ...options, onRequests, onOutcome };
  const { way } = options;
  if (way) await readAll(doubted, { ...looking, way });
  else if (readsById(options)) await confirmGone(doubted, looking);
  else there += doubted.length;
  if (there === 0) return [];
  return there === 1
    ? ['1 product is in the index, although the upstream neither lists it nor reports it as deleted.']
    : [
        `${there} products are in the index, although the upstream neither lists them nor reports them as deleted.`,
      ];
}

function isWhole({ gaps, total, ids }: Listing): boolean {
  return gaps.length === 0 && isCounted({ total, listed: ids.size });
}

/**
 * Whether products can be read by id. Until a read by id has succeeded once, a 404 does not prove that the product
 * does not exist.
 */
function readsById({ capabilities: { features } }: Pick<CrawlOptions, 'capabilities'>): boolean {
  return features.isProven('read') || features.evidence('read') === 'configured';
}

function enumerationOf(
  { asOf, ids, total, gaps }: Listing,
  gone: number,
  more: readonly string[],
): Enumeration {
  return { asOf, listed: ids.size, gone, total, gaps: [...gaps, ...more] };
}
