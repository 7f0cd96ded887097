/** Reads pages of the upstream's products, and stores them in the index. */
import { isDeepStrictEqual } from 'node:util';
import { rowsOfName } from '../catalogue/profiles/held/rows-of-name.js';
import { hasExpired } from '../catalogue/profiles/pages.js';
import type { Page } from '../fhir/bundle.js';
import type { Call, FhirClient } from '../fhir/client.js';
import { asSent } from '../fhir/guarded.js';
import type { FhirResource, ResourceOf } from '../fhir/resources.js';
import type { SearchParameters } from '../fhir/search.js';
import { isSubsetted } from '../fhir/subsetted.js';
import type { SearchIndex } from '../search-index/search-index.js';
import type { HeldRow } from '../search-index/store/index-store.js';
import type { NameSearch } from './name-searches.js';
import type { Pace } from './pace.js';
import { isPassing, type Setbacks } from './setbacks.js';
import { keepPage, type Kept, type ListedPage } from './standing.js';

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

export const productType = 'MedicinalProductDefinition';
type Product = ResourceOf<typeof productType>;

/** The `_count` of a page. The upstream may return fewer rows. */
export const pageSize = 100;
/** Maximum number of milliseconds that a request may wait for the rate limiter. */
const longestMs = 600_000;

export function rowsOf(rows: number): SearchParameters[number] {
  return { name: '_count', values: [rows] };
}

/** Sends a request. If the upstream does not respond, the request is repeated after pauses. */
export async function ask(
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

/**
 * Stores in the index the products of a page and the link to the next page.
 * @param search the search for a name that the page belongs to; undefined for a page of the whole list
 */
export async function keep(
  page: Page,
  kept: Kept,
  { index, onPage }: ListOptions,
  search?: NameSearch,
): Promise<void> {
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
  if (!search)
    kept.standing = {
      ...kept.standing,
      next: page.next,
      total: page.total ?? kept.standing.total,
      firstTotal: kept.pages.length === 0 ? page.total : kept.standing.firstTotal,
      gaps: [...new Set([...kept.standing.gaps, ...gapsOn(page)])],
    };
  await note({ ids: products.map(({ id }) => id), changed, search }, kept, { index, onPage });
}

/** Stores in the index that the upstream refused the search for a name. */
export async function keepRefused(
  search: NameSearch,
  kept: Kept,
  options: Pick<ListOptions, 'index' | 'onPage'>,
): Promise<void> {
  await note({ ids: [], changed: [], search }, kept, options);
}

async function note(
  page: ListedPage,
  kept: Kept,
  { index, onPage }: Pick<ListOptions, 'index' | 'onPage'>,
): Promise<void> {
  kept.standing = { ...kept.standing, pages: kept.standing.pages + 1 };
  kept.pages.push(page);
  for (const id of page.ids) kept.ids.add(id);
  for (const id of page.changed) kept.changed.add(id);
  await keepPage(index, page, kept.standing);
  onPage(kept.ids.size, kept.standing.total);
}

export function isProduct(resource: FhirResource): resource is Product {
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

/** The upstream gives no way to the other products of its list. */
export const lostWay = 'The upstream lists fewer products than its total states.';
