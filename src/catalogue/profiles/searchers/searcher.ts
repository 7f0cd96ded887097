/**
 * A searcher finds products by the names and numbers that people use. The upstream's own search is one of the
 * searchers.
 */
import type { Link } from '../../graph/link.js';
import type { ProductSearch, Selection } from '../../question/selection.js';
import type { OperationAnswers } from '../operation-answers.js';
import type { Foreseen, Measures, Population } from '../foreseen.js';
import type { OpenProfile, Operation, Pricing } from '../profile.js';

export interface Searcher {
  readonly name: string;
  /** Whether the searcher can apply all parts of a search. */
  supports(search: ProductSearch, measures: Measures): boolean;
  /** Whether the searcher goes before the upstream's. An undefined search means a lookup of terms. @default false */
  isPreferred?(search: ProductSearch | undefined, measures: Measures): boolean;
  /** Forecasts the products that a search finds, and the requests for them. */
  priceProducts(search: ProductSearch, below: Selection['below'], at: Reckoning): readonly Population[];
  /** As `priceProducts`, for terms of any kind; undefined if the searcher does not look up terms. */
  priceTerms?(terms: readonly string[], below: Selection['below'], at: Reckoning): readonly Population[];
  /** Opens the searcher for one operation. */
  open(at: Operation, profile: OpenProfile): OpenSearcher;
}

/** A searcher, opened for one operation. It has an optional method for each further kind of query that it answers. */
export type OpenSearcher = Pick<OperationAnswers, 'products'> &
  Partial<Pick<OperationAnswers, 'terms' | 'value'>>;

/** What a searcher needs to forecast its requests. */
export interface Reckoning {
  readonly foreseen: Foreseen;
  readonly measures: Measures;
  readonly pricing: Pricing;
  /** Forecasts the targets of a link, including their reads. */
  follow(link: Link, from: Population): readonly Population[];
  /** Forecasts the steps from records up to their products. */
  climb(from: Population): readonly Population[];
}
