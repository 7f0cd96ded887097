/** Caches the results of searches: the rows of product searches, and the matches of terms. */
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
  // The links to further pages keep the elements and includes of the first page. An operation that needs other elements
  // or includes must not use these links.
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
  // Which records match a term depends on the searches that the upstream supports.
  const there = [...at.features.all.keys()].filter((feature) => at.features.evidence(feature) !== 'refuted');
  const name = `terms ${termsQuestion(terms)} by ${there.sort().join()}`;
  return finds(
    at,
    [name],
    () => inner.terms(terms),
    (found) => {
      // The result is not cached, because later operations may send searches that this operation did not send.
      const isPartial = at.features.isDoubtful();
      if (isPartial || found instanceof Error || found.states.some(({ kind }) => kind !== 'complete'))
        return undefined;
      return { name, keys: found.found };
    },
  );
}

/** The result of a search, with the keys of its records. */
interface Finds<Answer extends object> {
  readonly answer: Answer;
  readonly records: readonly Key[];
}

/**
 * Returns a fresh result from the cache, or else the result of an upstream search. If the upstream is down, returns a
 * stale result from the cache.
 * @param names the names of the result in the cache
 * @param placeOf returns the name in the cache and the records of a new result; undefined if it must not be cached
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
  if (here || !memory.bring) return here;
  await memory.bring({ lists: names, isList: isFinds, records: [], elementsOf, age });
  return recallFinds<Answer>(at, names, age);
}

/** Returns the newest cached result whose records are all cached with the needed elements. */
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

/** Whether a cached list is a search result: rows with their positions, candidate records, or matches of terms. */
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
