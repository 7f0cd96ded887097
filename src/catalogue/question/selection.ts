/** The input of the catalogue: a tree of links to follow. It does not depend on GraphQL. */
import type { ResourceType } from '../../fhir/resources.js';
import type { ProductFilter } from '../../facts/filter.js';
import type { SortField } from '../../facts/sorts.js';
import type { PlaceOrder } from '../../search-index/query.js';
import type { Folding } from '../../search-index/text/product-texts.js';
import type { Key } from '../graph/key.js';
import type { LinkName } from '../graph/links.js';
import type { ShownSubstances, substanceType } from '../graph/substance-key.js';

/** Types that links can start from: FHIR resource types, and substances, which are not FHIR resources here. */
export type ParentType = ResourceType | typeof substanceType;

/** One link to follow, with the selections below it. */
export interface Selection {
  readonly link: LinkName | RootName;
  readonly args: ListArgs;
  /** The response keys from the operation's root to this field, for error messages. */
  readonly path: readonly string[];
  /** The selections below the targets, by the resource type of the target. */
  readonly below: ReadonlyMap<ParentType, readonly Selection[]>;
}

/**
 * A starting point of an operation: resources by id, a product search, a lookup of terms, or a query that returns
 * values. Product searches also occur below substances and products.
 */
export type RootName = 'resources' | 'products' | 'terms' | 'value';

/** Arguments that determine which targets of a link are in a list. */
export interface ListArgs {
  /** For `resources`: the keys of the requested records. */
  readonly keys?: readonly Key[];
  /**
   * For `resources`: the product whose bundle contains the records. It is used for upstreams that can read only
   * products by id.
   */
  readonly within?: Key;
  /** For `products`: the search. */
  readonly search?: ProductSearch;
  /** For `products` below a record: which of its substances the search is for. */
  readonly substances?: ShownSubstances;
  /** For `terms`: the texts to look up. */
  readonly terms?: readonly string[];
  /** For `value`: the query, and the searcher that runs it. */
  readonly asked?: ValueQuestion;
  /** Maximum number of rows, 1 to 100; undefined for all rows. */
  readonly first?: number;
  readonly after?: ListCursor;
  /** Values by filter name, such as an ingredient role or an authorization type. See `filters`. */
  readonly where?: Readonly<Record<string, unknown>>;
}

/** A query that returns values, not records: suggestions or counts, for example. */
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

/** A full-text search for products. Only the index supports it. */
export interface CalledBy {
  /** The text to search for; undefined to match all products that meet the filter. */
  readonly text?: string;
  /** Whether a word that matches nothing may also match words with a similar spelling. */
  readonly typos: boolean;
  /** Which products are grouped into one row. */
  readonly collapse?: Folding;
}

export interface ProductSearch {
  /** The filter; empty for all products. */
  readonly filter: ProductFilter;
  /** A full-text search that is combined with the filter. */
  readonly called?: CalledBy;
  /** The key of a product to exclude. */
  readonly except?: Key;
  /** The sort order; undefined for the upstream's own order. */
  readonly sort?: ProductSort;
  /** Number of rows, 1 to 100. */
  readonly first: number;
  readonly after?: Position;
  /** Whether the upstream should count all matches. */
  readonly withTotal: boolean;
}

/**
 * A position in the upstream's list: the link to a page, the number of rows to skip on it, and the last row before
 * the position.
 */
export interface Position {
  /** The elements and includes that the pages of the link contain. Another operation may need other ones. */
  readonly brings: string;
  /** Empty if the link is too long for a cursor. Then the list is read again until the last row is found. */
  readonly link: string;
  readonly skip: number;
  /** The key of the last row, or its shortened form by `markOf`. */
  readonly last: string;
  /** The language whose collation ordered the names. */
  readonly language?: string;
  /** The value by which the index sorted the last row; undefined without an index. */
  readonly order?: PlaceOrder;
  /**
   * If the list was incomplete, the number of rows after this position at that time. If a retry returns no more rows
   * than these, the list ends there.
   */
  readonly shown?: number;
  /**
   * The key of the substance or product that the list belongs to, shortened by `markOf`; undefined at the operation's
   * root.
   */
  readonly parent?: string;
}

/** A position in a list of children: the parent, and the last row that was returned. */
export interface ListCursor {
  /** The key of the parent, shortened by `markOf`. `last` has the same form. */
  readonly parent: string;
  readonly last: string;
  /**
   * If the list was incomplete, the number of rows after this position at that time. If a retry returns no more rows
   * than these, the list ends there.
   */
  readonly shown?: number;
}

const rootNames: ReadonlySet<string> = new Set<RootName>(['resources', 'products', 'terms', 'value']);

export function isRoot(link: LinkName | RootName): link is RootName {
  return rootNames.has(link);
}

/** Returns the key under which the data loader caches a lookup of terms. */
export function termsQuestion(terms: readonly string[]): string {
  return JSON.stringify(terms);
}

/**
 * Returns the key under which the data loader caches a value query. It does not depend on the order of the arguments.
 */
export function valueQuestion({ searcher, name, args }: ValueQuestion): string {
  const given = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([searcher, name, given]);
}

/**
 * Returns the key under which the data loader caches a product search. It does not depend on the order of the filter
 * fields.
 */
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
