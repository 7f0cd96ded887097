/**
 * Reads searches to the last page, and concludes from the result that records do not exist, or that a list is
 * complete.
 */
import { isPmsError, PmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import type { Key } from '../graph/key.js';
import { isHeld, type Missing } from '../known/known.js';
import { Spent } from './ledger.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameters } from '../../fhir/search.js';
import { complete, type State } from '../graph/relation.js';
import { dropped, ignored } from './ignored.js';
import type { Trait } from '../upstream/passing-traits.js';
import { cut, isCutAs, readToEnd, unread, type Reader, type Visit } from './pages.js';
import type { Operation } from './profile.js';

/**
 * Reads a search by ids to the last page.
 * @param asked the parameters of the search that `begin` sends
 * @returns for each key that was not found, the reason; undefined if the upstream refused the search
 */
export async function unreadIn(
  keys: readonly Key[],
  at: Operation,
  type: ResourceType,
  asked: SearchParameters,
  begin: () => Promise<Page>,
  visit: (page: Page) => void,
  onRefused: () => void,
): Promise<Map<Key, Missing> | undefined> {
  try {
    const found = (): number => keys.filter((key) => isHeld(at.known.reading(key))).length;
    // Included records are not results of the search by ids.
    const ids = asked.filter(({ name }) => name === '_id');
    const counted = { type, asked: ids, found, hasIncluded: hasIncludes(asked) };
    const whole = await readSurely(begin, at, visit, counted);
    return new Map(keys.map((key) => [key, whyMissing(whole)]));
  } catch (error) {
    if (!isPmsError(error)) throw error;
    if (error.code !== 'UPSTREAM_UNSUPPORTED') return new Map(keys.map((key) => [key, unread(error)]));
    onRefused();
    return undefined;
  }
}

function hasIncludes(asked: SearchParameters): boolean {
  return asked.some(({ name }) => name === '_include' || name === '_revinclude');
}

/**
 * Returns why a search did not return a record. If the search was read to the last page, the record does not exist.
 * Otherwise it may exist.
 */
export function whyMissing(state: State): Missing {
  if (state.kind === 'complete') return 'absent';
  if (state.kind === 'failed') return state.error;
  if (state.reason === 'TIME' || state.reason === 'BUDGET') return unread(new Spent(state.reason));
  return new PmsError(
    'UPSTREAM_INCOMPLETE',
    'A referenced record could not be read, because the upstream returned only a part of the list that contains it.',
  );
}

/** Returns the error for a record whose id violates FHIR's rules, so that no request for it can be sent. */
export function unaskable(key: Key): PmsError {
  return new PmsError(
    'UPSTREAM_UNSUPPORTED',
    `FHIR does not allow the id of ${key}, so the record cannot be read by its id. Select it through the record that it belongs to.`,
  );
}

/** @throws UPSTREAM_UNSUPPORTED if a page contains records that do not match the search */
export function refuseIfOthers(type: ResourceType, ids: ReadonlySet<string>, page: Page): void {
  const isForeign = page.resources.some(({ resourceType, id }) => resourceType !== type || !ids.has(id));
  if (isForeign || dropped('_id', page)) throw ignored('the search parameter "_id"');
}

/** A list whose rows are counted exactly if its pages contain fewer rows than their total states. */
export interface Counted {
  readonly type: ResourceType;
  /** The parameters of the search, without includes. */
  readonly asked: SearchParameters;
  /**
   * Returns the number of records received.
   * @param reading the number of the attempt; the first is 0
   */
  readonly found: (reading: number) => number;
  /** Whether the search includes other records. @default false */
  readonly hasIncluded?: boolean;
}

/**
 * Reads a search to the last page. If there are fewer rows than the total states, it checks the total, and reads the
 * list again if the list has changed.
 */
export async function readSurely(
  begin: () => Promise<Page>,
  at: Operation,
  visit: Visit,
  counted: Counted,
): Promise<State> {
  let first: Page | undefined;
  let last = 0;
  const begun = async (): Promise<Page> => (first = await begin());
  const read = (from: number): Promise<State> =>
    readToEnd(
      begun,
      at,
      (page, reading) => {
        last = reading;
        visit(page, reading);
      },
      false,
      from,
    );
  const state = await read(0);
  if (!first) return state;
  const verdict = await withoutDoubt(state, first, last, begin, at, counted);
  if (verdict !== 'changed') return verdict;
  if (!at.ledger.mayPage()) return cut('BUDGET');
  const again = await read(last + 1);
  const settled = await withoutDoubt(again, first, last, begin, at, counted);
  return settled === 'changed' ? again : settled;
}

/**
 * Checks the total of a list that seems to lack rows. The total may be an estimate, or may count included records.
 * One more search requests an exact count. If the total is still the same, it is simply too high; otherwise the list
 * has changed.
 * @param first the page that states the total
 * @param reading the number of the attempt that found fewer rows
 */
export async function withoutDoubt(
  state: State,
  first: Page,
  reading: number,
  begin: () => Promise<Page>,
  { client, figures, counting, ledger }: Reader,
  { type, asked, found, hasIncluded = false }: Counted,
): Promise<State | 'changed'> {
  const trait: Trait = `overstates ${questionOf(type, asked)}`;
  if (!isCutAs(state, 'FEWER_THAN_TOTAL', 'NO_NEXT_LINK')) {
    const isExact = !hasIncluded && state.kind === 'complete' && first.total === found(reading);
    if (isExact && first.total !== 0) figures.traits.noteWithout(trait);
    return state;
  }
  // If the totals of an upstream count only the rows of a page, its exact count would do the same.
  if (counting.countsPages) return state;
  const list = JSON.stringify([asked, first.total, found(reading)]);
  if (!hasIncluded && figures.traits.has(trait, list)) return complete;
  try {
    const total = await countAnew(client, type, asked);
    if (total === undefined || total > found(reading)) return state;
    if (!ledger.mayPage()) return state;
    client.bypassCopies();
    const { total: after } = await begin();
    if (after !== first.total) return 'changed';
    if (hasIncluded) counting.sawIncludedCounted(true);
    else figures.traits.note(trait, list);
    return complete;
  } catch (error) {
    if (!isPmsError(error)) throw error;
    return state;
  }
}

function questionOf(type: ResourceType, asked: SearchParameters): string {
  const names = asked
    .map(({ name }) => name)
    .filter((name) => !['_count', '_total', '_elements'].includes(name));
  return `${type}?${[...new Set(names)].sort().join('&')}`;
}

/** Returns the number of rows of a search, without included records; undefined if the upstream states no total. */
export async function countAnew(
  client: Operation['client'],
  type: ResourceType,
  asked: SearchParameters,
): Promise<number | undefined> {
  const { total } = await client.search(type, [
    ...asked.filter(({ name }) => name !== '_count' && name !== '_total'),
    { name: '_total', values: ['accurate'] },
    { name: '_count', values: [1] },
  ]);
  return total;
}
