/** The root search for products: rows in the upstream's order, over as many pages as they need. */
import { createHash } from 'node:crypto';
import { PmsError, isPmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import type { ResourceOf, ResourceType } from '../../fhir/resources.js';
import type { SearchParameter, SearchParameters } from '../../fhir/search.js';
import { keyOf, type Key } from '../key.js';
import type { Position, RootList } from '../known.js';
import type { State } from '../relation.js';
import { earlier, staleSince } from '../stale.js';
import type { ProductSearch } from '../selection.js';
import { createAsk } from './ask.js';
import { beginsWith, dropped, ignored, refuseForeignName } from './ignored.js';
import { createCount, cut, hasExpired, whyCut } from './pages.js';
import { withoutDoubt } from './reading.js';
import type { Operation } from './route.js';

/** What a route adds to the search, and wants to see of its pages. */
export interface Along {
  readonly parameters: SearchParameters;
  /** Types that come with the products. */
  readonly types: readonly ResourceType[];
  readonly visit: (page: Page) => void;
}

const productType = 'MedicinalProductDefinition';

const alone: Along = { parameters: [], types: [], visit: () => undefined };

/** The rows of `search`, held in `known`, or the error that kept them away. */
export async function findProducts(
  search: ProductSearch,
  at: Operation,
  along: Along = alone,
): Promise<RootList | PmsError> {
  try {
    return await readRows(search, at, along);
  } catch (error) {
    if (!isPmsError(error)) throw error;
    createAsk(at).learnFrom(error, productType, 'name');
    return error;
  }
}

/** What "contains" is called here. Names that begin with a text are among those that contain it. */
function parametersOf(search: ProductSearch, { features }: Operation): SearchParameters {
  const { name, nameStartsWith, first, withTotal } = search;
  const isPlain = features.has('name-is-contains');
  const contains = (text: string): SearchParameter =>
    isPlain ? { name: 'name', values: [text] } : { name: 'name', modifier: 'contains', values: [text] };
  const texts = [
    ...(name === undefined ? [] : [contains(name)]),
    ...(nameStartsWith === undefined ? [] : [{ name: 'name', values: [nameStartsWith] } as const]),
  ];
  return [
    // EMA's API is not known to take a parameter twice.
    ...(isPlain ? texts.slice(0, 1) : texts),
    ...(withTotal && !isPlain ? [{ name: '_total', values: ['accurate'] } as const] : []),
    { name: '_count', values: [first] },
  ];
}

async function readRows(search: ProductSearch, at: Operation, along: Along): Promise<RootList> {
  const begin = (): Promise<Page> => beginAt(search, at, along);
  const { after } = search;
  if (!after) return collect({ page: await begin(), skip: 0 }, begin, search, at, along);
  const resumed = after.brings === bringing(at, along) ? await resume(after, at) : undefined;
  if (resumed) return collect(resumed, begin, search, at, along);
  // The link has expired, or the rows have moved: the place is found again from the start, however far that is.
  at.ledger.replan(Number.POSITIVE_INFINITY);
  return collect(await find(after.last, await begin(), at), begin, search, at, along);
}

function beginAt(search: ProductSearch, at: Operation, { parameters, types }: Along): Promise<Page> {
  return createAsk(at).search(
    productType,
    [...parametersOf(search, at), ...parameters],
    [productType, ...types],
  );
}

/** Names what comes with each row and of it: a page's link goes on bringing the same, whoever follows it. */
function bringing(at: Operation, { parameters, types }: Along): string {
  const asked = createAsk(at).parameters(productType, parameters, [productType, ...types]);
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 10);
}

interface Place {
  readonly page: Page;
  readonly skip: number;
}

async function resume({ link, skip, last }: Position, { client }: Operation): Promise<Place | undefined> {
  try {
    const page = await client.page(link);
    if (skip === 0) return { page, skip };
    const row = products(page).findIndex((product) => keyOf(product) === last);
    return row < 0 ? undefined : { page, skip: row + 1 };
  } catch (error) {
    if (hasExpired(error)) return undefined;
    throw error;
  }
}

async function find(last: Key, first: Page, { client, ledger }: Operation): Promise<Place> {
  let page = first;
  for (;;) {
    const row = products(page).findIndex((product) => keyOf(product) === last);
    if (row >= 0) return { page, skip: row + 1 };
    if (page.next === undefined)
      throw new PmsError('BAD_CURSOR', 'The row that this cursor stands behind is no longer there.');
    if (!ledger.mayPage())
      throw new PmsError('UPSTREAM_INCOMPLETE', 'The place of this cursor lies too far into the list.');
    page = await client.page(page.next);
  }
}

/** Gathers `first` rows, over as many pages as the upstream needs for them. */
async function collect(
  from: Place,
  begin: () => Promise<Page>,
  search: ProductSearch,
  at: Operation,
  along: Along,
): Promise<RootList> {
  const { client, known, ledger, figures } = at;
  const rows = new Map<Key, Position>();
  const brings = bringing(at, along);
  const links = new Set<string>();
  const seen = new Set<Key>();
  // From a place in the middle, what came before it is not counted.
  const count = createCount(search.after ? undefined : from.page.total);
  let { page, skip } = from;
  let last: Key | undefined;
  let mayBeginAgain = true;
  let oldest: Date | undefined;
  const result = (hasNext: boolean, state: State): RootList => ({
    refs: [...rows.keys()],
    positions: [...rows.values()],
    hasNext,
    total: totalOf(from.page, search, hasNext || search.after ? undefined : rows.size),
    state,
    staleSince: oldest,
  });
  for (;;) {
    const texts = [search.name, search.nameStartsWith].filter((text) => text !== undefined);
    if (texts.length > 0 && dropped('name', page)) throw ignored('a search by name');
    const found = products(page);
    figures.sawPage(found.length, search.first, page.next === undefined);
    count.add(page);
    oldest = earlier(oldest, staleSince([page]));
    along.visit(page);
    for (const [index, product] of found.entries()) {
      if (index < skip) continue;
      if (rows.size === search.first) return result(true, count.readable());
      last = keyOf(product);
      seen.add(last);
      if (search.name !== undefined) refuseForeignName(search.name, product);
      if (search.nameStartsWith !== undefined && !beginsWith(search.nameStartsWith, product)) continue;
      const key = known.hold(product, page);
      // A row that comes again on a later page is counted once.
      if (!rows.has(key)) rows.set(key, placeAfter(index, found.length, page, { brings, last: key }));
    }
    if (page.next === undefined) {
      const state = await withoutDoubt(count.state(), seen.size, at, productType, parametersOf(search, at));
      return result(state.kind !== 'complete', state);
    }
    if (rows.size === search.first) return result(true, count.readable());
    // A chain that leads back into itself never ends.
    if (links.has(page.next)) return result(true, cut('PAGE_FAILED'));
    links.add(page.next);
    // What is asked below the rows goes by how many there will be.
    const share = Math.min(1, (rows.size + found.length) / search.first);
    if (!ledger.mayPage(share)) return result(true, cut('BUDGET'));
    try {
      ({ page, skip } = await next(page.next));
    } catch (error) {
      return result(true, whyCut(error));
    }
  }

  /** Once, a link that has expired is found again by what came before it. */
  async function next(link: string): Promise<Place> {
    try {
      return { page: await client.page(link), skip: 0 };
    } catch (error) {
      if (!mayBeginAgain || !hasExpired(error) || last === undefined) throw error;
      mayBeginAgain = false;
      ledger.replan(2 * ledger.spent);
      return find(last, await begin(), at);
    }
  }
}

/** @param rows of the whole list, where all of it was read */
function totalOf(
  { total }: Page,
  { withTotal, nameStartsWith }: ProductSearch,
  rows: number | undefined,
): number | null {
  if (!withTotal) return null;
  // What is sorted out here the upstream has counted too.
  return rows ?? (nameStartsWith === undefined ? total : undefined) ?? null;
}

function placeAfter(
  index: number,
  rows: number,
  page: Page,
  row: Pick<Position, 'brings' | 'last'>,
): Position {
  if (index === rows - 1 && page.next !== undefined) return { link: page.next, skip: 0, ...row };
  return { link: page.url, skip: index + 1, ...row };
}

function products(page: Page): readonly ResourceOf<typeof productType>[] {
  return page.resources.filter((resource) => resource.resourceType === productType);
}
