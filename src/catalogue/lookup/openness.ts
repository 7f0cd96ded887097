/** Tells which searches must still be done for a term, before its result is certain. */
import { wayOfTerm, type TermFinds } from '../known/known.js';
import type { TermWay } from '../question/term.js';
import { hasWord, waysToAny } from './kinds.js';
import type { Naming } from './namings.js';

type Ways = Pick<TermFinds, 'open' | 'lacking' | 'tooMany'>;

/** Returns the kinds of search that may find more or better matches than the best match so far. */
export function waysNeeded(term: string, best: readonly Naming[]): readonly TermWay[] {
  return best.length > 0 ? [...new Set(best.flatMap(({ others }) => others))] : waysToAny(term);
}

/** Whether a search has found all of a term's matches of its kind. */
export function isOpen(way: TermWay, term: string, { open, lacking, tooMany }: Ways): boolean {
  if (tooMany.has(wayOfTerm(way, term))) return false;
  return open.has(way) || (isNumberWay(way) && hasWord(term) && lacking.has(way));
}

/** Whether a search is for numbers. If the upstream lacks it, a text with a word counts as no number. */
function isNumberWay(way: TermWay): boolean {
  return !['name', 'substance', 'carrier', 'part', 'record'].includes(way);
}

/** Returns the matches of the best rank. */
export function bestOf<Found extends { readonly naming: Naming }>(named: readonly Found[]): readonly Found[] {
  const tier = Math.min(...named.map(({ naming }) => naming.tier));
  return named.filter(({ naming }) => naming.tier === tier);
}
