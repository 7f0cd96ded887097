/** What a search that was read to its end proves: that what it did not find does not exist, or that it found all. */
import { isPmsError, PmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import type { Key } from '../graph/key.js';
import { isHeld, type Missing } from '../known/known.js';
import { Spent } from './ledger.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameters } from '../../fhir/search.js';
import { complete, type State } from '../graph/relation.js';
import { dropped, ignored } from './ignored.js';
import { isCutAs, readToEnd, unread } from './pages.js';
import type { Operation } from './profile.js';

/**
 * Reads a search for ids to its end.
 * @param asked what `begin` searches for
 * @returns why those keys are missing that no page brings; undefined where the search was refused
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
    const state = await readToEnd(begin, at, visit);
    const found = (): number => keys.filter((key) => isHeld(at.known.reading(key))).length;
    // What was included is counted by nobody here.
    const ids = asked.filter(({ name }) => name === '_id');
    const whole = await withoutDoubt(state, found, at, type, ids, hasIncludes(asked));
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

/** What a search that was read to its end does not have does not exist; else that is not known. */
export function whyMissing(state: State): Missing {
  if (state.kind === 'complete') return 'absent';
  if (state.kind === 'failed') return state.error;
  if (state.reason === 'TIME' || state.reason === 'BUDGET') return unread(new Spent(state.reason));
  return new PmsError(
    'UPSTREAM_INCOMPLETE',
    'Something referred to was not read: the upstream’s list of such records is not whole.',
  );
}

/** What is said of a record that cannot be asked for. */
export function unaskable(key: Key): PmsError {
  return new PmsError(
    'UPSTREAM_UNSUPPORTED',
    `${key} has an id that FHIR does not allow: the upstream cannot be asked for it. Reach it by what it belongs to.`,
  );
}

/** @throws UPSTREAM_UNSUPPORTED when what came was not asked for */
export function refuseIfOthers(type: ResourceType, ids: ReadonlySet<string>, page: Page): void {
  const isForeign = page.resources.some(({ resourceType, id }) => resourceType !== type || !ids.has(id));
  if (isForeign || dropped('_id', page)) throw ignored('which records were asked for');
}

/**
 * A total may be an estimate, or count what is included: where it says that something is missing, the upstream is asked
 * to count, once.
 * @param found how many records came
 * @param asked what was searched for, without includes
 * @param hasIncluded whether something was included as well
 */
export async function withoutDoubt(
  state: State,
  found: () => number,
  { client, figures }: Pick<Operation, 'client' | 'figures'>,
  type: ResourceType,
  asked: SearchParameters,
  hasIncluded = false,
): Promise<State> {
  if (!isCutAs(state, 'FEWER_THAN_TOTAL', 'NO_NEXT_LINK')) return state;
  // Who counts the rows of a page counts those of one that was asked for so as well.
  if (figures.countsPages) return state;
  if (figures.overstatesTotals) return complete;
  try {
    const total = await countAnew(client, type, asked);
    if (total === undefined || total > found()) return state;
    if (hasIncluded) figures.sawIncludedCounted(true);
    else figures.sawTotalOverstated();
    return complete;
  } catch (error) {
    if (!isPmsError(error)) throw error;
    return state;
  }
}

/** How many rows a search has, includes apart; undefined where the upstream does not tell. */
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
