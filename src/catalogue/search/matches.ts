/** Looks candidates through: which products meet all of a filter, in the order asked for. */
import { PmsError } from '../../errors.js';
import { isLinked, type Requirement } from '../../facts/requirements.js';
import type { FhirResource } from '../../fhir/resources.js';
import { compareKeys, type Key } from '../graph/key.js';
import { complete, unite, untold, type Relation, type State } from '../graph/relation.js';
import { productsAbove } from '../known/above.js';
import { haveRead, type Ask } from '../known/follow.js';
import { isHeld, type Candidates, type Known } from '../known/known.js';
import type { ProductSearch } from '../question/selection.js';
import { judge, namesOf } from './judge.js';
import { ordered } from './order.js';
import { recordsOf, stateOf } from './records.js';
import { sortLinks } from './subjects.js';
import { criteriaOf, isSatisfied, mostCandidates } from './ways.js';

export interface Matches {
  /** In the order asked for; without one, in the upstream's, or of their ids where other records led to them. */
  readonly rows: readonly Key[];
  readonly state: State;
}

/** Undefined while something has yet to be fetched, which is then asked for. @param deep whether more is asked of them */
export function matchesOf(
  candidates: Candidates,
  search: ProductSearch,
  known: Known,
  ask: Ask,
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

function missedBySpelling({ satisfied }: Candidates): State {
  const message = `Nothing was found by ${namesOf(satisfied)}. Records that spell it in another way than was searched for may be missing.`;
  return { kind: 'cut', reason: 'NOT_ALL_SEARCHABLE', message };
}

function failed(error: PmsError): Matches {
  return { rows: [], state: { kind: 'failed', error } };
}

interface Passed {
  readonly rows: readonly Key[];
  /** Why there may be others. */
  readonly states: readonly State[];
  /** Products that do not tell. */
  readonly untold: number;
  /** What names something that nothing bears. */
  readonly stranger: Requirement | undefined;
}

/** Undefined while something has yet to be fetched, which is then asked for. */
function lookThrough(
  products: readonly Key[],
  requirements: readonly Requirement[],
  known: Known,
  ask: Ask,
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

/** Fetches nothing. */
const noAsk: Ask = { children: () => undefined, read: () => undefined };

/** The same by what the records of all products tell beside; undefined where that is nothing new. */
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
        const found = recordsOf(subject, product, known, noAsk);
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
    `${namesOf(parts)} names what no term known here and no product looked through bears. Check its spelling, or give its code.`,
  );
}

/** Products that other records led to come in the order of their ids. */
function productsOf({ found, state }: Candidates, known: Known, ask: Ask): Relation | undefined {
  const reached = found.map((key) => productsAbove(key, known, ask));
  if (reached.some((relation) => !relation)) return undefined;
  const all = unite([{ refs: [], unresolved: [], state }, ...reached.flatMap((relation) => relation ?? [])]);
  const isAbove = reached.some((relation, index) => relation?.refs[0] !== found[index]);
  return isAbove ? { ...all, refs: [...all.refs].sort(compareKeys) } : all;
}

/** What could be applied to other products is nothing that the upstream lacks altogether: some records are out of reach. */
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

/** @returns UPSTREAM_UNSUPPORTED naming what would work */
export function tooMany(search: ProductSearch): PmsError {
  const given = criteriaOf(search).parts.map(({ part }) => part);
  const what = search.sort && given.length === 0 ? '"sort"' : namesOf(given);
  // What was given already narrows no further.
  const others = (['name', 'identifier', 'ids'] as const).filter((part) => !given.includes(part));
  return new PmsError(
    'UPSTREAM_UNSUPPORTED',
    `${what || 'This'} finds more than the ${mostCandidates} products that can be looked through here. Narrow it by ${alternatives.format(others.map((part) => `"filter.${part}"`))}.`,
  );
}
