/**
 * The oracle for filters: computes from raw resources which products match, and in which order, with code that the service does not
 * share.
 */
import type { Resource } from 'fhir/r5.js';
import { familiesIn } from './filter-truth/family.js';
import type { FilterInput, SortInput } from './filter-truth/input.js';
import { sortedBy } from './filter-truth/order.js';
import { answerTo, atcPairs, foundOf, type Candidate, type Found } from './filter-truth/products.js';

import { namesIn } from './filter-truth/words.js';

export type { FilterInput, FilterName, SortInput, SortName } from './filter-truth/input.js';
export type { Found } from './filter-truth/products.js';
export { spellingsOfCountry } from './filter-truth/countries.js';
export { plain, solid } from './filter-truth/words.js';

export interface FilterTruth {
  readonly products: readonly Found[];
  /** Returns the ids of the products that match, in the order of the data. */
  matching(filter: FilterInput): readonly string[];
  /** Returns the ids of the products whose records do not say whether they match, in the order of the data. */
  open(filter: FilterInput): readonly string[];
  /** Returns the ids in the given order. Equal products are in the order of their ids. Products without a value come last. */
  sorted(ids: readonly string[], sort: SortInput, language: string): readonly string[];
}

export function createFilterTruth(resources: readonly Resource[]): FilterTruth {
  const families = familiesIn(resources);
  const pairs = atcPairs(families.map(({ product }) => product));
  const names = namesIn(resources);
  const candidates = families.map((family): Candidate => ({
    family,
    found: foundOf(family, pairs, names),
    names,
  }));
  const byId = new Map(candidates.map((each) => [each.found.id, each]));
  const withAnswer = (filter: FilterInput, answer: boolean | undefined): readonly string[] =>
    candidates.filter((each) => answerTo(each, filter) === answer).map(({ found }) => found.id);
  return {
    products: candidates.map(({ found }) => found),
    matching: (filter) => withAnswer(filter, true),
    open: (filter) => withAnswer(filter, undefined),
    sorted: (ids, sort, language) =>
      sortedBy(
        ids.flatMap((id) => byId.get(id) ?? []),
        sort,
        language,
      ).map(({ found }) => found.id),
  };
}
