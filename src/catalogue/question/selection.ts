/** What an operation asks of the catalogue: a plain tree of links, without GraphQL. */
import type { ResourceType } from '../../fhir/resources.js';
import type { ProductFilter } from '../../facts/filter.js';
import type { SortField } from '../../facts/sorts.js';
import type { PlaceOrder } from '../../search-index/query.js';
import type { Folding } from '../../search-index/text/product-texts.js';
import type { Key } from '../graph/key.js';
import type { LinkName } from '../graph/links.js';
import type { ShownSubstances, substanceType } from '../graph/substance-key.js';

/** Types that links can be followed from: records, and substances, which are no records. */
export type ParentType = ResourceType | typeof substanceType;

/** One link to follow, with the selections below it. */
export interface Selection {
  readonly link: LinkName | RootName;
  readonly args: ListArgs;
  /** Response keys from the operation's root, for messages. */
  readonly path: readonly string[];
  /** The selections to follow from its targets, by the target's type. */
  readonly below: ReadonlyMap<ParentType, readonly Selection[]>;
}

/**
 * Where an operation begins: resources by their ids, a search for products, terms that name some, or a question that has
 * a value for an answer. Products are searched for below substances and below products too.
 */
export type RootName = 'resources' | 'products' | 'terms' | 'value';

/** Arguments that choose the targets of a link for a list. */
export interface ListArgs {
  /** `resources`: the keys asked for. */
  readonly keys?: readonly Key[];
  /** `resources`: the product to find them in, where the upstream reads nothing but products. */
  readonly within?: Key;
  /** `products`: what to search for. */
  readonly search?: ProductSearch;
  /** `products` below records: which of their substances are searched for. */
  readonly substances?: ShownSubstances;
  /** `terms`: what to look up. */
  readonly terms?: readonly string[];
  /** `asked`: the question, and the searcher that answers it. */
  readonly asked?: ValueQuestion;
  /** At most so many rows, 1 to 100; undefined = all. */
  readonly first?: number;
  readonly after?: ListCursor;
  /** Only the rows of this ingredient role, authorization type …: a test by name, see `filters`. */
  readonly where?: Readonly<Record<string, unknown>>;
}

/** A question whose answer is values, and no records: suggestions, counts. */
export interface ValueQuestion {
  /** The name of the searcher that answers. */
  readonly searcher: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface ProductSort {
  readonly by: SortField;
  readonly isDescending: boolean;
  /** Tag of the language whose alphabet orders names. */
  readonly language: string;
}

/** A search of products by text. The index alone answers it. */
export interface CalledBy {
  /** Undefined: all that meet the filter. */
  readonly text?: string;
  /** Whether misspelt words are looked for by those near to them. */
  readonly typos: boolean;
  /** Products that are folded to one row. */
  readonly collapse?: Folding;
}

export interface ProductSearch {
  /** Empty for all products. */
  readonly filter: ProductFilter;
  /** Beside the filter. */
  readonly called?: CalledBy;
  /** The key of a product that is left out. */
  readonly except?: Key;
  /** The upstream's own order where undefined. */
  readonly sort?: ProductSort;
  /** Rows wanted, 1 to 100. */
  readonly first: number;
  readonly after?: Position;
  /** Whether the upstream is to count all matches. */
  readonly withTotal: boolean;
}

/** A place in the upstream's order: a page's link, rows of it to skip, and the last row before the place. */
export interface Position {
  /** The elements that its pages bring. Another operation may need more. */
  readonly brings: string;
  /** Empty where it is too long for a cursor: then the place is found again by the last row. */
  readonly link: string;
  readonly skip: number;
  /** Its key, or the `markOf` that. */
  readonly last: string;
  /** The language by which names were ordered. */
  readonly language?: string;
  /** The value by which the index has sorted the last row; undefined without an index. */
  readonly order?: PlaceOrder;
  /** Rows that a list which was cut had from here on: one that is cut again at the same place ends. */
  readonly shown?: number;
  /** The `markOf` the substance, or the product, whose list it is; undefined at the operation's root. */
  readonly parent?: string;
}

/** Where a child list goes on: after a key, below a parent. */
export interface ListCursor {
  /** The `markOf` its key, as the next. */
  readonly parent: string;
  readonly last: string;
  /** Rows that a list which was cut had from here on: one that is cut again at the same place ends. */
  readonly shown?: number;
}

const rootNames: ReadonlySet<string> = new Set<RootName>(['resources', 'products', 'terms', 'value']);

export function isRoot(link: LinkName | RootName): link is RootName {
  return rootNames.has(link);
}

/** One lookup. */
export function termsQuestion(terms: readonly string[]): string {
  return JSON.stringify(terms);
}

/** One question for a value, however its arguments are ordered. */
export function valueQuestion({ searcher, name, args }: ValueQuestion): string {
  const given = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([searcher, name, given]);
}

/** One search, however its arguments are ordered. */
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
