/** The root search for products, the same on every route but for the parameter that means "contains". */
import { PmsError, isPmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import type { ResourceOf } from '../../fhir/resources.js';
import type { SearchParameters } from '../../fhir/search.js';
import { keyOf, type Key } from '../key.js';
import type { Position, RootList } from '../known.js';
import { LedgerSpent } from '../ledger.js';
import type { State } from '../relation.js';
import { searchQuestion, type ProductSearch } from '../selection.js';
import { dropped, ignored, refuseForeignName } from './ignored.js';
import { createCount, cut } from './pages.js';
import type { Operation } from './route.js';

/** Settles the rows of `search` in `known`, or the error that kept them away. */
export async function findProducts(
  search: ProductSearch,
  parameters: SearchParameters,
  at: Operation,
): Promise<void> {
  at.known.settleRootList(searchQuestion(search), await rowsOrError());

  async function rowsOrError(): Promise<RootList | PmsError> {
    try {
      return await readRows(search, parameters, at);
    } catch (error) {
      if (isPmsError(error)) return error;
      throw error;
    }
  }
}

async function readRows(
  search: ProductSearch,
  parameters: SearchParameters,
  at: Operation,
): Promise<RootList> {
  const { after } = search;
  if (!after) return collect(await begin(parameters, at), 0, search, at);
  const resumed = await resume(after, at);
  if (resumed) return collect(resumed.page, resumed.skip, search, at);
  // The link has expired, or the rows have moved: the place is found again from the start.
  const found = await find(after.last, await begin(parameters, at), at);
  return collect(found.page, found.skip, search, at);
}

function begin(parameters: SearchParameters, { client }: Operation): Promise<Page> {
  return client.search('MedicinalProductDefinition', parameters);
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
    const hasExpired = isPmsError(error) && (error.status === 404 || error.status === 410);
    if (hasExpired) return undefined;
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
    if (!ledger.mayPage()) throw new LedgerSpent();
    page = await client.page(page.next);
  }
}

/** Gathers `first` rows, over as many pages as the upstream needs for them. */
async function collect(from: Page, skip: number, search: ProductSearch, at: Operation): Promise<RootList> {
  const { client, known, ledger } = at;
  const rows = new Map<Key, Position>();
  // From a place in the middle, what came before it is not counted.
  const count = createCount(search.after ? undefined : from.total);
  const total = search.withTotal ? (from.total ?? null) : null;
  let page = from;
  let passed = skip;
  const result = (hasNext: boolean, state: State): RootList => ({
    refs: [...rows.keys()],
    positions: [...rows.values()],
    hasNext,
    total,
    state,
  });
  for (;;) {
    if (search.name !== undefined && dropped('name', page.self)) throw ignored('"filter.name"');
    const found = products(page);
    count.add(page);
    for (const [index, product] of found.entries()) {
      if (index < passed) continue;
      if (rows.size === search.first) return result(true, count.readable());
      if (search.name !== undefined) refuseForeignName(search.name, product);
      const key = known.hold(product, page);
      // A row that comes again on a later page is counted once.
      if (!rows.has(key)) rows.set(key, placeAfter(index, found.length, page, key));
    }
    if (page.next === undefined) {
      const state = count.state();
      return result(state.kind !== 'complete', state);
    }
    if (rows.size === search.first) return result(true, count.readable());
    if (!ledger.mayPage()) return result(true, cut('BUDGET'));
    try {
      page = await client.page(page.next);
    } catch (error) {
      if (!isPmsError(error)) throw error;
      return result(true, cut(error instanceof LedgerSpent ? 'BUDGET' : 'PAGE_FAILED'));
    }
    passed = 0;
  }
}

function placeAfter(index: number, rows: number, page: Page, last: Key): Position {
  if (index === rows - 1 && page.next !== undefined) return { link: page.next, skip: 0, last };
  return { link: page.url, skip: index + 1, last };
}

function products(page: Page): readonly ResourceOf<'MedicinalProductDefinition'>[] {
  return page.resources.filter((resource) => resource.resourceType === 'MedicinalProductDefinition');
}
