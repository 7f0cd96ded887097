/** Tests candidate products one by one. Returns those that meet the whole filter, in the requested order. */
import { PmsError } from '../../errors.js';
import { isLinked, type Requirement } from '../../facts/requirements.js';
import type { FhirResource } from '../../fhir/resources.js';
import { compareKeys, type Key } from '../graph/key.js';
import { complete, unite, untold, type Relation, type State } from '../graph/relation.js';
import { productsAbove, productsNamed } from '../known/above.js';
import { fetchNothing, haveRead, type Fetches } from '../known/follow.js';
import { isHeld, type Candidates, type Known } from '../known/known.js';
import type { ProductSearch } from '../question/selection.js';
import { judge, namesOf } from './judge.js';
import { ordered } from './order.js';
import { recordsOf, stateOf } from './records.js';
import { sortLinks } from './subjects.js';
import { criteriaOf, isSatisfied, mostCandidates } from './ways.js';

export interface Matches {
  /**
   * The matching products in the requested order. If no order is requested, they have the upstream's order. If the
   * search found other records than products, they are ordered by id.
   */
  readonly rows: readonly Key[];
  readonly state: State;
}

/**
 * Returns the matching products; undefined while records must still be fetched. The function `ask` requests these
 * records.
 * @param deep whether the operation also reads records that belong to the products
 */
export function matchesOf(
  candidates: Candidates,
  search: ProductSearch,
  known: Known,
  ask: Fetches,
  deep: boolean,
): Matches | undefined {
  const requirements = criteriaOf(search).requirements.filter(
    (requirement) => !isSatisfied(requirement, candidates.satisfied),
  );
  const found = productsOf(candidates, known, ask);
  if (!found) return undefined;
  const products = { ...found, refs: found.refs.filter((key) => key !== search.except) };
  if (products.refs.length > mostCandidates) return failed(tooMany(search));
  const isDeep = deep || requirements.some(isLinked) || sortLinks(search).length > 0;
  if (!haveRead(products.refs, known, ask, isDeep)) return undefined;
  const first = lookThrough(products.refs, requirements, known, ask);
  const informed = first && informedBy(products.refs, requirements, known);
  const passed = informed ? lookThrough(products.refs, informed, known, ask) : first;
  const sorted = passed && ordered(passed.rows, search, known, ask);
  if (!passed || !sorted) return undefined;
  if (passed.stranger) return failed(unknownTo(passed.stranger));
  const isMissed = sorted.length === 0 && candidates.mayBeSpelledOtherwise;
  const state = worstOf([
    candidates.state,
    products.state,
    ...passed.states,
    ...(isMissed ? [missedBySpelling(candidates)] : []),
  ]);
  return { rows: sorted, state: state === untold ? { ...untold, count: passed.untold } : state };
}

/** Returns the rows of a list before their records are read; undefined if the rows depend on the records. */
export function rowsForeseen(
  candidates: Candidates,
  search: ProductSearch,
  known: Known,
): readonly Key[] | undefined {
  const { requirements } = criteriaOf(search);
  const isOpen = requirements.some((requirement) => !isSatisfied(requirement, candidates.satisfied));
  if (isOpen || search.after || sortLinks(search).length > 0) return undefined;
  const named = candidates.found.map((key) => productsNamed(key, known));
  const products = new Set(named.flatMap((keys) => keys ?? []));
  return named.includes(undefined) || products.size > search.first ? undefined : [...products];
}

function missedBySpelling({ satisfied }: Candidates): State {
  const message = `The search by ${namesOf(satisfied)} found nothing. Products whose records use another spelling may be missing.`;
  return { kind: 'cut', reason: 'NOT_ALL_SEARCHABLE', message };
}

function failed(error: PmsError): Matches {
  return { rows: [], state: { kind: 'failed', error } };
}

interface Passed {
  readonly rows: readonly Key[];
  /** The reasons why more products may match. */
  readonly states: readonly State[];
  /** The number of products that do not state the tested value. */
  readonly untold: number;
  /** A requirement that no product meets and whose value this service does not know. */
  readonly stranger: Requirement | undefined;
}

/**
 * Returns the products that meet all requirements; undefined while records must still be fetched. The function `ask`
 * requests these records.
 */
function lookThrough(
  products: readonly Key[],
  requirements: readonly Requirement[],
  known: Known,
  ask: Fetches,
): Passed | undefined {
  const rows: Key[] = [];
  const states: State[] = [];
  const doubtful = new Set(requirements.filter(isDoubtful));
  let [isPending, isDoubted, isApplied] = [false, false, false];
  for (const product of products) {
    const reading = known.reading(product);
    if (reading instanceof PmsError) states.push(stateOf(reading));
    if (!isHeld(reading)) continue;
    const verdict = judge(requirements, product, known, ask, (requirement, isMet) => {
      isDoubted ||= doubtful.has(requirement);
      if (isMet === false) doubtful.delete(requirement);
      isApplied ||= isLinked(requirement) && typeof isMet === 'boolean';
    });
    if (verdict === 'pending') isPending = true;
    else if (verdict === true) rows.push(product);
    else if (verdict !== false) states.push(verdict);
  }
  if (isPending) return undefined;
  return {
    rows,
    states: isApplied ? states.map(withoutRefusal) : states,
    untold: states.filter((state) => state === untold).length,
    stranger: isDoubted ? [...doubtful][0] : undefined,
  };
}

/**
 * Returns the requirements with more exact tests, which use information from the records of all products; undefined
 * if the records add no information.
 */
function informedBy(
  products: readonly Key[],
  requirements: readonly Requirement[],
  known: Known,
): readonly Requirement[] | undefined {
  let isNew = false;
  const informed = requirements.map((requirement) => {
    if (requirement.kind !== 'whole' || !requirement.testBy) return requirement;
    const records = requirement.with.flatMap((subject) =>
      products.flatMap((product): readonly FhirResource[] => {
        const found = recordsOf(subject, product, known, fetchNothing);
        return found?.records ?? [];
      }),
    );
    const test = requirement.testBy(records);
    isNew ||= test !== undefined;
    return test ? { ...requirement, test } : requirement;
  });
  return isNew ? informed : undefined;
}

function isDoubtful(requirement: Requirement): boolean {
  return requirement.kind === 'whole' && requirement.isDoubtful;
}

function unknownTo({ parts }: Requirement): PmsError {
  return new PmsError(
    'BAD_USER_INPUT',
    `${namesOf(parts)} matches no term that this service knows, and none of the products that it checked. Check the spelling, or give the code.`,
  );
}

/** Returns the products of the candidates. If the candidates are other records, the products are ordered by id. */
function productsOf({ found, state }: Candidates, known: Known, ask: Fetches): Relation | undefined {
  const reached = found.map((key) => productsAbove(key, known, ask));
  if (reached.some((relation) => !relation)) return undefined;
  const all = unite([{ refs: [], unresolved: [], state }, ...reached.flatMap((relation) => relation ?? [])]);
  const isAbove = reached.some((relation, index) => relation?.refs[0] !== found[index]);
  return isAbove ? { ...all, refs: [...all.refs].sort(compareKeys) } : all;
}

/** The upstream supports the filter, because it worked for other products. Only some records cannot be read. */
function withoutRefusal(state: State): State {
  const isRefused = state.kind === 'failed' && state.error.code === 'UPSTREAM_UNSUPPORTED';
  return isRefused ? { kind: 'cut', reason: 'OUT_OF_REACH' } : state;
}

function worstOf(states: readonly State[]): State {
  const failed = states.find(
    (state) => state.kind === 'failed' && state.error.code === 'UPSTREAM_UNSUPPORTED',
  );
  if (failed) return failed;
  const cut = states.find(({ kind }) => kind === 'cut');
  if (cut) return cut;
  return states.some(({ kind }) => kind === 'failed') ? { kind: 'cut', reason: 'PAGE_FAILED' } : complete;
}

const alternatives = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** Returns the error UPSTREAM_UNSUPPORTED. Its message names filter fields that make the search narrower. */
export function tooMany(search: ProductSearch): PmsError {
  const given = criteriaOf(search).parts.map(({ part }) => part);
  const what = search.sort && given.length === 0 ? '"sort"' : namesOf(given);
  // The message does not suggest filter fields that the search already uses.
  const others = (['name', 'identifier', 'ids'] as const).filter((part) => !given.includes(part));
  return new PmsError(
    'UPSTREAM_UNSUPPORTED',
    `${what || 'This filter'} finds more than ${mostCandidates} products, too many to check one by one. Narrow it by ${alternatives.format(others.map((part) => `"filter.${part}"`))}.`,
  );
}
