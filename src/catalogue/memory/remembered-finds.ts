/** Remembers the results of searches: the rows of a search for products, and the finds for terms. */
import type { PmsError } from '../../errors.js';
import type { Key } from '../graph/key.js';
import { isHeld, type Candidates, type RootList, type TermFinds } from '../known/known.js';
import type { OperationAnswers } from '../profiles/operation-answers.js';
import { searchQuestion, termsQuestion, type ProductSearch } from '../question/selection.js';
import type { Age } from './shelf.js';
import { isKeys, isUnanswered, recall, type Remembering } from './recall.js';

export function foundProducts(
  inner: OperationAnswers,
  at: Remembering,
  search: ProductSearch,
): Promise<RootList | Candidates | PmsError> {
  const { withTotal } = search;
  const question = `products ${searchQuestion({ ...search, withTotal: false })}`;
  // The next pages of a list bring the same elements and includes as its first page. An operation that needs more must
  // not get these links.
  const brings = inner.brings(search);
  const nameOf = (hasNext: boolean, isCounted: boolean): string =>
    `${question}${hasNext ? ` bringing ${brings}` : ''}${isCounted ? ' counted' : ''}`;
  const counted = [nameOf(false, true), nameOf(true, true)];
  return finds(
    at,
    withTotal ? counted : [...counted, nameOf(false, false), nameOf(true, false)],
    () => inner.products(search),
    (found) => {
      if (found instanceof Error || found.state.kind !== 'complete') return undefined;
      if ('found' in found) return { name: nameOf(false, true), keys: found.found };
      const { hasNext, refs, total } = found;
      return { name: nameOf(hasNext, withTotal || total !== null), keys: refs };
    },
  );
}

export function foundForTerms(
  inner: OperationAnswers,
  at: Remembering,
  terms: readonly string[],
): Promise<TermFinds | PmsError> {
  // The finds for a term depend on the searches that the upstream offers.
  const there = [...at.features.all.keys()].filter((feature) => at.features.evidence(feature) !== 'refuted');
  const name = `terms ${termsQuestion(terms)} by ${there.sort().join()}`;
  return finds(
    at,
    [name],
    () => inner.terms(terms),
    (found) => {
      // Later operations may send searches that this one left out.
      const isPartial = at.features.isDoubtful();
      if (isPartial || found instanceof Error || found.states.some(({ kind }) => kind !== 'complete'))
        return undefined;
      return { name, keys: found.found };
    },
  );
}

/** The result of a search, with the records in it. */
interface Finds<Answer extends object> {
  readonly answer: Answer;
  readonly records: readonly Key[];
}

/**
 * Returns a fresh result from memory, otherwise one from the upstream. Where the upstream gives none, returns one from
 * memory, as old as it may be.
 * @param names the names under which it may be remembered
 * @param placeOf returns the name for a new result, with its records; undefined where it is not to be kept
 */
async function finds<Answer extends object>(
  at: Remembering,
  names: readonly string[],
  ask: () => Promise<Answer>,
  placeOf: (answer: Answer) => { readonly name: string; readonly keys: readonly Key[] } | undefined,
): Promise<Answer> {
  const fresh = await broughtFinds<Answer>(at, names, 'fresh');
  if (fresh) return fresh;
  const asked = await ask();
  if (isUnanswered(asked)) return (await broughtFinds<Answer>(at, names, 'any')) ?? asked;
  const place = placeOf(asked);
  const records = place?.keys.filter((key) => isHeld(at.known.reading(key)));
  if (place && records) at.memory.keepList(place.name, { answer: asked, records }, records, at.asOf());
  return asked;
}

async function broughtFinds<Answer extends object>(
  at: Remembering,
  names: readonly string[],
  age: Age,
): Promise<Answer | undefined> {
  const { memory, elementsOf } = at;
  const here = recallFinds<Answer>(at, names, age);
  if (here || !(await memory.bring({ lists: names, isList: isFinds, records: [], elementsOf, age })))
    return here;
  return recallFinds<Answer>(at, names, age);
}

/** Returns the youngest result whose records are remembered with all needed elements. */
function recallFinds<Answer extends object>(
  at: Remembering,
  names: readonly string[],
  age: Age,
): Answer | undefined {
  const all = names.flatMap((name) => at.memory.list<Finds<Answer>>(name, age) ?? []);
  for (const kept of all.sort((a, b) => b.asOf.getTime() - a.asOf.getTime())) {
    const oldest = recall(at, kept.list.records, age, kept.asOf);
    if (!oldest) continue;
    at.onHit(oldest);
    const { answer: before } = kept.list;
    return kept.staleSince ? { ...before, staleSince: kept.staleSince } : before;
  }
  return undefined;
}

/**
 * Whether a stored list is the result of a search of any kind: rows with the places where they go on, candidates, or
 * finds for terms.
 */
function isFinds(list: object): boolean {
  if (!('answer' in list && 'records' in list && isKeys(list.records))) return false;
  const answer = list.answer as Partial<RootList & Candidates & TermFinds> | null;
  if (typeof answer !== 'object' || answer === null) return false;
  const { refs, positions, state, found, satisfied, open, lacking, states, staleSince } = answer;
  if (staleSince !== undefined && !isMoment(staleSince)) return false;
  if (positions) return isKeys(refs) && Array.isArray(positions) && state?.kind === 'complete';
  if (satisfied) return isKeys(found) && Array.isArray(satisfied) && state?.kind === 'complete';
  const { tooMany, codes } = answer;
  const areSets = [open, lacking, tooMany].every((each) => each instanceof Set);
  return isKeys(found) && areSets && codes instanceof Map && Array.isArray(states);
}

function isMoment(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}
