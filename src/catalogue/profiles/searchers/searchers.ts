/** Joins several searchers into one. Each search is sent to the first searcher that supports all its parts. */
import { isOutage, isPmsError, type PmsError } from '../../../errors.js';
import type { TermFinds } from '../../known/known.js';
import type { ProductSearch } from '../../question/selection.js';
import type { OperationAnswers } from '../operation-answers.js';
import type { Measures } from '../foreseen.js';
import type { OpenSearcher, Searcher } from './searcher.js';
import { upstreamSearcher } from './upstream.js';

/** A searcher that is opened for one operation. */
export interface Opened extends Searcher {
  readonly opened: OpenSearcher;
}

/**
 * Returns the searchers that support a search, in order of preference. If the search is undefined, returns those that
 * look up terms. If no searcher supports it, returns the upstream's searcher, because its error states what the
 * upstream does not support.
 */
export function ableFor<Each extends Searcher>(
  search: ProductSearch | undefined,
  [first, ...others]: readonly [Each, ...Each[]],
  measures: Measures,
): readonly [Each, ...Each[]] {
  const all = [first, ...others];
  const preferred = all.filter((searcher) => searcher.isPreferred?.(search, measures));
  const able = all.filter(
    (searcher) =>
      !preferred.includes(searcher) &&
      (search ? searcher.supports(search, measures) : searcher.priceTerms !== undefined),
  );
  const [best, ...next] = [...preferred, ...able];
  return best ? [best, ...next] : [first];
}

/** @param upstream runs all searches that no other searcher supports */
export function withSearchers(
  upstream: OperationAnswers,
  others: readonly Opened[],
  measures: Measures,
): OperationAnswers {
  if (others.length === 0) return upstream;
  const all: readonly [Opened, ...Opened[]] = [{ ...upstreamSearcher, opened: upstream }, ...others];
  return {
    ...upstream,

    async products(search) {
      const [first, ...next] = ableFor(search, all, measures);
      let found = await first.opened.products(search);
      for (const { opened } of next) {
        // If this searcher does not support the search or is down, the next searcher is tried.
        if (!isPmsError(found) || !(found.code === 'UPSTREAM_UNSUPPORTED' || isOutage(found))) break;
        const instead = await opened.products(search);
        // If all searchers fail, the first error is returned, because it best describes what is unsupported or down.
        if (!isPmsError(instead)) found = instead;
      }
      return found;
    },

    async terms(terms) {
      const [first, ...next] = ableFor(undefined, all, measures);
      const found = await (first.opened.terms ?? upstream.terms)(terms);
      if (first.isPreferred && !isPmsError(found)) return found;
      const others = await Promise.all(next.map(({ opened }) => opened.terms?.(terms)));
      return others.reduce<TermFinds | PmsError>((all, each) => (each ? united(all, each) : all), found);
    },

    async value(question) {
      const asked = others.find(({ name }) => name === question.searcher)?.opened.value;
      return asked ? asked(question) : upstream.value(question);
    },
  };
}

/** Adds the matches of a second searcher to those of the first. The result is not proved to be complete. */
function united(found: TermFinds | PmsError, beside: TermFinds | PmsError): TermFinds | PmsError {
  if (isPmsError(beside) || beside.found.length === 0) return found;
  if (isPmsError(found)) return isOutage(found) ? beside : found;
  const codes = new Map(
    [...found.codes].map(([term, own]) => [term, [...new Set([...own, ...(beside.codes.get(term) ?? [])])]]),
  );
  return {
    ...found,
    found: [...new Set([...found.found, ...beside.found])],
    codes,
    bearing: [...(found.bearing ?? []), ...(beside.bearing ?? [])],
    looksInto: found.looksInto || beside.looksInto,
  };
}
