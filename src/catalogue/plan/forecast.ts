/**
 * Forecasts the upstream requests of an operation. It follows the selections level by level, like the waves of
 * requests, but with expected numbers of records. The profile and the searcher compute the requests of each level.
 */
import type { Link } from '../graph/link.js';
import { links, upward } from '../graph/links.js';
import { single, type Foreseen, type Measures, type Population } from '../profiles/foreseen.js';
import type { Pricing } from '../profiles/profile.js';
import type { Reckoning, Searcher } from '../profiles/searchers/searcher.js';
import { linksOf } from '../search/subjects.js';
import { substanceType } from '../graph/substance-key.js';
import { isRoot, type ProductSearch, type Selection } from '../question/selection.js';
import { stepToChildren, stepToReferred, type Step } from './step.js';

/**
 * The requests for one search by a substance. They include the reads from the ingredients found up to their products.
 */
const requestsOfSearch = 8;
/** Maximum number of links from a record up to its products. */
const longestClimb = 6;
const productType = 'MedicinalProductDefinition';

export interface ForecastOptions {
  readonly measures: Measures;
  readonly foreseen: Foreseen;
  readonly pricing: Pricing;
  /** Returns the searcher that runs a product search. */
  readonly searcherFor: (search?: ProductSearch) => Searcher;
  /**
   * Returns the searcher with this name. Without it, the query is refused, and no requests are needed for the
   * selections below it.
   */
  readonly searcherNamed: (name: string) => Searcher | undefined;
}

export function forecast(
  selections: readonly Selection[],
  { measures, foreseen, pricing, searcherFor, searcherNamed }: ForecastOptions,
): void {
  const step: Step = { figures: measures.figures, foreseen, pricing };
  const reckoning: Reckoning = {
    foreseen,
    measures,
    pricing,
    follow: (link, from) => read(follow(link, [from])),
    climb,
  };

  for (const selection of selections) {
    visitBelow(selection, rootsOf(selection));
    visitSubstances(selection);
  }

  function rootsOf({ args, below }: Selection): readonly Population[] {
    const { search, terms, asked, first = 1 } = args;
    // The index answers a search with these arguments without upstream requests.
    if (asked) return searcherNamed(asked.searcher)?.priceValue?.(asked, first) ?? [];
    if (terms) return searcherFor().priceTerms?.(terms, below, reckoning) ?? [];
    if (search) return searcherFor(search).priceProducts(search, below, reckoning);
    return pricing.records(args, below.size > 0);
  }

  function visitBelow({ below }: Selection, parents: readonly Population[]): void {
    for (const parent of parents) {
      for (const selection of below.get(parent.type) ?? []) {
        if (selection.link === 'products') visitBelow(selection, productsBelow(selection, parent));
        if (isRoot(selection.link)) continue;
        const found = read(follow(links[selection.link], [parent]));
        visitBelow(selection, cutTo(selection.args.first, found, parent));
      }
    }
  }

  /** Forecasts the products of the substances of ingredients, or the equivalents of products. */
  function productsBelow(selection: Selection, parent: Population): readonly Population[] {
    if (parent.type === productType && !selection.args.substances) {
      for (const link of linksOf('equivalentTo')) read(follow(link, [parent]));
      return productsOfEach(selection, parent);
    }
    // Many ingredients may have the same substance. So only one search counts as needed, and the other searches cannot
    // cause a refusal.
    return productsOfEach(selection, { ...parent, usual: Math.min(1, parent.usual) });
  }

  /** Forecasts the selections below substances that come from the index. */
  function visitSubstances({ args: { asked, first = 1 }, path, below }: Selection): void {
    if (!asked || !searcherNamed(asked.searcher)) return;
    const all = { name: path.join('.'), usual: first, most: first };
    for (const selection of below.get(substanceType) ?? [])
      visitBelow(selection, productsOfEach(selection, all));
  }

  /** Forecasts one product search for each substance. */
  function productsOfEach(
    { args: { search }, below }: Selection,
    { name, usual, most }: Pick<Population, 'name' | 'usual' | 'most'>,
  ): readonly Population[] {
    if (!search) return [];
    const productsOf = (at: number): readonly Population[] => {
      // Gives the substances of a population the same numbers each time, because several fields often select the same
      // substances.
      const substance = [{ codes: [String(at)], names: [] }];
      const each = { ...search, filter: { ...search.filter, substance } };
      return searcherFor(each).priceProducts(each, below, reckoning);
    };
    // The exact number does not matter above the budget, because the operation is refused anyway.
    const needed = Math.min(Math.ceil(usual), measures.budget + 1);
    const found = Array.from({ length: needed }, (_, at) => productsOf(at)).flat();
    if (found.every(({ isHeld }) => isHeld)) return found;
    const others = { ...single, most: requestsOfSearch * Math.max(0, most - needed) };
    foreseen.spare(() => foreseen.demand('products of other substances', 'root', 0, name, others));
    return found;
  }

  function climb(from: Population): readonly Population[] {
    const link = upward[from.type];
    if (from.type === productType || !link || from.wave > longestClimb) return [from];
    return follow(link, [from]).flatMap((next) => {
      if (next.type !== 'ManufacturedItemDefinition') read([next]);
      return climb(next);
    });
  }

  function follow(link: Link, parents: readonly Population[]): readonly Population[] {
    switch (link.kind) {
      case 'self':
        return parents;
      case 'reverse':
      case 'bundled':
        return stepToChildren(link, parents, step);
      case 'forward':
        return link.isRare ? [] : stepToReferred(link, parents, step);
      case 'then':
        return follow(link.second, together(follow(link.first, parents)));
      case 'union':
        return link.of.flatMap((part) => follow(part, parents));
      case 'orElse': {
        const first = follow(link.first, parents);
        // The second link of `orElse` counts in the estimate, but not in `need`.
        foreseen.spare(() => follow(link.second, together(parents)));
        return first;
      }
      case 'unless':
        return follow(link.link, parents);
      case 'where':
      case 'first':
        return read(follow(link.link, parents));
    }
  }

  function read(found: readonly Population[]): readonly Population[] {
    for (const each of found) if (!each.inHand) pricing.read(each);
    return found;
  }
}

/**
 * Sets the wave of all populations to the last wave among them, because the next link is followed only after all of
 * them are read.
 */
function together(all: readonly Population[]): readonly Population[] {
  let last = 0;
  let first = Infinity;
  for (const { wave } of all) {
    last = Math.max(last, wave);
    first = Math.min(first, wave);
  }
  return first >= last ? all : all.map((each) => ({ ...each, wave: last }));
}

/**
 * Limits the parents of the selections below a list to the argument `first`. The list itself is still read in whole
 * pages.
 */
function cutTo(
  first: number | undefined,
  found: readonly Population[],
  parent: Population,
): readonly Population[] {
  if (first === undefined) return found;
  return found.map((each) => ({
    ...each,
    usual: Math.min(each.usual, first * parent.usual),
    most: Math.min(each.most, first * parent.most),
  }));
}
