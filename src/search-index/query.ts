/** The queries for products that the index takes, and their results. */
import type { FilterPart, ProductFilter } from '../facts/filter.js';
import type { SortField, SortValue } from '../facts/sorts.js';
import type { FacetQuery } from './facets/facet.js';
import type { NumberMatch } from './text/read-number.js';
import type { Folding, TextField } from './text/product-texts.js';

/** A query for products. */
export interface IndexQuery {
  readonly filter: ProductFilter;
  /** The id of a product to leave out of the result. */
  readonly except?: string;
  /** The order of the rows; undefined for the order of ids. */
  readonly sort?: { readonly by: SortField; readonly isDescending: boolean; readonly language: string };
  /** The number of rows to return at most. */
  readonly first: number;
  /** The place after which the rows begin; undefined for the first page. */
  readonly after?: IndexPlace;
}

/** The place of a row in a result. With `order`, it stays valid even if the product of the row changes or goes. */
export interface IndexPlace {
  readonly id: string;
  /** The values by which the row was sorted. If undefined, the product must still be in the result. */
  readonly order?: PlaceOrder | undefined;
}

/** The values by which a product was sorted when its row was returned. Products with equal values are sorted by id. */
export interface PlaceOrder {
  /** The rank of the product for the searched text. Lower ranks come first. */
  readonly rank?: number;
  /** The value of the sort field; undefined if the product's records have no such value. */
  readonly value?: SortValue;
}

export interface IndexRow {
  readonly id: string;
  readonly order: PlaceOrder;
}

export interface IndexMatches {
  /** The found products, in order. */
  readonly rows: readonly IndexRow[];
  readonly hasNext: boolean;
  /** The number of all products that meet the filter. */
  readonly total: number;
  /** The number of products that may meet the filter: their records lack the data to decide. */
  readonly untold: number;
  /** Whether the place `after` cannot be found: it has no `order`, and its product is no longer in the result. */
  readonly isPlaceLost: boolean;
  /** The part of the filter that names something which no product has, such as a misspelt word. */
  readonly stranger: readonly FilterPart[] | undefined;
}

/** A search for products by a typed text. */
export interface TextQuery extends IndexQuery {
  /** The typed text; undefined to find all products that meet the filter. */
  readonly text?: string;
  /** Whether misspelt words are replaced by similar ones. */
  readonly typos: boolean;
  /** Whether the index may lack real words, such as names of products that it has not read. */
  readonly mayLackWords: boolean;
  /** The value by which products share a row; undefined to give each product a row. */
  readonly collapse?: Folding;
}

/** A query for the counts of facets among the products that a text finds. */
export interface TextFacetsQuery
  extends Pick<TextQuery, 'text' | 'typos' | 'mayLackWords'>, Omit<FacetQuery, 'among'> {}

/** The text or number by which a product was found. */
export interface TextMatch {
  readonly field: TextField | NumberMatch['field'];
  /** The text of the product that has the typed words, or the number that was typed. */
  readonly value: string;
  /** The number of edits between the typed words and the words of the product, in total. */
  readonly distance: number;
  /** Whether the user may have meant other words. */
  readonly isAmbiguous: boolean;
}

export interface TextRow extends IndexRow {
  /** Ids of the other products that share the row. */
  readonly folded: readonly string[];
  /** Why the product was found; undefined for a query without a text. */
  readonly match: TextMatch | undefined;
}

export interface TextMatches extends Omit<IndexMatches, 'rows'> {
  /** The rows: the best matches first, or in the order of `sort` if the query has it. */
  readonly rows: readonly TextRow[];
  /** The typed text with corrected words, in several versions; empty if no word was corrected. */
  readonly didYouMean: readonly string[];
}
