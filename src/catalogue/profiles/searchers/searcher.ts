/**
 * A searcher runs product searches and lookups of terms. The upstream's own search is one searcher, the index is
 * another.
 */
import type { Link } from '../../graph/link.js';
import type { ProductSearch, Selection, ValueQuestion } from '../../question/selection.js';
import type { OperationAnswers } from '../operation-answers.js';
import type { Foreseen, Measures, Population } from '../foreseen.js';
import type { OpenProfile, Operation, Pricing } from '../profile.js';

export interface Searcher {
  readonly name: string;
  /** Whether the searcher supports all parts of a search. */
  supports(search: ProductSearch, measures: Measures): boolean;
  /**
   * Whether the searcher is used before the upstream's own search. If the search is undefined, the question is about
   * a lookup of terms. @default false
   */
  isPreferred?(search: ProductSearch | undefined, measures: Measures): boolean;
  /** Forecasts the products that a search finds, and the requests that this takes. */
  priceProducts(search: ProductSearch, below: Selection['below'], at: Reckoning): readonly Population[];
  /** Like `priceProducts`, for a lookup of terms of any kind; undefined if the searcher does not look up terms. */
  priceTerms?(terms: readonly string[], below: Selection['below'], at: Reckoning): readonly Population[];
  /**
   * Forecasts the products from which links are followed after a value query. The query itself costs no upstream
   * request. @param first maximum number of rows
   */
  priceValue?(question: ValueQuestion, first: number): readonly Population[];
  /** Opens the searcher for one operation. */
  open(at: Operation, profile: OpenProfile): OpenSearcher;
}

/**
 * A searcher, opened for one operation. For each further kind of query that it supports, it has an optional method.
 */
export type OpenSearcher = Pick<OperationAnswers, 'products'> &
  Partial<Pick<OperationAnswers, 'terms' | 'value'>>;

/** The functions that a searcher uses to forecast its requests. */
export interface Reckoning {
  readonly foreseen: Foreseen;
  readonly measures: Measures;
  readonly pricing: Pricing;
  /** Forecasts the targets of a link, and the reads of these targets. */
  follow(link: Link, from: Population): readonly Population[];
  /** Forecasts the links that are followed from records up to their products. */
  climb(from: Population): readonly Population[];
}
