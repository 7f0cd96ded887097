/** Computes the rows of a list from the targets of a link. The fetch waves and the response builder share it. */
import {
  type Position,
  valueQuestion,
  isRoot,
  searchQuestion,
  termsQuestion,
  type ListArgs,
  type ProductSearch,
  type RootName,
} from '../question/selection.js';
import { PmsError } from '../../errors.js';
import { unlessOdd } from '../../fhir/elements.js';
import { isFhirId } from '../../fhir/reference.js';
import type { ResourceType } from '../../fhir/resources.js';
import { follow, haveRead, type Fetches } from '../known/follow.js';
import type { RootFetches } from '../known/next-fetches.js';
import { filters } from '../graph/filters.js';
import { lookUp, nothingFound, termsIn, type LookedUp } from '../lookup/lookup.js';
import { equivalentsOf } from '../search/equivalents.js';
import { matchesOf } from '../search/matches.js';
import {
  compareKeys,
  idOf,
  inOrder,
  isHashed,
  isOfType,
  markOf,
  ROOT,
  typeOf,
  type Key,
} from '../graph/key.js';
import {
  isHeld,
  isValuePage,
  type Candidates,
  type FoundByCall,
  type Known,
  type ListedRows,
} from '../known/known.js';
import { elementsRead, type Link } from '../graph/link.js';
import { links, type LinkName } from '../graph/links.js';
import { complete, mayBeMended, untold, type State } from '../graph/relation.js';
import { isSubstanceKey, substanceKeysIn, substanceOfKey, unnamedSubstance } from '../graph/substance-key.js';

const productType = 'MedicinalProductDefinition';

/** The rows of one list. */
export interface Listed extends ListedRows {
  /** For `terms`: the matches of each term. */
  readonly lookups?: readonly LookedUp[];
  /** For `value`: the result of the query. If the result has pages, `values` contains its rows. */
  readonly value?: unknown;
  readonly values?: readonly unknown[];
  /** For `value`: the cursor position after each row. */
  readonly places?: readonly unknown[];
  /** For `products`: the details of a full-text search. */
  readonly called?: FoundByCall;
  /** For `products`: the cursor position after each row, in the upstream's order. */
  readonly positions?: readonly Position[];
}

/**
 * Filters and sorts the rows, and cuts them to the requested page. Returns undefined while records must still be
 * fetched. The function `ask` requests these records.
 * @param deep whether the operation follows links from the rows
 */
export function list(
  link: LinkName | RootName,
  parent: Key,
  args: ListArgs,
  known: Known,
  ask: Fetches & RootFetches,
  deep = false,
): Listed | undefined {
  if (!isRoot(link)) return listChildren(link, parent, args, known, ask, deep);
  if (link === 'products') return listProducts(parent, args, known, ask, deep);
  if (link === 'value') return listAnswer(args, known, ask);
  return link === 'terms' ? listTerms(args, known, ask, deep) : listResources(args, known, ask, deep);
}

/**
 * Lists products: those of a search, of one substance, of the substances that a record states, or those equivalent to
 * a product.
 */
function listProducts(
  parent: Key,
  args: ListArgs,
  known: Known,
  ask: Fetches & RootFetches,
  deep: boolean,
): Listed | undefined {
  const { search, substances } = args;
  if (!search) throw new TypeError('A list of products must have a search.');
  if (parent === ROOT) return listFound(search, parent, known, ask, deep);
  if (isSubstanceKey(parent)) return listFound(ofSubstance(parent, search), parent, known, ask, deep);
  if (isOfType(parent, productType) && !substances) return listEquivalents(parent, search, known, ask, deep);
  const record = known.reading(parent);
  if (!isHeld(record) || !substances) return noRows;
  // A malformed element causes an error in the field that returns the substance, not here.
  const named = unlessOdd(() => substanceKeysIn(record.resource, substances)) ?? [];
  const all = named.map((substance) => listProducts(substance, args, known, ask, deep));
  if (all.includes(undefined)) return undefined;
  return { ...noRows, refs: [...new Set(all.flatMap((listed) => listed?.refs ?? []))] };
}

/** If a product does not state a compared value, it is unknown which products are equivalent to it. */
function listEquivalents(
  product: Key,
  search: ProductSearch,
  known: Known,
  ask: Fetches & RootFetches,
  deep: boolean,
): Listed | undefined {
  const { after, filter } = search;
  if (after && after.parent !== markOf(product)) return failed(foreignCursor());
  if (!filter.equivalentTo) throw new TypeError('A search for equivalents must say what is compared.');
  const asked = equivalentsOf(product, search, filter.equivalentTo, known, ask);
  if (!asked || 'filter' in asked) return asked && listFound(asked, product, known, ask, deep);
  return asked.kind === 'failed' ? failed(asked.error) : { ...noRows, state: asked };
}

/** Adds the substance to a search. Returns an error if the cursor belongs to the list of another substance. */
function ofSubstance(substance: Key, search: ProductSearch): ProductSearch | PmsError {
  if (substance === unnamedSubstance)
    return new PmsError(
      'UPSTREAM_UNSUPPORTED',
      'The record states neither a code nor a name for this substance, so products cannot be searched by this substance.',
    );
  if (search.after && search.after.parent !== markOf(substance)) return foreignCursor();
  return { ...search, filter: { ...search.filter, substance: [substanceOfKey(substance)] } };
}

function foreignCursor(): PmsError {
  return new PmsError(
    'BAD_CURSOR',
    '"after" must be a cursor that this list returned for the same arguments.',
  );
}

function placeLost(): PmsError {
  return new PmsError(
    'BAD_CURSOR',
    'The row that this cursor points to no longer exists. Start the list again without "after".',
  );
}

/** The result of a list that has no rows. */
const noRows: Listed = { refs: [], dangling: [], hasNext: false, total: null, state: complete };

function listFound(
  search: ProductSearch | PmsError,
  parent: Key,
  known: Known,
  ask: Fetches & RootFetches,
  deep: boolean,
): Listed | undefined {
  if (search instanceof PmsError) return failed(search);
  const rows = known.rootList(searchQuestion(search));
  if (!rows) {
    ask.products(search);
    return undefined;
  }
  if (rows instanceof PmsError) return failed(rows);
  return 'found' in rows ? listMatches(rows, search, parent, known, ask, deep) : { ...rows, dangling: [] };
}

function listMatches(
  candidates: Candidates,
  search: ProductSearch,
  parent: Key,
  known: Known,
  ask: Fetches,
  deep: boolean,
): Listed | undefined {
  const matches = matchesOf(candidates, search, known, ask, deep);
  if (!matches) return undefined;
  const { rows, state } = matches;
  if (state.kind === 'failed') return failed(state.error);
  const { first, after, withTotal, sort } = search;
  const isComplete = state.kind === 'complete';
  const start = after?.last ? rows.findIndex((row) => markOf(row) === markOf(after.last)) + 1 : 0;
  // If the list is incomplete, the row of the cursor may be among the missing rows. Then the list starts again from its
  // first row.
  if (after?.last && start === 0 && isComplete) return failed(placeLost());
  const refs = rows.slice(start, start + first);
  const onwards = goesOn(state, refs.length, rows.length - start, after?.shown);
  const placeAfter = (last: Key): Position => ({
    brings: '',
    link: '',
    skip: 0,
    last: onwards.again === undefined ? last : (after?.last ?? ''),
    ...(onwards.again === undefined ? {} : { shown: onwards.again }),
    ...(sort ? { language: sort.language } : {}),
  });
  return {
    refs,
    dangling: [],
    // A cursor of a root list needs a row that it can point to. Other lists can use their parent's cursor.
    hasNext: onwards.hasNext && (refs.length > 0 || parent !== ROOT),
    ...(onwards.again === undefined ? {} : { again: onwards.again }),
    total: withTotal && isComplete ? rows.length : null,
    state,
    staleSince: candidates.staleSince,
    positions: refs.map(placeAfter),
  };
}

/** Lists the products that any of the terms means, and the packages that have a term as their number. */
function listTerms(
  { terms = [] }: ListArgs,
  known: Known,
  ask: Fetches & RootFetches,
  deep: boolean,
): Listed | undefined {
  const given = termsIn(terms);
  const finds = given.length === 0 ? nothingFound : known.termFinds(termsQuestion(given));
  if (!finds) {
    ask.terms(given);
    return undefined;
  }
  if (finds instanceof PmsError) return failed(finds);
  const result = lookUp(terms, finds, known, ask, deep);
  if (!result) return undefined;
  const { refs, lookups, state } = result;
  const { staleSince } = finds;
  return { refs, lookups, dangling: [], hasNext: false, total: refs.length, state, staleSince };
}

/** Lists the rows of a value query. The rows are not records, and there may be further pages. */
function listAnswer({ asked }: ListArgs, known: Known, ask: RootFetches): Listed | undefined {
  if (!asked) throw new TypeError('A question for a value must be given.');
  const answer = known.answer(valueQuestion(asked));
  if (!answer) {
    ask.asked(asked);
    return undefined;
  }
  const { value } = answer;
  if (value instanceof PmsError) return failed(value);
  if (!isValuePage(value)) return { ...noRows, value };
  const { rows, hasNext, total, state, staleSince } = value;
  return {
    ...noRows,
    refs: rows.map(({ key }) => key),
    values: rows.map((row) => row.value),
    places: rows.map(({ place }) => place),
    hasNext,
    total,
    state,
    staleSince,
  };
}

/** Lists records in the order of their keys. A key whose record does not exist is returned as dangling. */
function listResources(args: ListArgs, known: Known, ask: Fetches, deep: boolean): Listed | undefined {
  const { keys = [], within } = args;
  if (!haveRead(keys, known, ask, deep, within)) return undefined;
  const owned = new Map(keys.map((key) => [key, isOwned(key, within, known, ask)]));
  if ([...owned.values()].includes(undefined)) return undefined;
  const error = firstFailure(keys, known);
  const refs = keys.filter((key) => isHeld(known.reading(key)) && owned.get(key));
  const dangling = keys.filter((key) => isAbsent(key, known));
  // If a record cannot be read, links are still followed from the other records.
  const state: State = error ? { kind: 'failed', error } : complete;
  return { refs, dangling, hasNext: false, total: refs.length, state };
}

/** The links from records to the product that they belong to. */
const owners: Readonly<Partial<Record<ResourceType, LinkName>>> = {
  PackagedProductDefinition: 'package.products',
};

/** Returns the elements that show whether a record belongs to a product. */
export function elementsOfOwners(type: ResourceType): ReturnType<typeof elementsRead> {
  const owner = owners[type];
  return owner ? elementsRead(links[owner]) : [];
}

/**
 * Whether a record belongs to the given product. An upstream that reads the record by its id returns it whatever the
 * product is. This check makes the results of all profiles equal. A record that refers to no product belongs to the
 * product in whose bundle it was.
 */
function isOwned(key: Key, product: Key | undefined, known: Known, ask: Fetches): boolean | undefined {
  const owner = product === undefined ? undefined : owners[typeOf(key)];
  if (owner === undefined || product === undefined || !isHeld(known.reading(key))) return true;
  const relation = follow(links[owner], key, known, ask);
  return relation && (relation.refs.length === 0 || relation.refs.includes(product));
}

function listChildren(
  link: LinkName,
  parent: Key,
  args: ListArgs,
  known: Known,
  ask: Fetches,
  deep: boolean,
): Listed | undefined {
  // The waves have already computed the list.
  const before = known.listed(link, args, parent);
  if (before) return before;
  const listed = rowsOf(link, parent, args, known, ask, deep);
  if (listed) known.settleListed(link, args, parent, listed);
  return listed;
}

function rowsOf(
  link: LinkName,
  parent: Key,
  args: ListArgs,
  known: Known,
  ask: Fetches,
  deep: boolean,
): Listed | undefined {
  const { after, first } = args;
  if (after && after.parent !== markOf(parent)) return failed(foreignCursor());
  const relation = follow(links[link], parent, known, ask);
  if (!relation) return undefined;
  const held: Key[] = [];
  const absent: Key[] = [];
  let isUnseen = false;
  let isPending = false;
  let failure: PmsError | undefined;
  for (const ref of relation.refs) {
    const reading = known.reading(ref);
    if (isHeld(reading)) held.push(ref);
    else if (reading === undefined) {
      ask.read(ref, deep, parent);
      isPending = true;
    } else if (reading instanceof PmsError && isFhirId(idOf(ref))) failure ??= reading;
    else {
      // A record whose id violates FHIR's rules cannot be looked up.
      absent.push(ref);
      isUnseen ||= reading === 'unseen';
    }
  }
  if (isPending) return undefined;
  if (relation.state.kind === 'failed') failure = relation.state.error;
  if (failure) return failed(failure);
  const isOutOfReach = isUnseen && isOutward(links[link]);
  const { rows: passed, isTold } = passing(held, args.where, known);
  const told: State = isTold || relation.state.kind !== 'complete' ? relation.state : untold;
  const state = isOutOfReach ? outOfReach : told;
  const isComplete = state.kind === 'complete';
  const dangling = isOutOfReach ? relation.unresolved : absent.concat(relation.unresolved);
  const rows = inOrder(passed);
  const rest = after ? behind(rows, after.last) : rows;
  if (!rest) return failed(placeLost());
  const refs = first === undefined || first >= rest.length ? rest : rest.slice(0, first);
  return {
    refs,
    dangling,
    isAllDangling: held.length === 0 && dangling.length > 0,
    ...goesOn(state, refs.length, rest.length, after?.shown),
    total: isComplete ? rows.length : null,
    state,
    staleSince: relation.staleSince,
  };
}

/**
 * Returns the rows after a cursor's row, even if that row no longer exists; undefined if the cursor has only a hash
 * of its key, and no row has this hash.
 */
function behind(rows: readonly Key[], last: string): readonly Key[] | undefined {
  if (!isHashed(last)) return rows.filter((row) => compareKeys(row, last) > 0);
  const at = rows.findIndex((row) => markOf(row) === last);
  return at < 0 ? undefined : rows.slice(at + 1);
}

/**
 * Returns whether a list continues, and from which row. If a retry may return missing rows, the cursor leads back to
 * the start of the page, so that no row is skipped. If a retry returns no more rows than before, the list ends.
 * @param shown the number of rows from the start of the page when the list was last incomplete
 */
function goesOn(
  state: State,
  rows: number,
  rest: number,
  shown: number | undefined,
): Pick<ListedRows, 'hasNext' | 'again'> {
  const isAgain = mayBeMended(state);
  if (isAgain && (shown === undefined || rest > shown)) return { hasNext: true, again: rest };
  return { hasNext: rows < rest };
}

const outOfReach: State = { kind: 'cut', reason: 'OUT_OF_REACH' };

/**
 * Whether the link's targets may belong to another product. A target that is not in this product's bundle may then
 * exist nevertheless.
 */
function isOutward(link: Link): boolean {
  return link.kind === 'forward' && link.leadsOut;
}

function isAbsent(key: Key, known: Known): boolean {
  const reading = known.reading(key);
  return reading === 'absent' || reading === 'unseen';
}

function failed(error: PmsError): Listed {
  return { refs: [], dangling: [], hasNext: true, total: null, state: { kind: 'failed', error } };
}

function firstFailure(keys: readonly Key[], known: Known): PmsError | undefined {
  for (const key of keys) {
    const reading = known.reading(key);
    if (reading instanceof PmsError) return reading;
  }
  return undefined;
}

/** Returns the rows that pass all filters. Also returns whether each of the other rows certainly fails a filter. */
function passing(
  keys: Key[],
  where: ListArgs['where'],
  known: Known,
): { readonly rows: Key[]; readonly isTold: boolean } {
  if (!where) return { rows: keys, isTold: true };
  const tests = Object.entries(where).map(([name, value]) => {
    const filter = filters[name];
    if (!filter) throw new TypeError('This filter of a list does not exist.');
    return filter.of(value);
  });
  let isTold = true;
  const rows = keys.filter((key) => {
    const reading = known.reading(key);
    if (!isHeld(reading)) return false;
    const verdicts = new Set(tests.map((test) => unlessOdd(() => test(reading.resource))));
    if (verdicts.has(false)) return false;
    isTold &&= !verdicts.has(undefined);
    return !verdicts.has(undefined);
  });
  return { rows, isTold };
}
