/**
 * Runs a product search that the upstream supports directly. It returns the rows in the upstream's order, from as
 * many pages as needed.
 */
import type { Position, ProductSearch } from '../../question/selection.js';
import { createHash } from 'node:crypto';
import { PmsError, isPmsError } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import { asSent } from '../../../fhir/guarded.js';
import type { FhirResource, ResourceOf } from '../../../fhir/resources.js';
import type { SearchParameters } from '../../../fhir/search.js';
import { tooMany } from '../../search/matches.js';
import { criteriaOf, directSearch, driversOf, isOrderedHere, isSifted } from '../../search/ways.js';
import { keyOf, markOf, type Key } from '../../graph/key.js';
import type { Candidates, RootList } from '../../known/known.js';
import { untold, type State, earlier, staleSince } from '../../graph/relation.js';
import { createSearchSender } from '../search-sender.js';
import { findCandidates } from './candidates.js';
import { checkOf, dropped, Ignored, ignored, type Check } from '../ignored.js';
import {
  createCount,
  createMoves,
  cut,
  hasExpired,
  isCutAs,
  mayBeOtherwise,
  settled,
  whyCut,
  type Moves,
} from '../pages.js';
import { withoutDoubt } from '../reading.js';
import type { Along, Operation } from '../profile.js';

type Brought = Pick<Along, 'parameters' | 'types'>;

const productType = 'MedicinalProductDefinition';

const alone: Along = { parameters: [], types: [], visit: () => undefined, giveUp: () => undefined };

/** Reads the rows of `search` into `known`. Returns the rows, or candidates that contain them, or an error. */
export async function findProducts(
  search: ProductSearch,
  at: Operation,
  along: Along = alone,
): Promise<RootList | Candidates | PmsError> {
  const { features, figures } = at;
  let refusal: PmsError | undefined;
  // Each failed attempt refutes a feature. The loop ends when no other form of the search is left.
  for (let turn = 0; turn < mostTurns; turn += 1) {
    const direct = directSearch(search, features);
    try {
      const settling = direct && !isOrderedHere(search) ? unsettled(search, direct, at) : [];
      if (settling.length > 0) {
        await Promise.all(settling);
        continue;
      }
    } catch (error) {
      if (!isPmsError(error)) throw error;
      return error;
    }
    if (!direct || isOrderedHere(search)) {
      const found = await findCandidates(search, driversOf(search, features, figures), at);
      if (!direct || !isPmsError(found) || found.code !== 'UPSTREAM_UNSUPPORTED')
        return isPmsError(found) ? (refusal ?? found) : found;
    }
    if (!direct) break;
    try {
      return await readRows(search, direct, at, along);
    } catch (error) {
      if (!isPmsError(error)) throw error;
      // The upstream may have refused the includes. The caller then searches again without them.
      if (along !== alone && error.status !== undefined) return error;
      if (!learnFrom(error, direct, at)) return error;
      refusal = error.status === undefined ? error : undefined;
    }
  }
  return refusal ?? tooMany(search);
}

/** Returns the running probes of parameters that are not proved. They must finish before the search is sent. */
function unsettled(
  { sort }: ProductSearch,
  direct: SearchParameters,
  { features }: Operation,
): readonly Promise<void>[] {
  return direct.flatMap(({ name }) => {
    if (name !== '_sort') return features.settled(`search ${productType}?${name}`) ?? [];
    return sort?.by === 'NAME' || sort?.by === 'UPDATED' ? (features.settled(`sort ${sort.by}`) ?? []) : [];
  });
}

/** Maximum number of attempts: one for each parameter that the upstream may turn out to ignore. */
const mostTurns = 12;

/** Records which parameter does not work. Returns whether the search can be sent in another form. */
function learnFrom(error: PmsError, direct: SearchParameters, at: Operation): boolean {
  const ask = createSearchSender(at);
  const { features } = at;
  const named = error instanceof Ignored ? direct.filter(({ name }) => name === error.parameter) : direct;
  if (named.length === 0) {
    ask.learnFrom(error, productType, 'name');
    return false;
  }
  for (const { name } of named) {
    // If the error names no parameter, a parameter that has worked before is not considered the cause.
    if (named.length > 1 && features.isProven(`search ${productType}?${name}`)) continue;
    if (name === '_sort') {
      for (const by of ['NAME', 'UPDATED'] as const) features.note(`sort ${by}`, 'refuted');
    } else ask.learnFrom(error, productType, name);
  }
  const isName = named.every(({ name }) => name === 'name');
  // Another search of this operation may already have refuted the parameter.
  return !isName || features.evidence(`search ${productType}?name`) === 'refuted';
}

async function readRows(
  search: ProductSearch,
  direct: SearchParameters,
  at: Operation,
  along: Along,
): Promise<RootList> {
  const parameters: SearchParameters = [
    ...direct,
    ...(search.withTotal && !isCountedUnasked(at) ? [{ name: '_total', values: ['accurate'] } as const] : []),
    { name: '_count', values: [rowsAsked(search)] },
  ];
  // This is computed when the search is sent, because its response may change which elements are requested later.
  let brings = bringing(at, along);
  const beginWith = (asked: SearchParameters): Promise<Page> => {
    brings = bringing(at, along);
    return beginAt(asked, at, along);
  };
  const begin = (): Promise<Page> => beginWith(parameters);
  const { after } = search;
  const check = checkOf(criteriaOf(search).parts, direct);
  const rows: Rows = { search, parameters, check, brings: () => brings };
  if (!after) {
    const place = async (): Promise<Place> => ({ page: await begin(), skip: 0, isFirst: true });
    return collectSurely(await place(), place, begin, rows, at, along);
  }
  const foundAgain = async (): Promise<Place> => find(after.last, await begin(), at);
  const resumed = after.link !== '' && after.brings === brings ? await resume(after, at, along) : undefined;
  if (resumed && !isStuck(resumed, at)) return collectSurely(resumed, foundAgain, begin, rows, at, along);
  if (resumed) {
    const long = await beginWith(withCount(parameters, longestPage));
    return (await collect(await find(after.last, long, at), begin, rows, at, along)).list;
  }
  // The link has expired, or the rows have moved. The list is read from its start until the position is found.
  return collectSurely(await foundAgain(), foundAgain, begin, rows, at, along);
}

/** Collects the rows. If the list changed during the reading, the rows are collected again from the same position. */
async function collectSurely(
  from: Place,
  place: () => Promise<Place>,
  begin: () => Promise<Page>,
  rows: Rows,
  at: Operation,
  along: Along,
): Promise<RootList> {
  const one = await collect(from, begin, rows, at, along);
  if (!one.hasMoved) return one.list;
  if (!at.ledger.mayPage()) return marked(one.list, cut('BUDGET'));
  at.client.bypassCopies();
  try {
    const two = await collect(await place(), begin, rows, at, along);
    if (!two.hasMoved) return two.list;
    const state = settled(two.list.state, one.moves, two.moves, at);
    return state === two.list.state ? two.list : marked(two.list, state);
  } catch (error) {
    return marked(one.list, whyCut(error));
  }
}

function marked(list: RootList, state: State): RootList {
  return { ...list, total: null, state };
}

interface Collected {
  readonly list: RootList;
  readonly moves: Moves;
  /** Whether the list changed while it was read, so that a row may be on none of its pages. */
  readonly hasMoved: boolean;
}

/**
 * Returns the `_count` of the search. If the service itself removes rows by name, a page of `first` rows would
 * contain too few.
 */
function rowsAsked(search: ProductSearch): number {
  return isSifted(search) ? Math.max(search.first, siftedPage) : search.first;
}

const siftedPage = 100;

/** Whether the search is the same with and without `withTotal`, so that its total can always be returned. */
function isCountedUnasked({ features }: Operation): boolean {
  return features.has('name-is-contains') && !features.has('total-on-request');
}

/** Requests a probe of `_total` if the upstream stated no total without it. Later operations use the result. */
function wonderAboutTotals({ features }: Operation): void {
  if (features.evidence('total-on-request') === undefined) features.doubt('total-on-request');
}

/** A search, with its parameters and the test of each row. */
interface Rows {
  readonly search: ProductSearch;
  readonly parameters: SearchParameters;
  readonly check: Check;
  /** Names the elements and includes of the last search that was sent. */
  readonly brings: () => string;
}

function beginAt(asked: SearchParameters, at: Operation, { parameters, types }: Along): Promise<Page> {
  return createSearchSender(at).search(productType, [...asked, ...parameters], [productType, ...types]);
}

/** Names the elements and includes that are returned with each row. The links between pages keep them. */
export function bringing(at: Operation, along: Brought = alone): string {
  const asked = broughtBy(at, along);
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 10);
}

function broughtBy(at: Operation, { parameters, types }: Brought): SearchParameters {
  return createSearchSender(at).parameters(productType, parameters, [productType, ...types]);
}

interface Place {
  readonly page: Page;
  readonly skip: number;
  /** Whether this is the first page. */
  readonly isFirst: boolean;
}

/**
 * Reads the page that a cursor points to. The page's link returns the elements and includes that this operation
 * needs.
 */
async function resume(
  { link, skip, last }: Position,
  at: Operation,
  along: Along,
): Promise<Place | undefined> {
  const isNarrow = broughtBy(at, along).some(({ name }) => name === '_elements');
  try {
    const page = await at.client.page(link, { isNarrow });
    if (skip === 0) return { page, skip, isFirst: false };
    const row = rowOf(last, page);
    return row < 0 ? undefined : { page, skip: row + 1, isFirst: false };
  } catch (error) {
    if (hasExpired(error)) return undefined;
    throw error;
  }
}

/** Returns the index of a cursor's last row on a page; -1 if the row is not on the page. */
function rowOf(last: string, page: Page): number {
  const mark = markOf(last);
  return products(page).findIndex((product) => markOf(keyOf(product)) === mark);
}

async function find(last: string, first: Page, { client, ledger }: Operation): Promise<Place> {
  let page = first;
  for (;;) {
    const row = rowOf(last, page);
    if (row >= 0) return { page, skip: row + 1, isFirst: page === first };
    if (page.next === undefined)
      throw new PmsError(
        'BAD_CURSOR',
        'The row that this cursor points to no longer exists. Start the list again without "after".',
      );
    if (!ledger.mayPage())
      throw new PmsError(
        'UPSTREAM_INCOMPLETE',
        'The row that this cursor points to is too far down the list to be found again. Start the list again without "after".',
      );
    page = await client.page(page.next);
  }
}

/**
 * Whether the upstream's total is higher than the number of rows so far, although there is no link to further rows.
 */
function isStuck({ page, skip }: Place, { features }: Operation): boolean {
  const isLast = page.next === undefined && !page.hasLostWay;
  const isLong = features.evidence('next-links') === 'refuted' ? Number.POSITIVE_INFINITY : 0;
  return isLast && skip >= products(page).length && (page.total ?? isLong) > page.entries;
}

/** The `_count` for an upstream without `next` links, so that a single page contains as many rows as possible. */
const longestPage = 500;

function withCount(parameters: SearchParameters, count: number): SearchParameters {
  return parameters.map((each) => (each.name === '_count' ? { ...each, values: [count] } : each));
}

/** Collects `first` rows, from as many pages as needed. */
async function collect(
  from: Place,
  begin: () => Promise<Page>,
  { search, parameters, check, brings }: Rows,
  at: Operation,
  along: Along,
): Promise<Collected> {
  const { client, known, ledger, figures, counting } = at;
  const moves = createMoves(at, from.page);
  const asked = parameters.filter(({ name }) => !name.startsWith('_') || name === '_lastUpdated');
  let before: FhirResource | undefined;
  const rows = new Map<Key, Position>();
  const links = new Set<string>();
  const seen = new Set<Key>();
  const isIncluding = along.parameters.length > 0;
  // If the list is continued in the middle, the number of earlier rows is unknown.
  const count = createCount(at, from.isFirst ? from.page : undefined, { asked: rowsAsked(search) });
  let { page, skip } = from;
  let last: Key | undefined;
  let mayBeginAgain = true;
  /** Whether some row does not state the value that decides whether it matches. */
  let hasUntold = false;
  let oldest: Date | undefined;
  const result = async (mayHaveNext: boolean, judged: State | 'changed'): Promise<Collected> => {
    const state = judged === 'changed' ? cut('FEWER_THAN_TOTAL') : judged;
    const hasMoved = judged === 'changed' || (moves.hasMoved && mayBeOtherwise(judged));
    // A cursor needs a row that it can point to.
    const hasNext = mayHaveNext && rows.size > 0;
    const isComplete = state.kind === 'complete';
    const isWhole = !hasNext && !search.after && isComplete;
    const list: RootList = {
      refs: [...rows.keys()],
      positions: [...rows.values()],
      hasNext,
      total: isComplete && !hasUntold ? await total(isWhole) : null,
      state: isComplete && hasUntold ? untold : state,
      staleSince: oldest,
    };
    return { list, moves, hasMoved };
  };
  for (;;) {
    for (const { name } of asked)
      if (dropped(name, page)) throw ignored(`the search parameter "${name}"`, name);
    if (search.sort && page.ignored.has('_sort')) throw ignored('"sort"', '_sort');
    const found = products(page);
    figures.sawPage(found.length, rowsAsked(search), page.next === undefined, page.included.length);
    count.add(page);
    moves.add(page);
    oldest = earlier(oldest, staleSince([page]));
    along.visit(page);
    for (const [index, product] of found.entries()) {
      if (index < skip) continue;
      if (rows.size === search.first) return result(true, count.readable());
      last = keyOf(product);
      seen.add(last);
      if (before && isOutOfOrder(before, product, search)) throw ignored('"sort"', '_sort');
      before = product;
      const isWanted = check(product);
      hasUntold ||= isWanted === undefined;
      if (!isWanted) continue;
      const key = known.hold(product, page);
      // If later pages repeat a row, it is counted once.
      if (!rows.has(key))
        rows.set(key, placeAfter(index, found.length, page, { brings: brings(), last: key }));
    }
    if (page.next === undefined && !page.hasLostWay) {
      if (isIncluding && page.included.length > 0 && seen.size === from.page.total)
        counting.sawIncludedCounted(false);
      const state = await withoutDoubt(count.state(), from.page, 0, begin, at, {
        type: productType,
        asked: parameters,
        found: () => seen.size,
        hasIncluded: isIncluding,
      });
      // The page contains all requested rows. A longer page may contain more.
      const hasMore = state !== 'changed' && isCutAs(state, 'NO_NEXT_LINK') && rows.size === search.first;
      return hasMore ? result(true, count.readable()) : result(false, state);
    }
    // A `next` link may lead to an empty page. If the number of rows equals the total, no row follows.
    const isAll = from.isFirst && seen.size === from.page.total;
    if (rows.size === search.first) return result(!isAll, count.readable());
    if (page.next === undefined) return result(true, cut('PAGE_FAILED'));
    // If a link leads back to an earlier page, the chain of links would never end.
    if (links.has(page.next)) return result(true, cut('PAGE_FAILED'));
    links.add(page.next);
    // The number of requests for the selections below the rows grows with the number of rows.
    const share = Math.min(1, (rows.size + found.length) / search.first);
    if (!ledger.mayPage(share)) return result(true, cut('BUDGET'));
    try {
      ({ page, skip } = await next(page.next));
    } catch (error) {
      return result(true, whyCut(error));
    }
  }

  /** @param isWhole whether the rows are the complete list */
  async function total(isWhole: boolean): Promise<number | null> {
    if (isWhole) return rows.size;
    // The upstream's total also counts the rows that the service itself removes by name.
    if (isSifted(search)) return null;
    if (!search.withTotal && !isCountedUnasked(at)) return null;
    if (search.withTotal && from.page.total === undefined) wonderAboutTotals(at);
    // A total may count included entries, but not if the search has no includes.
    if (!isIncluding || counting.countsIncluded === false) return from.page.total ?? null;
    return search.withTotal ? ((await countAlone(from.page, parameters, at)) ?? null) : null;
  }

  /** Returns the page that a link leads to. If the link has expired, reads the list once from the first page on. */
  async function next(link: string): Promise<Place> {
    try {
      return { page: await client.page(link), skip: 0, isFirst: false };
    } catch (error) {
      if (!mayBeginAgain || !hasExpired(error) || last === undefined) throw error;
      mayBeginAgain = false;
      return find(last, await begin(), at);
    }
  }
}

/** Counts the rows by a search without includes, because the total of a page may also count included entries. */
async function countAlone(
  { included, total: before }: Page,
  parameters: SearchParameters,
  { client, counting }: Operation,
): Promise<number | undefined> {
  try {
    const { total } = await client.search(productType, withCount(parameters, 1));
    // If a row is deleted between the two searches, the total changes too, but usually by less.
    if (included.length > 0 && total !== undefined && before !== undefined)
      counting.sawIncludedCounted(before - total >= included.length);
    return total;
  } catch (error) {
    if (!isPmsError(error)) throw error;
    return undefined;
  }
}

/** Whether rows are not in the requested order of update times. The order of names is not checked. */
function isOutOfOrder(one: FhirResource, next: FhirResource, { sort }: ProductSearch): boolean {
  if (sort?.by !== 'UPDATED') return false;
  const [before, after] = [asSent(one).meta?.lastUpdated, asSent(next).meta?.lastUpdated];
  const step = Date.parse(after ?? '') - Date.parse(before ?? '');
  return sort.isDescending ? step > 0 : step < 0;
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
