/**
 * Lists all products of the upstream by following the `next` links of its pages. Reports why some products may be
 * missing.
 */
import { isDeepStrictEqual } from 'node:util';
import { rowsOfName } from '../catalogue/profiles/held/rows-of-name.js';
import { hasExpired } from '../catalogue/profiles/pages.js';
import { isPmsError } from '../errors.js';
import type { Page } from '../fhir/bundle.js';
import type { Call, FhirClient } from '../fhir/client.js';
import { asSent } from '../fhir/guarded.js';
import type { FhirResource, ResourceOf } from '../fhir/resources.js';
import type { SearchParameters } from '../fhir/search.js';
import { isSubsetted } from '../fhir/subsetted.js';
import type { SearchIndex } from '../search-index/search-index.js';
import type { HeldRow } from '../search-index/store/index-store.js';
import type { Pace } from './pace.js';
import { isPassing, type Setbacks } from './setbacks.js';
import { beginListing, keepPage, keepStanding, readKept, type Kept, type Standing } from './standing.js';

export interface ListOptions {
  /** The upstream client. Its requests have a lower priority than those of GraphQL operations. */
  readonly client: Pick<FhirClient, 'search' | 'page'>;
  readonly index: SearchIndex;
  readonly pace: Pace;
  readonly setbacks: Setbacks;
  /** Milliseconds after its start during which an interrupted listing may be continued. */
  readonly freshMs: number;
  readonly signal: AbortSignal;
  /** Called with the number of products listed and the upstream's total, at the start and after each page. */
  readonly onPage: (listed: number, total: number | undefined) => void;
  /** Called for each request to the upstream. */
  readonly onRequest: () => void;
}

export interface Listing extends Pick<Standing, 'asOf' | 'total' | 'gaps'> {
  readonly ids: ReadonlySet<string>;
  /** Ids of products that have another version in the index. */
  readonly changed: ReadonlySet<string>;
}

const productType = 'MedicinalProductDefinition';
type Product = ResourceOf<typeof productType>;

/** The `_count` of a page. The upstream may return fewer rows. */
const pageSize = 100;
/** Maximum number of times that a listing is started again because its page links expired. */
const mostAnew = 1;
/** Maximum number of milliseconds that a request may wait for the rate limiter. */
const longestMs = 600_000;

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

function listingOf({ standing: { asOf, total, gaps }, ids, changed }: Kept): Listing {
  return { asOf, total, gaps, ids, changed };
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
  if (next === undefined) return ask((call) => client.search(productType, [rows(pageSize)], call), options);
  try {
    return await ask((call) => client.page(next, { ...call, isNarrow: false }), options);
  } catch (error) {
    if (hasExpired(error)) return 'expired';
    throw error;
  }
}

function rows(number: number): SearchParameters[number] {
  return { name: '_count', values: [number] };
}

/** Sends a request. If the upstream does not respond, the request is repeated after pauses. */
async function ask(
  send: (call: Call) => Promise<Page>,
  { pace, setbacks, signal, onRequest }: ListOptions,
): Promise<Page | 'aborted'> {
  for (;;) {
    await pace.turn(signal);
    if (signal.aborted) return 'aborted';
    onRequest();
    try {
      const deadline = performance.now() + longestMs;
      const page = await send({ signal, deadline, client: 'crawl', cache: 'no-store' });
      setbacks.forget();
      return page;
    } catch (error) {
      if (signal.aborted) return 'aborted';
      if (!isPassing(error) || hasExpired(error)) throw error;
      await setbacks.pause(error);
    }
  }
}

/** Stores in the index the products of a page and the link to the next page. */
async function keep(page: Page, kept: Kept, { index, onPage }: ListOptions): Promise<void> {
  const products = page.resources.filter(isProduct);
  const known = await index.rows(products.map(({ id }) => id));
  const before = await index.owns(products.map(({ id }) => id));
  const isOther = (product: Product): boolean =>
    differs(product, known.get(product.id)) || says(product, before.get(product.id)?.record);
  const changed = products.filter(isOther).map(({ id }) => id);
  await index.name(
    products
      .filter((product) => isNews(product, known.get(product.id)))
      .map((record) => ({ record, asOf: page.fetchedAt, derived: rowsOfName(record) })),
  );
  const { standing } = kept;
  const ids = products.map(({ id }) => id);
  kept.standing = {
    ...standing,
    pages: standing.pages + 1,
    next: page.next,
    total: page.total ?? standing.total,
    gaps: [...new Set([...standing.gaps, ...gapsOn(page)])],
  };
  for (const id of ids) kept.ids.add(id);
  for (const id of changed) kept.changed.add(id);
  await keepPage(index, { ids, changed }, kept.standing);
  onPage(kept.ids.size, kept.standing.total);
}

function isProduct(resource: FhirResource): resource is Product {
  return resource.resourceType === productType;
}

/**
 * Whether the product's `meta.versionId` or `meta.lastUpdated` differs from the values in the index. A missing value
 * does not count as different.
 */
function differs(product: Product, row: HeldRow | undefined): boolean {
  const { meta } = asSent(product);
  const isOther = (now: string | undefined, before: string | undefined): boolean =>
    now !== undefined && before !== undefined && now !== before;
  return isOther(meta?.versionId, row?.versionId) || isOther(meta?.lastUpdated, row?.lastUpdated);
}

/**
 * Whether the content of the product differs from the content in the index. This is compared because not every
 * upstream states versions.
 */
function says(product: Product, before: FhirResource | undefined): boolean {
  if (!before || isSubsetted(product) || isSubsetted(before)) return false;
  return !isDeepStrictEqual(contentOf(product), contentOf(before));
}

/** Returns a record without `meta` and `text`, because these may differ from one response to the next. */
function contentOf(record: FhirResource): object {
  return { ...asSent(record), meta: undefined, text: undefined };
}

function isNews(product: Product, row: HeldRow | undefined): boolean {
  return !row || row.state === 'gone' || (row.state === 'named' && differs(product, row));
}

function gapsOn({ hasLostWay, isReportedIncomplete, unidentified }: Page): readonly string[] {
  const nameless = unidentified.some(({ resource }) => !resource || isProduct(resource));
  return [
    ...(hasLostWay ? [lostWay] : []),
    ...(isReportedIncomplete ? ['The upstream says that its list of products is incomplete.'] : []),
    ...(nameless ? ['The upstream lists products without an id, or entries that cannot be read.'] : []),
  ];
}

const lostWay = 'The upstream lists fewer products than its total states.';

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
  const { pages, total, gaps } = kept.standing;
  const listed = kept.ids.size;
  const isDoubtful = listed > 0 && (pages === 1 || total !== listed);
  const counted = isDoubtful ? await count(options) : undefined;
  if (counted === 'aborted') return false;
  const isUntold = pages === 1 && counted?.total === undefined && counted?.hasNext !== true;
  kept.standing = {
    ...kept.standing,
    isEnded: true,
    total: counted?.total ?? total,
    gaps: [...new Set([...gaps, ...gapsBy[stop], ...(isUntold ? [untoldGap(listed)] : [])])],
  };
  await keepStanding(options.index, kept.standing);
  return true;
}

function untoldGap(listed: number): string {
  return listed === 0
    ? 'The upstream lists no products.'
    : 'The upstream gives neither the number of its products nor a link to the next page.';
}

/**
 * Requests the number of products from the upstream. This is needed because a single page without a `next` link may
 * be incomplete, and the total on a page may be an estimate.
 */
async function count(
  options: ListOptions,
): Promise<{ readonly total: number | undefined; readonly hasNext: boolean } | 'aborted'> {
  const search = (...more: SearchParameters): Promise<Page | 'aborted'> =>
    ask((call) => options.client.search(productType, [rows(1), ...more], call), options);
  const page = await search({ name: '_total', values: ['accurate'] }).catch((error: unknown) => {
    if (isPmsError(error) && error.code === 'UPSTREAM_UNSUPPORTED') return search();
    throw error;
  });
  return page === 'aborted'
    ? page
    : { total: page.total, hasNext: page.next !== undefined || page.hasLostWay };
}
