/** A searcher: finds products by what people have in hand. The upstream's searches are one. */
import type { Link } from '../../graph/link.js';
import type { ProductSearch, Selection } from '../../question/selection.js';
import type { Asking } from '../asking.js';
import type { Foreseen, Measures, Population } from '../foreseen.js';
import type { OpenProfile, Operation, Pricing } from '../profile.js';

export interface Searcher {
  readonly name: string;
  /** Whether all parts of a search can be asked. */
  supports(search: ProductSearch, measures: Measures): boolean;
  /** Whether it is to be asked before the upstream; of terms where there is no search. @default false */
  isPreferred?(search: ProductSearch | undefined, measures: Measures): boolean;
  /** The products that a search is reckoned to find, with what that asks of the upstream. */
  priceProducts(search: ProductSearch, below: Selection['below'], at: Reckoning): readonly Population[];
  /** The same of terms of any kind; undefined where it looks none up. */
  priceTerms?(terms: readonly string[], below: Selection['below'], at: Reckoning): readonly Population[];
  /** At the service of one operation. */
  open(at: Operation, profile: OpenProfile): OpenSearcher;
}

/** One searcher at the service of one operation: it answers what it can be asked. */
export type OpenSearcher = Pick<Asking, 'products'> & Partial<Pick<Asking, 'terms' | 'asked'>>;

/** What a searcher prices with. */
export interface Reckoning {
  readonly foreseen: Foreseen;
  readonly measures: Measures;
  readonly pricing: Pricing;
  /** What a link leads to, read. */
  follow(link: Link, from: Population): readonly Population[];
  /** From records up to the products that they belong to. */
  climb(from: Population): readonly Population[];
}
