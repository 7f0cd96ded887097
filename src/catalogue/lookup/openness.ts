/** The ways that a term still has to be searched by before its result is certain. */
import { wayOfTerm, type TermFinds } from '../known/known.js';
import type { TermWay } from '../question/term.js';
import { hasWord, waysToAny } from './kinds.js';
import type { Naming } from './namings.js';

type Ways = Pick<TermFinds, 'open' | 'lacking' | 'tooMany'>;

/** Returns the ways by which more or better matches than the best so far may be found. */
export function waysNeeded(term: string, best: readonly Naming[]): readonly TermWay[] {
  return best.length > 0 ? [...new Set(best.flatMap(({ others }) => others))] : waysToAny(term);
}

/** Whether a way was searched to the end for a term. */
export function isOpen(way: TermWay, term: string, { open, lacking, tooMany }: Ways): boolean {
  if (tooMany.has(wayOfTerm(way, term))) return false;
  return open.has(way) || (isNumberWay(way) && hasWord(term) && lacking.has(way));
}

/** Whether a way is for numbers. A word counts as no number where the upstream lacks the search. */
function isNumberWay(way: TermWay): boolean {
  return !['name', 'substance', 'carrier', 'part', 'record'].includes(way);
}

/** Returns the matches of the best tier. */
export function bestOf<Found extends { readonly naming: Naming }>(named: readonly Found[]): readonly Found[] {
  const tier = Math.min(...named.map(({ naming }) => naming.tier));
  return named.filter(({ naming }) => naming.tier === tier);
}
