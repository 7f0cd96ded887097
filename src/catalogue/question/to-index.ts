/** Queries to the index that return values: substances, facet counts, suggestions and changes. */
import type { ProductFilter } from '../../facts/filter.js';
import type { ChangesQuery } from '../../search-index/changes/change.js';
import type { FacetField } from '../../search-index/facets/facet.js';
import type { SubstanceQuery } from '../../search-index/substances.js';
import type { ValueQuestion, CalledBy } from './selection.js';

/** The name of the index among the searchers. */
export const indexName = 'index';

/** A query that counts the matching products for each value of some fields. */
export interface FacetsAsked {
  readonly filter: ProductFilter;
  readonly called: CalledBy;
  readonly fields: readonly FacetField[];
  /** Maximum number of values per field. */
  readonly first: number;
}

export interface SuggestionsAsked {
  readonly text: string;
  readonly first: number;
}

/** The arguments of each value query, by the name of the query. */
export interface IndexQuestions {
  readonly substances: SubstanceQuery;
  readonly facets: FacetsAsked;
  readonly suggestions: SuggestionsAsked;
  readonly changes: ChangesQuery;
}

export type IndexQuestion = {
  readonly [Name in keyof IndexQuestions]: { readonly name: Name; readonly query: IndexQuestions[Name] };
}[keyof IndexQuestions];

/** Creates a value query to the index. The rows of its result are `SubstanceRow`s, `Facet`s, `Suggestion`s or `Change`s. */
export function toIndex<Name extends keyof IndexQuestions>(
  name: Name,
  query: IndexQuestions[Name],
): ValueQuestion {
  return { searcher: indexName, name, args: { ...query } };
}

/** Returns the query with typed arguments; undefined if the query is for another searcher. */
export function indexQuestion({ searcher, name, args }: ValueQuestion): IndexQuestion | undefined {
  if (searcher !== indexName) return undefined;
  switch (name) {
    case 'substances':
      return { name, query: args as unknown as SubstanceQuery };
    case 'facets':
      return { name, query: args as unknown as FacetsAsked };
    case 'suggestions':
      return { name, query: args as unknown as SuggestionsAsked };
    case 'changes':
      return { name, query: args as unknown as ChangesQuery };
    default:
      return undefined;
  }
}

/** Whether links can be followed from the rows of a value query to products. */
export function leadsToProducts(question: ValueQuestion): boolean {
  return indexQuestion(question)?.name === 'changes';
}
