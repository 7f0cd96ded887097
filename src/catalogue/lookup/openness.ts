/** Which ways a term has yet to be looked for by, before what is said of it holds. */
import { wayOfTerm, type TermFinds } from '../known/known.js';
import type { TermWay } from '../question/term.js';
import { hasWord, waysToAny } from './kinds.js';
import type { Naming } from './namings.js';

type Ways = Pick<TermFinds, 'open' | 'lacking' | 'tooMany'>;

/** The ways by which there may be more or better than the best that was found. */
export function waysNeeded(term: string, best: readonly Naming[]): readonly TermWay[] {
  return best.length > 0 ? [...new Set(best.flatMap(({ others }) => others))] : waysToAny(term);
}

/** Whether a way was gone to its end for a term. */
export function isOpen(way: TermWay, term: string, { open, lacking, tooMany }: Ways): boolean {
  if (tooMany.has(wayOfTerm(way, term))) return false;
  return open.has(way) || (isNumberWay(way) && hasWord(term) && lacking.has(way));
}

/** A word is taken for no number where numbers cannot be searched for. */
function isNumberWay(way: TermWay): boolean {
  return !['name', 'substance', 'carrier', 'part', 'record'].includes(way);
}

/** The best of what names a term. */
export function bestOf<Found extends { readonly naming: Naming }>(named: readonly Found[]): readonly Found[] {
  const tier = Math.min(...named.map(({ naming }) => naming.tier));
  return named.filter(({ naming }) => naming.tier === tier);
}
