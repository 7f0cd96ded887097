/** What the index is asked for products, and what it answers. */
import type { FilterPart, ProductFilter } from '../facts/filter.js';
import type { SortField, SortValue } from '../facts/sorts.js';
import type { FacetQuery } from './facets/facet.js';
import type { NumberMatch } from './text/read-number.js';
import type { Folding, SaidField } from './text/said.js';

/** What products are asked for. */
export interface IndexQuery {
  readonly filter: ProductFilter;
  /** The id of a product that is left out. */
  readonly except?: string;
  /** By their ids where undefined. */
  readonly sort?: { readonly by: SortField; readonly isDescending: boolean; readonly language: string };
  /** Rows wanted. */
  readonly first: number;
  /** The last row before the place where the rows go on. */
  readonly after?: IndexPlace;
}

/** The place of a row: whatever becomes of its product, the rows behind it are the same. */
export interface IndexPlace {
  readonly id: string;
  /** Undefined where it was not told: then the product is looked for among those that there are now. */
  readonly order?: PlaceOrder | undefined;
}

/** What a product was put in order by when it was shown, before its id. */
export interface PlaceOrder {
  /** How well it answers the text: the lower the better. */
  readonly rank?: number;
  /** By which it was sorted; undefined where its records tell none. */
  readonly value?: SortValue;
}

export interface IndexRow {
  readonly id: string;
  readonly order: PlaceOrder;
}

export interface IndexMatches {
  /** Products, in order. */
  readonly rows: readonly IndexRow[];
  readonly hasNext: boolean;
  /** Of all that meet the filter. */
  readonly total: number;
  /** How many products do not tell whether they meet it. */
  readonly untold: number;
  /** Whether the product to go on after is no longer among them, where nothing else tells its place. */
  readonly isPlaceLost: boolean;
  /** The part of the filter that names what no product bears: a slip of the pen. */
  readonly stranger: readonly FilterPart[] | undefined;
}

/** What products are searched by, as people call them. */
export interface TextQuery extends IndexQuery {
  /** Undefined: all that meet the filter. */
  readonly text?: string;
  /** Whether misspelt words are looked for by those near to them. */
  readonly typos: boolean;
  /** Whether there may be real words that are not known here. */
  readonly mayLackWords: boolean;
  /** Products that are folded to one row; undefined for none. */
  readonly collapse?: Folding;
}

/** What is counted of the products that a text finds. */
export interface TextFacetsQuery
  extends Pick<TextQuery, 'text' | 'typos' | 'mayLackWords'>, Omit<FacetQuery, 'among'> {}

/** Why a product is there. */
export interface TextMatch {
  readonly field: SaidField | NumberMatch['field'];
  /** The text that has the words, or the number. */
  readonly value: string;
  /** Edits between what was typed and what is there, of all words. */
  readonly distance: number;
  /** Whether another word may be meant as well. */
  readonly isAmbiguous: boolean;
}

export interface TextRow extends IndexRow {
  /** Ids of the others that are folded with it. */
  readonly folded: readonly string[];
  /** Undefined where no text was given. */
  readonly match: TextMatch | undefined;
}

export interface TextMatches extends Omit<IndexMatches, 'rows'> {
  /** The best first, unless another order was asked for. */
  readonly rows: readonly TextRow[];
  /** Texts that may be meant; empty where nothing was corrected. */
  readonly didYouMean: readonly string[];
}
