/** Decides which searches must still be done for a term before its result is certain. */
import { wayOfTerm, type TermFinds } from '../known/known.js';
import type { TermWay } from '../question/term.js';
import { hasWord, waysToAny } from './kinds.js';
import type { Naming } from './namings.js';

type Ways = Pick<TermFinds, 'open' | 'lacking' | 'tooMany'>;

/** Returns the kinds of search that can find further matches, or better matches than those found so far. */
export function waysNeeded(term: string, best: readonly Naming[]): readonly TermWay[] {
  return best.length > 0 ? [...new Set(best.flatMap(({ others }) => others))] : waysToAny(term);
}

/** Whether a search has found all matches of a term. */
export function isOpen(way: TermWay, term: string, { open, lacking, tooMany }: Ways): boolean {
  if (tooMany.has(wayOfTerm(way, term))) return false;
  return open.has(way) || (isNumberWay(way) && hasWord(term) && lacking.has(way));
}

/**
 * Whether a kind of search looks for numbers. If the upstream does not support it, a text that contains a word is
 * treated as a name only.
 */
function isNumberWay(way: TermWay): boolean {
  return !['name', 'substance', 'carrier', 'part', 'record'].includes(way);
}

/** Returns the matches of the best rank. */
export function bestOf<Found extends { readonly naming: Naming }>(named: readonly Found[]): readonly Found[] {
  const tier = Math.min(...named.map(({ naming }) => naming.tier));
  return named.filter(({ naming }) => naming.tier === tier);
}
