/** The queries for products that the index takes, and their answers. */
import type { FilterPart, ProductFilter } from '../facts/filter.js';
import type { SortField, SortValue } from '../facts/sorts.js';
import type { FacetQuery } from './facets/facet.js';
import type { NumberMatch } from './text/read-number.js';
import type { Folding, TextField } from './text/product-texts.js';

/** A query for products. */
export interface IndexQuery {
  readonly filter: ProductFilter;
  /** The id of a product that is left out. */
  readonly except?: string;
  /** Undefined for the order of ids. */
  readonly sort?: { readonly by: SortField; readonly isDescending: boolean; readonly language: string };
  /** Rows wanted. */
  readonly first: number;
  /** The place to continue after. */
  readonly after?: IndexPlace;
}

/** The place of a row. The rows behind it stay the same, whatever happens to its product. */
export interface IndexPlace {
  readonly id: string;
  /** Undefined where the client did not send it. Then the product must still be among those found. */
  readonly order?: PlaceOrder | undefined;
}

/** The values by which a product was sorted when it was shown, before its id. */
export interface PlaceOrder {
  /** The rank by the searched text; lower ones come first. */
  readonly rank?: number;
  /** The value that it was sorted by; undefined where its records have none. */
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
  /** The number of all products that meet the filter. */
  readonly total: number;
  /** The number of products that leave it open whether they meet it. */
  readonly untold: number;
  /** Whether the product to continue after is no longer found, and nothing else determines its place. */
  readonly isPlaceLost: boolean;
  /** The part of the filter that names something which no product has, such as a misspelt word. */
  readonly stranger: readonly FilterPart[] | undefined;
}

/** A search by text, as people call products. */
export interface TextQuery extends IndexQuery {
  /** Undefined for all products that meet the filter. */
  readonly text?: string;
  /** Whether misspelt words are replaced by similar ones. */
  readonly typos: boolean;
  /** Whether there may be real words that the index does not know. */
  readonly mayLackWords: boolean;
  /** How products are folded into one row; undefined where they are not. */
  readonly collapse?: Folding;
}

/** A query for the counts of facets among the products that a text finds. */
export interface TextFacetsQuery
  extends Pick<TextQuery, 'text' | 'typos' | 'mayLackWords'>, Omit<FacetQuery, 'among'> {}

/** The text or number by which a product was found. */
export interface TextMatch {
  readonly field: TextField | NumberMatch['field'];
  /** The text that has the words, or the number. */
  readonly value: string;
  /** Edits between the typed words and those in the product, in total. */
  readonly distance: number;
  /** Whether other words may be meant as well. */
  readonly isAmbiguous: boolean;
}

export interface TextRow extends IndexRow {
  /** Ids of the other products that are folded into the row. */
  readonly folded: readonly string[];
  /** Undefined for a query without a text. */
  readonly match: TextMatch | undefined;
}

export interface TextMatches extends Omit<IndexMatches, 'rows'> {
  /** The best first, unless another order was asked for. */
  readonly rows: readonly TextRow[];
  /** Corrected texts; empty where nothing was corrected. */
  readonly didYouMean: readonly string[];
}
