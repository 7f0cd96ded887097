/** Which products a filter finds, and in which order, worked out from raw resources by code that nothing else shares. */
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
  /** Ids, in the order of the data. */
  matching(filter: FilterInput): readonly string[];
  /** Ids of those of which the records do not tell, in the same order. */
  open(filter: FilterInput): readonly string[];
  /** Ids in the order asked for; of equals the smaller id comes first, and what has no value last. */
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
