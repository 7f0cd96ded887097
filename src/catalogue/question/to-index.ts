/** Questions to the index whose answers are values: substances, counts, suggestions. */
import type { ProductFilter } from '../../facts/filter.js';
import type { FacetField } from '../../search-index/facets/facet.js';
import type { SubstanceQuery } from '../../search-index/substances.js';
import type { ValueQuestion, CalledBy } from './selection.js';

/** The searcher that is asked. */
export const indexName = 'index';

/** How many of the products of a search have each value of some fields. */
export interface FacetsAsked {
  readonly filter: ProductFilter;
  readonly called: CalledBy;
  readonly fields: readonly FacetField[];
  /** Values wanted of each. */
  readonly first: number;
}

export interface SuggestionsAsked {
  readonly text: string;
  readonly first: number;
}

/** The questions by name, with their arguments. */
export interface IndexQuestions {
  readonly substances: SubstanceQuery;
  readonly facets: FacetsAsked;
  readonly suggestions: SuggestionsAsked;
}

export type IndexQuestion = {
  readonly [Name in keyof IndexQuestions]: { readonly name: Name; readonly query: IndexQuestions[Name] };
}[keyof IndexQuestions];

/** The rows of its answer are `SubstanceRow`s, `Facet`s or `Suggestion`s. */
export function toIndex<Name extends keyof IndexQuestions>(
  name: Name,
  query: IndexQuestions[Name],
): ValueQuestion {
  return { searcher: indexName, name, args: { ...query } };
}

/** Undefined for a question to another. */
export function indexQuestion({ searcher, name, args }: ValueQuestion): IndexQuestion | undefined {
  if (searcher !== indexName) return undefined;
  switch (name) {
    case 'substances':
      return { name, query: args as unknown as SubstanceQuery };
    case 'facets':
      return { name, query: args as unknown as FacetsAsked };
    case 'suggestions':
      return { name, query: args as unknown as SuggestionsAsked };
    default:
      return undefined;
  }
}
