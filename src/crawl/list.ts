/**
 * Lists all products of the upstream: by the `next` links of its pages, or, if these do not lead to all products, by
 * searches for names. Reports why some products may be missing.
 */
import { hasExpired } from '../catalogue/profiles/pages.js';
import type { KnownFeatures } from '../catalogue/upstream/features.js';
import { isPmsError } from '../errors.js';
import type { Page } from '../fhir/bundle.js';
import type { SearchParameters } from '../fhir/search.js';
import { listByNames } from './list-by-names.js';
import {
  ask,
  keep,
  lostWay,
  pageSize,
  productType,
  rowsOf,
  type ListOptions as PageOptions,
} from './list-page.js';
import { beginListing, keepStanding, readKept, type Kept, type Listing } from './standing.js';

export interface ListOptions extends PageOptions {
  /** The upstream's features. They determine whether products can be searched by their names. */
  readonly features: Pick<KnownFeatures, 'evidence'>;
}

/** Maximum number of times that a listing is started again because its page links expired. */
const mostAnew = 1;

type Stop = 'ended' | 'expired' | 'looping' | 'aborted';

/**
 * Lists all products. If an earlier listing is recent enough, it is continued.
 * @returns undefined if the signal was aborted before the end
 * @throws the upstream's error, or INDEX_UNAVAILABLE
 */
export async function list(options: ListOptions): Promise<Listing | undefined> {
  const { index, onPage } = options;
  for (let anew = 0; ; anew += 1) {
    const kept = (anew === 0 && (await keptBefore(options))) || (await beginListing(index));
    onPage(kept.ids.size, kept.standing.total);
    if (kept.standing.isEnded) return listingOf(kept);
    const stop = await readPages(kept, options);
    if (stop === 'aborted') return undefined;
    if (stop === 'expired' && anew < mostAnew) continue;
    return (await finish(kept, stop, options)) ? listingOf(kept) : undefined;
  }
}

function listingOf({ standing: { asOf, total, firstTotal, gaps }, ids, changed, pages }: Kept): Listing {
  return { asOf, total, firstTotal, gaps, ids, changed, isSearched: pages.some(({ search }) => search) };
}

async function keptBefore({ index, freshMs }: ListOptions): Promise<Kept | undefined> {
  const kept = await readKept(index);
  return kept && Date.now() - kept.standing.asOf <= freshMs ? kept : undefined;
}

async function readPages(kept: Kept, options: ListOptions): Promise<Stop> {
  const links = new Set<string>();
  for (;;) {
    const { next, pages } = kept.standing;
    if (pages > 0 && next === undefined) return 'ended';
    if (next !== undefined && links.has(next)) return 'looping';
    if (next !== undefined) links.add(next);
    const page = await readPage(next, options);
    if (page === 'expired' || page === 'aborted') return page;
    await keep(page, kept, options);
  }
}

async function readPage(
  next: string | undefined,
  options: ListOptions,
): Promise<Page | 'expired' | 'aborted'> {
  const { client } = options;
  if (next === undefined) return ask((call) => client.search(productType, [rowsOf(pageSize)], call), options);
  try {
    return await ask((call) => client.page(next, { ...call, isNarrow: false }), options);
  } catch (error) {
    if (hasExpired(error)) return 'expired';
    throw error;
  }
}

const gapsBy: Readonly<Record<Exclude<Stop, 'aborted'>, readonly string[]>> = {
  ended: [],
  looping: [lostWay],
  expired: ['The page links of the upstream’s list of products expire before the service can follow them.'],
};

/**
 * Ends a listing, and stores its total and its gaps.
 * @returns false if the signal was aborted before
 */
async function finish(kept: Kept, stop: Exclude<Stop, 'aborted'>, options: ListOptions): Promise<boolean> {
  const pages = kept.pages.filter(({ search }) => !search).length;
  const before = kept.ids.size;
  const isDoubtful = before > 0 && (pages === 1 || kept.standing.total !== before);
  const counted = isDoubtful ? await count(options) : undefined;
  if (counted === 'aborted') return false;
  const isUntold = pages === 1 && counted?.total === undefined && counted?.hasNext !== true;
  const cutTotal = counted?.total ?? kept.standing.total;
  const ways = [...gapsBy[stop], ...(kept.standing.gaps.includes(lostWay) ? [lostWay] : [])];
  const isCut = (pages === 1 || ways.length > 0) && cutTotal !== undefined && cutTotal > before;
  let total = cutTotal;
  if (isCut && options.features.evidence(`search ${productType}?name`) !== 'refuted') {
    const end = await listByNames(kept, { ...options, total: cutTotal, more: counted?.more ?? [] });
    // The searches take long, so that the total may be another one now.
    const recounted = end === 'aborted' ? end : await count(options);
    if (recounted === 'aborted') return false;
    total = recounted.total ?? cutTotal;
  }
  const isFound = isCut && total !== undefined && kept.ids.size >= total;
  const gaps = [...kept.standing.gaps, ...ways].filter((gap) => !isFound || !ways.includes(gap));
  kept.standing = {
    ...kept.standing,
    isEnded: true,
    total,
    gaps: [...new Set([...gaps, ...(isUntold ? [untoldGap(before)] : [])])],
  };
  await keepStanding(options.index, kept.standing);
  return true;
}

function untoldGap(listed: number): string {
  return listed === 0
    ? 'The upstream lists no products.'
    : 'The upstream gives neither the number of its products nor a link to the next page.';
}

interface Count {
  readonly total: number | undefined;
  readonly hasNext: boolean;
  /** Parameters that make the upstream state exact totals. */
  readonly more: SearchParameters;
}

/**
 * Requests the number of products from the upstream. This is needed because a single page without a `next` link may
 * be incomplete, and the total on a page may be an estimate.
 */
async function count(options: ListOptions): Promise<Count | 'aborted'> {
  const search = async (more: SearchParameters): Promise<Count | 'aborted'> => {
    const page = await ask((call) => options.client.search(productType, [rowsOf(1), ...more], call), options);
    if (page === 'aborted') return page;
    return { total: page.total, hasNext: page.next !== undefined || page.hasLostWay, more };
  };
  return search([{ name: '_total', values: ['accurate'] }]).catch((error: unknown) => {
    if (isPmsError(error) && error.code === 'UPSTREAM_UNSUPPORTED') return search([]);
    throw error;
  });
}
