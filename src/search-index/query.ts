/** What the index is asked for products, and what it answers. */
import type { FilterPart, ProductFilter } from '../facts/filter.js';
import type { SortField } from '../facts/sorts.js';

/** What products are asked for. */
export interface IndexQuery {
  readonly filter: ProductFilter;
  /** By their ids where undefined. */
  readonly sort?: { readonly by: SortField; readonly isDescending: boolean; readonly language: string };
  /** Rows wanted. */
  readonly first: number;
  /** Id of the last product before the place where the rows go on. */
  readonly after?: string;
}

export interface IndexMatches {
  /** Ids of the products, in order. */
  readonly ids: readonly string[];
  readonly hasNext: boolean;
  /** Of all that meet the filter. */
  readonly total: number;
  /** How many products do not tell whether they meet it. */
  readonly untold: number;
  /** Whether the product to go on after is no longer among them. */
  readonly isPlaceLost: boolean;
  /** The part of the filter that names what no product bears: a slip of the pen. */
  readonly stranger: readonly FilterPart[] | undefined;
}
