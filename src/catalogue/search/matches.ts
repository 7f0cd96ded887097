/** Looks candidates through: which products meet all of a filter, in the order asked for. */
import type { Subject, Test, Told } from '../../facts/fact.js';
import type { FilterPart } from '../../facts/filter.js';
import type { RecordRequirement, Requirement, WholeRequirement } from '../../facts/requirements.js';
import { PmsError } from '../../errors.js';
import type { FhirResource, ResourceOf } from '../../fhir/resources.js';
import { follow, haveRead, type Ask } from '../known/follow.js';
import { compareKeys, type Key } from '../graph/key.js';
import { isHeld, type Candidates, type Known } from '../known/known.js';
import { complete, unite, untold, type Relation, type State } from '../graph/relation.js';
import type { ProductSearch } from '../question/selection.js';
import { productsAbove } from '../known/above.js';
import { ordered } from './order.js';
import { recordsOf, stateOf } from './records.js';
import { holderOf, sortLinks, subjectLinks } from './subjects.js';
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
  const products = productsOf(candidates, known, ask);
  if (!products) return undefined;
  if (products.refs.length > mostCandidates)
    return { rows: [], state: { kind: 'failed', error: tooMany(search) } };
  const isDeep = deep || requirements.some(isLinked) || sortLinks(search).length > 0;
  if (!haveRead(products.refs, known, ask, isDeep)) return undefined;
  const first = sift(products.refs, requirements, known, ask);
  if (!first) return undefined;
  const informed = informedBy(products.refs, requirements, known);
  const sifted = informed ? sift(products.refs, informed, known, ask) : first;
  if (!sifted) return undefined;
  const { rows, untoldRows, isApplied, stranger } = sifted;
  const states = [candidates.state, products.state, ...sifted.states];
  if (stranger) return { rows: [], state: { kind: 'failed', error: unknownTo(stranger) } };
  if (rows.length === 0 && candidates.mayBeSpelledOtherwise)
    states.push({ kind: 'cut', reason: 'NOT_ALL_SEARCHABLE' });
  const state = worstOf(isApplied ? states.map(withoutRefusal) : states);
  const sorted = ordered(rows, search, known, ask);
  if (!sorted) return undefined;
  return { rows: sorted, state: state === untold ? { ...untold, count: untoldRows } : state };
}

interface Sifted {
  readonly rows: readonly Key[];
  readonly states: readonly State[];
  /** Of how many products it is not told. */
  readonly untoldRows: number;
  /** Whether what is linked could be looked at for any product. */
  readonly isApplied: boolean;
  /** What has to be shown to exist, and was not. */
  readonly stranger: Requirement | undefined;
}

/** Which products meet all; undefined while something has yet to be fetched, which is then asked for. */
function sift(
  products: readonly Key[],
  requirements: readonly Requirement[],
  known: Known,
  ask: Ask,
): Sifted | undefined {
  const states: State[] = [];
  const rows: Key[] = [];
  let isPending = false;
  let untoldRows = 0;
  const doubtful = new Set(requirements.filter(isDoubtful));
  let isDoubted = false;
  let isApplied = false;
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
    if (verdict === untold) untoldRows += 1;
  }
  if (isPending) return undefined;
  const [stranger] = doubtful;
  return { rows, states, untoldRows, isApplied, stranger: isDoubted ? stranger : undefined };
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

function isLinked(requirement: Requirement): boolean {
  return requirement.kind === 'whole' || requirement.of !== 'product';
}

/** Products that other records led to come in the order of their ids. */
function productsOf({ found, state }: Candidates, known: Known, ask: Ask): Relation | undefined {
  const reached = found.map((key) => productsAbove(key, known, ask));
  if (reached.some((relation) => !relation)) return undefined;
  const all = unite([{ refs: [], unresolved: [], state }, ...reached.flatMap((relation) => relation ?? [])]);
  const isAbove = reached.some((relation, index) => relation?.refs[0] !== found[index]);
  return isAbove ? { ...all, refs: [...all.refs].sort(compareKeys) } : all;
}

/** Whether a product meets all of them; a state where that cannot be known. */
function judge(
  requirements: readonly Requirement[],
  product: Key,
  known: Known,
  ask: Ask,
  onJudged: (requirement: Requirement, verdict: boolean | 'pending' | State) => void,
): boolean | 'pending' | State {
  let open: State | undefined;
  for (const requirement of requirements) {
    const verdict =
      requirement.kind === 'record'
        ? meets(requirement, product, known, ask)
        : meetsAsWhole(requirement, product, known, ask);
    onJudged(requirement, verdict);
    // One that fails settles it, and asks for nothing more; what is not known of another does not matter then.
    if (verdict === false || verdict === 'pending') return verdict;
    if (verdict !== true) open ??= verdict;
  }
  return open ?? true;
}

/** Whether any record of a product passes. */
function meets(
  { parts, of, test, holder }: RecordRequirement,
  product: Key,
  known: Known,
  ask: Ask,
): boolean | 'pending' | State {
  const link = subjectLinks[of];
  if (!link) return told(test, product, product, known) ?? untold;
  const relation = follow(link, product, known, ask);
  if (!relation || !haveRead(relation.refs, known, ask, false, product)) return 'pending';
  const verdicts = relation.refs.map((ref): boolean | 'pending' | State => {
    const own = told(test, ref, product, known) ?? unreadable(ref, known);
    if (!holder || own === false) return own;
    const held = meetsAtHolder(holder, ref, product, known, ask);
    return own === true || held === false || held === 'pending' ? held : own;
  });
  if (verdicts.includes(true)) return true;
  if (verdicts.includes('pending')) return 'pending';
  if (relation.state.kind !== 'complete') return namingParts(parts, relation.state);
  return verdicts.find((verdict) => verdict !== false) ?? false;
}

function meetsAtHolder(
  test: Test,
  authorization: Key,
  product: Key,
  known: Known,
  ask: Ask,
): boolean | 'pending' | State {
  const relation = follow(holderOf, authorization, known, ask);
  if (!relation || !haveRead(relation.refs, known, ask, false, authorization)) return 'pending';
  const verdicts = relation.refs.map((ref) => told(test, ref, product, known) ?? unreadable(ref, known));
  if (verdicts.includes(true)) return true;
  if (relation.state.kind !== 'complete') return namingParts(['holder'], relation.state);
  return verdicts.find((verdict) => verdict !== false) ?? false;
}

/** Whether a product passes by all records of some subjects. */
function meetsAsWhole(
  { parts, with: subjects, test }: WholeRequirement,
  product: Key,
  known: Known,
  ask: Ask,
): boolean | 'pending' | State {
  const records = new Map<Subject, Told>();
  let problem: State | undefined;
  for (const subject of subjects) {
    const found = recordsOf(subject, product, known, ask);
    if (!found) return 'pending';
    records.set(subject, found);
    problem ??= found.problem;
  }
  const reading = known.reading(product);
  if (!isHeld(reading)) return untold;
  const verdict = safely(() =>
    test(reading.resource as ResourceOf<'MedicinalProductDefinition'>, (subject) => {
      const found = records.get(subject);
      if (!found) throw new TypeError('a fact reads what it does not name');
      return found;
    }),
  );
  return verdict ?? (problem ? namingParts(parts, problem) : untold);
}

function told(test: Test, key: Key, product: Key, known: Known): boolean | undefined {
  const [reading, above] = [known.reading(key), known.reading(product)];
  const verdict = safely(() =>
    test(isHeld(reading) ? reading.resource : undefined, key, isHeld(above) ? above.resource : undefined),
  );
  // What is known by its name alone may have others.
  return verdict === false && known.replacedAt(key) ? undefined : verdict;
}

/** A record that holds what FHIR does not allow tells nothing. */
function safely(test: () => boolean | undefined): boolean | undefined {
  try {
    return test();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** What a filter cannot be applied by is refused in its name. */
function namingParts(parts: readonly FilterPart[], state: State): State {
  if (state.kind !== 'failed' || state.error.code !== 'UPSTREAM_UNSUPPORTED') return state;
  const message = `${namesOf(parts)} cannot be applied: ${state.error.message}`;
  return { kind: 'failed', error: new PmsError('UPSTREAM_UNSUPPORTED', message, { cause: state.error }) };
}

/** What does not exist meets nothing. */
function unreadable(key: Key, known: Known): false | State {
  const reading = known.replacedAt(key) ?? known.reading(key);
  if (reading instanceof PmsError) return stateOf(reading);
  return isHeld(reading) ? untold : false;
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

function namesOf(parts: readonly FilterPart[]): string {
  return parts.map((part) => `"filter.${part}"`).join(', ');
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
