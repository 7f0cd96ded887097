/** A searcher finds products by the names and numbers that people know. The upstream's own searches are one. */
import type { Link } from '../../graph/link.js';
import type { ProductSearch, Selection } from '../../question/selection.js';
import type { OperationAnswers } from '../operation-answers.js';
import type { Foreseen, Measures, Population } from '../foreseen.js';
import type { OpenProfile, Operation, Pricing } from '../profile.js';

export interface Searcher {
  readonly name: string;
  /** Whether it can answer all parts of a search. */
  supports(search: ProductSearch, measures: Measures): boolean;
  /** Whether it goes before the upstream. Without a search, the question is about terms. @default false */
  isPreferred?(search: ProductSearch | undefined, measures: Measures): boolean;
  /** Foresees the products that a search finds, and the requests for them. */
  priceProducts(search: ProductSearch, below: Selection['below'], at: Reckoning): readonly Population[];
  /** The same for terms of any kind; undefined where it looks up no terms. */
  priceTerms?(terms: readonly string[], below: Selection['below'], at: Reckoning): readonly Population[];
  /** Opens the searcher for one operation. */
  open(at: Operation, profile: OpenProfile): OpenSearcher;
}

/** One searcher, opened for one operation. It has the methods for the questions that it answers. */
export type OpenSearcher = Pick<OperationAnswers, 'products'> &
  Partial<Pick<OperationAnswers, 'terms' | 'value'>>;

/** The means by which a searcher foresees its costs. */
export interface Reckoning {
  readonly foreseen: Foreseen;
  readonly measures: Measures;
  readonly pricing: Pricing;
  /** Foresees the targets of a link, read. */
  follow(link: Link, from: Population): readonly Population[];
  /** Foresees the way from records up to the products that they belong to. */
  climb(from: Population): readonly Population[];
}
