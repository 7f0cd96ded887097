/** The input of the catalogue: a tree of links to follow, independent of GraphQL. */
import type { ResourceType } from '../../fhir/resources.js';
import type { ProductFilter } from '../../facts/filter.js';
import type { SortField } from '../../facts/sorts.js';
import type { PlaceOrder } from '../../search-index/query.js';
import type { Folding } from '../../search-index/text/product-texts.js';
import type { Key } from '../graph/key.js';
import type { LinkName } from '../graph/links.js';
import type { ShownSubstances, substanceType } from '../graph/substance-key.js';

/** Types that links can start from: FHIR resource types, and substances (which are no FHIR resources). */
export type ParentType = ResourceType | typeof substanceType;

/** One link to follow, with the selections below it. */
export interface Selection {
  readonly link: LinkName | RootName;
  readonly args: ListArgs;
  /** Response keys from the operation's root, for messages. */
  readonly path: readonly string[];
  /** The selections to follow from the targets, by the type of the target. */
  readonly below: ReadonlyMap<ParentType, readonly Selection[]>;
}

/**
 * A starting point: resources by id, a product search, a lookup of terms, or a query that returns values. Product
 * searches also occur below substances and below products.
 */
export type RootName = 'resources' | 'products' | 'terms' | 'value';

/** Arguments that choose which targets of a link a list returns. */
export interface ListArgs {
  /** For `resources`: the keys of the requested records. */
  readonly keys?: readonly Key[];
  /** For `resources`: the product whose bundle contains the records, for upstreams that read only products by id. */
  readonly within?: Key;
  /** For `products`: the search. */
  readonly search?: ProductSearch;
  /** For `products` below a record: which of its substances the search is for. */
  readonly substances?: ShownSubstances;
  /** For `terms`: the texts to look up. */
  readonly terms?: readonly string[];
  /** For `value`: the query, with the searcher that answers it. */
  readonly asked?: ValueQuestion;
  /** Most rows, 1 to 100; undefined for all rows. */
  readonly first?: number;
  readonly after?: ListCursor;
  /** Values by filter name, such as an ingredient role or an authorization type. See `filters`. */
  readonly where?: Readonly<Record<string, unknown>>;
}

/** A query that returns values instead of records, such as suggestions or counts. */
export interface ValueQuestion {
  /** The name of the searcher that answers the query. */
  readonly searcher: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface ProductSort {
  readonly by: SortField;
  readonly isDescending: boolean;
  /** Language tag that selects the collation for names. */
  readonly language: string;
}

/** A full-text search for products. Only the index answers it. */
export interface CalledBy {
  /** The text to search for; undefined to match all products that meet the filter. */
  readonly text?: string;
  /** Whether misspelt words also match similar words. */
  readonly typos: boolean;
  /** Groups products into one row each. */
  readonly collapse?: Folding;
}

export interface ProductSearch {
  /** The filter; empty for all products. */
  readonly filter: ProductFilter;
  /** A full-text search in addition to the filter. */
  readonly called?: CalledBy;
  /** The key of a product to exclude. */
  readonly except?: Key;
  /** The sort order; undefined for the upstream's own order. */
  readonly sort?: ProductSort;
  /** Number of rows, 1 to 100. */
  readonly first: number;
  readonly after?: Position;
  /** Whether the upstream shall count all matches. */
  readonly withTotal: boolean;
}

/**
 * A position in the upstream's list: the link to a page, the number of its rows to skip, and the last row before the
 * position.
 */
export interface Position {
  /** The elements and includes that the pages of the link contain. Another operation may need more. */
  readonly brings: string;
  /** Empty if the link is too long for a cursor. Then the last row is searched for again. */
  readonly link: string;
  readonly skip: number;
  /** The key of the last row, or the `markOf` that key. */
  readonly last: string;
  /** The language whose collation ordered the names. */
  readonly language?: string;
  /** The value by which the index sorted the last row; undefined without an index. */
  readonly order?: PlaceOrder;
  /**
   * The number of rows after this position when the list was last incomplete. If a retry brings no more rows, the list
   * ends there.
   */
  readonly shown?: number;
  /** The `markOf` the substance or product that the list belongs to; undefined at the operation's root. */
  readonly parent?: string;
}

/** The position in a child list: a parent and the last row returned. */
export interface ListCursor {
  /** The `markOf` the parent's key. `last` has the same form. */
  readonly parent: string;
  readonly last: string;
  /**
   * The number of rows after this position when the list was last incomplete. If a retry brings no more rows, the list
   * ends there.
   */
  readonly shown?: number;
}

const rootNames: ReadonlySet<string> = new Set<RootName>(['resources', 'products', 'terms', 'value']);

export function isRoot(link: LinkName | RootName): link is RootName {
  return rootNames.has(link);
}

/** Returns the loader key of a lookup of terms. */
export function termsQuestion(terms: readonly string[]): string {
  return JSON.stringify(terms);
}

/** Returns the loader key of a value query, independent of the order of its arguments. */
export function valueQuestion({ searcher, name, args }: ValueQuestion): string {
  const given = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([searcher, name, given]);
}

/** Returns the loader key of a product search, independent of the order of its filter fields. */
export function searchQuestion(search: ProductSearch): string {
  const { filter, called, except, sort, first, after, withTotal } = search;
  const given = Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    given,
    sort,
    first,
    after,
    withTotal,
    ...(called ? [called] : []),
    ...(except ? [except] : []),
  ]);
}
