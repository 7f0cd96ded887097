/** Looks candidates through: which products meet all of a filter, in the order asked for. */
import type { FilterPart } from '../question/filter.js';
import { PmsError } from '../../errors.js';
import type { FhirResource } from '../../fhir/resources.js';
import { follow, haveRead, type Ask } from '../known/follow.js';
import { compareKeys, type Key } from '../graph/key.js';
import { isHeld, type Candidates, type Known } from '../known/known.js';
import { complete, unite, untold, type CutReason, type Relation, type State } from '../graph/relation.js';
import type { ProductSearch, ProductSort } from '../question/selection.js';
import { productsAbove } from '../known/above.js';
import { filterParts, namesOf } from './criteria.js';
import { criteriaOf, mostCandidates, type Criterion } from './ways.js';

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
  const criteria = criteriaOf(search).filter(({ part }) => !candidates.satisfied.includes(part));
  const products = productsOf(candidates, known, ask);
  if (!products) return undefined;
  if (products.refs.length > mostCandidates)
    return { rows: [], state: { kind: 'failed', error: tooMany(search) } };
  const isDeep = deep || criteria.some(({ part }) => filterParts[part].link);
  if (!haveRead(products.refs, known, ask, isDeep)) return undefined;
  const states: State[] = [candidates.state, products.state];
  const rows: Key[] = [];
  let isPending = false;
  for (const product of products.refs) {
    const reading = known.reading(product);
    if (reading instanceof PmsError) states.push(stateOf(reading));
    if (!isHeld(reading)) continue;
    const verdict = judge(criteria, product, known, ask);
    if (verdict === 'pending') isPending = true;
    else if (verdict === true) rows.push(product);
    else if (verdict !== false) states.push(verdict);
  }
  if (isPending) return undefined;
  if (rows.length === 0 && candidates.mayBeSpelledOtherwise)
    states.push({ kind: 'cut', reason: 'NOT_ALL_SEARCHABLE' });
  return { rows: ordered(rows, search.sort, known), state: worstOf(states) };
}

/** Products that other records led to come in the order of their ids. */
function productsOf({ found, state }: Candidates, known: Known, ask: Ask): Relation | undefined {
  const reached = found.map((key) => productsAbove(key, known, ask));
  if (reached.some((relation) => !relation)) return undefined;
  const all = unite([{ refs: [], unresolved: [], state }, ...reached.flatMap((relation) => relation ?? [])]);
  const isAbove = reached.some((relation, index) => relation?.refs[0] !== found[index]);
  return isAbove ? { ...all, refs: [...all.refs].sort(compareKeys) } : all;
}

/** Whether a product meets all criteria; a state where that cannot be known. */
function judge(
  criteria: readonly Criterion[],
  product: Key,
  known: Known,
  ask: Ask,
): boolean | 'pending' | State {
  for (const criterion of criteria) {
    const verdict = meets(criterion, product, known, ask);
    // One that fails settles it, and asks for nothing more.
    if (verdict !== true) return verdict;
  }
  return true;
}

function meets({ part, test }: Criterion, product: Key, known: Known, ask: Ask): boolean | 'pending' | State {
  const { link } = filterParts[part];
  if (!link) return told(test, product, known) ?? untold;
  const relation = follow(link, product, known, ask);
  if (!relation || !haveRead(relation.refs, known, ask, false, product)) return 'pending';
  const verdicts = relation.refs.map((ref) => told(test, ref, known) ?? unreadable(ref, known));
  if (verdicts.includes(true)) return true;
  if (relation.state.kind !== 'complete') return namingPart(part, relation.state);
  return verdicts.find((verdict) => verdict !== false) ?? false;
}

function told(test: Criterion['test'], key: Key, known: Known): boolean | undefined {
  const reading = known.reading(key);
  try {
    const verdict = test(isHeld(reading) ? reading.resource : undefined, key);
    // What is known by its name alone may have others.
    return verdict === false && known.replacedAt(key) ? undefined : verdict;
  } catch (error) {
    // A record that holds what FHIR does not allow tells nothing.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** What a filter cannot be applied by is refused in its name. */
function namingPart(part: FilterPart, state: State): State {
  if (state.kind !== 'failed' || state.error.code !== 'UPSTREAM_UNSUPPORTED') return state;
  const message = `"filter.${part}" cannot be applied: ${state.error.message}`;
  return { kind: 'failed', error: new PmsError('UPSTREAM_UNSUPPORTED', message, { cause: state.error }) };
}

/** What does not exist meets nothing. */
function unreadable(key: Key, known: Known): false | State {
  const reading = known.replacedAt(key) ?? known.reading(key);
  if (reading instanceof PmsError) return stateOf(reading);
  return isHeld(reading) ? untold : false;
}

/** One product that could not be looked at leaves the others; what the upstream lacks altogether fails the list. */
function stateOf(error: PmsError): State {
  if (error.code === 'UPSTREAM_UNSUPPORTED') return { kind: 'failed', error };
  const reason: CutReason = error.code === 'UPSTREAM_INCOMPLETE' ? 'BUDGET' : 'PAGE_FAILED';
  return { kind: 'cut', reason };
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

function ordered(rows: readonly Key[], sort: ProductSort | undefined, known: Known): readonly Key[] {
  if (!sort) return rows;
  const collator = new Intl.Collator(sort.language, { numeric: true });
  const direction = sort.isDescending ? -1 : 1;
  const valueOf = sort.by === 'NAME' ? nameOf : updateOf;
  const keyed = rows.map((key) => {
    const reading = known.reading(key);
    return { key, value: isHeld(reading) ? valueOf(reading.resource) : undefined };
  });
  return keyed
    .sort((a, b) => {
      // What has none comes last, whichever end is first.
      if (a.value === undefined || b.value === undefined)
        return Number(a.value === undefined) - Number(b.value === undefined) || compareKeys(a.key, b.key);
      return direction * compareValues(a.value, b.value, collator) || compareKeys(a.key, b.key);
    })
    .map(({ key }) => key);
}

function compareValues(a: string | number, b: string | number, collator: Intl.Collator): number {
  return typeof a === 'number' ? a - Number(b) : collator.compare(a, String(b));
}

function nameOf(product: FhirResource): string | undefined {
  return namesOf(product)[0];
}

function updateOf({ meta }: FhirResource): number | undefined {
  const updated = Date.parse(meta?.lastUpdated ?? '');
  return Number.isNaN(updated) ? undefined : updated;
}

/** @returns UPSTREAM_UNSUPPORTED naming what would work */
export function tooMany(search: ProductSearch): PmsError {
  const given = criteriaOf(search).map(({ part }) => `"filter.${part}"`);
  const what = search.sort && given.length === 0 ? '"sort"' : given.join(', ');
  return new PmsError(
    'UPSTREAM_UNSUPPORTED',
    `${what || 'This'} finds more than the ${mostCandidates} products that can be looked through here. Narrow it by "filter.name", "filter.identifier" or "filter.ids".`,
  );
}
