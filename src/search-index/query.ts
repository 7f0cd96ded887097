/** The queries for products that the index supports, and their results. */
import type { FilterPart, ProductFilter } from '../facts/filter.js';
import type { SortField, SortValue } from '../facts/sorts.js';
import type { FacetQuery } from './facets/facet.js';
import type { NumberMatch } from './text/read-number.js';
import type { Folding, TextField } from './text/product-texts.js';

/** A query for products. */
export interface IndexQuery {
  readonly filter: ProductFilter;
  /** The id of a product that is left out of the result. */
  readonly except?: string;
  /** The sort order of the rows; undefined to sort by id. */
  readonly sort?: { readonly by: SortField; readonly isDescending: boolean; readonly language: string };
  /** Maximum number of rows. */
  readonly first: number;
  /** The position after which the rows begin; undefined for the first page. */
  readonly after?: IndexPlace;
}

/**
 * The position of a row in a result. If it has an `order`, it remains valid even if the product of the row changes or
 * is deleted.
 */
export interface IndexPlace {
  readonly id: string;
  /**
   * The values by which the row was sorted. If undefined, the position is valid only while the product is in the
   * result.
   */
  readonly order?: PlaceOrder | undefined;
}

/** The values by which a product was sorted when its row was returned. Products with equal values are sorted by id. */
export interface PlaceOrder {
  /** The rank of the product in the text search. Lower ranks come first. */
  readonly rank?: number;
  /** The value of the sort field; undefined if the product's records have no such value. */
  readonly value?: SortValue;
}

export interface IndexRow {
  readonly id: string;
  readonly order: PlaceOrder;
}

export interface IndexMatches {
  /** The matching products, in order. */
  readonly rows: readonly IndexRow[];
  readonly hasNext: boolean;
  /** The number of all products that meet the filter. */
  readonly total: number;
  /** The number of products that may meet the filter, but whose records lack the data to decide. */
  readonly untold: number;
  /**
   * Whether the position `after` cannot be found, because it has no `order` and its product is no longer in the
   * result.
   */
  readonly isPlaceLost: boolean;
  /** The part of the filter whose value no product has, such as a misspelt word. */
  readonly stranger: readonly FilterPart[] | undefined;
}

/** A search for products by a text that a user typed. */
export interface TextQuery extends IndexQuery {
  /** The text that a user typed; undefined to find all products that meet the filter. */
  readonly text?: string;
  /** Whether misspelt words are replaced by words with a similar spelling. */
  readonly typos: boolean;
  /**
   * Whether some existing words may be missing in the index, such as names of products that the index does not
   * contain.
   */
  readonly mayLackWords: boolean;
  /** Which products share a row; undefined to give each product its own row. */
  readonly collapse?: Folding;
}

/** A query that counts the values of facets among the products that a text search finds. */
export interface TextFacetsQuery
  extends Pick<TextQuery, 'text' | 'typos' | 'mayLackWords'>, Omit<FacetQuery, 'among'> {}

/** The text or number that matched in a product. */
export interface TextMatch {
  readonly field: TextField | NumberMatch['field'];
  /** The text of the product that contains the typed words, or the number that was typed. */
  readonly value: string;
  /** The total number of character edits between the typed words and the words of the product. */
  readonly distance: number;
  /** Whether the user may have meant other words. */
  readonly isAmbiguous: boolean;
}

export interface TextRow extends IndexRow {
  /** The ids of the other products that share the row. */
  readonly folded: readonly string[];
  /** Why the product matched; undefined for a query without a text. */
  readonly match: TextMatch | undefined;
}

export interface TextMatches extends Omit<IndexMatches, 'rows'> {
  /** The rows. The best matches come first, unless the query has a `sort`. */
  readonly rows: readonly TextRow[];
  /** The typed text with corrected words, in one or more versions; empty if no word was corrected. */
  readonly didYouMean: readonly string[];
}
