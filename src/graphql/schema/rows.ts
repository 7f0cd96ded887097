/** The rows of a link. A field is computed from them: as a connection, a list or a single object. */
import type { MatchedBy } from '../../catalogue/question/term.js';
import type { Reference } from 'fhir/r5.js';
import type { TermKind } from '../../catalogue/lookup/lookup.js';
import type { Key } from '../../catalogue/graph/key.js';
import type { LinkName } from '../../catalogue/graph/links.js';
import type { ListArgs, RootName } from '../../catalogue/question/selection.js';
import type { PmsError } from '../../errors.js';
import type { TextMatch } from '../../search-index/query.js';
import type { Connection, ConnectionPlace } from './types/connection.js';

/** One call of a link by a field: its arguments, and the scope of its cursors. */
export interface LinkCall {
  readonly link: LinkName | RootName;
  readonly args: ListArgs;
  /** Identifies the list for its cursors: the field and its arguments. */
  readonly scope: string;
  /** The error, if the upstream does not support this use of the link. No request is sent then. */
  readonly refusal?: PmsError;
}

/** A gap in the response, with its path and reason: `extensions.upstream.incomplete[]`. */
export interface Incomplete {
  readonly path: readonly (string | number)[];
  readonly reason: string;
  readonly reference?: string;
  /** The number of records that do not state whether they belong to the list. */
  readonly count?: number;
  /** Which records may be missing, in words for people. Undefined if unknown. */
  readonly message?: string;
}

/** One term of a lookup, with the products that match it. */
export interface TermRow<View> {
  readonly term: string;
  readonly kind: TermKind;
  readonly matches: readonly {
    readonly product: View | null;
    /** A view of a package. */
    readonly package: unknown;
    readonly how: MatchedBy;
    readonly value: string;
  }[];
}

/** A part of the response that comes from stale cached copies: `extensions.upstream.stale[]`. */
export interface Stale {
  readonly path: readonly (string | number)[];
  /** Seconds since the upstream sent the oldest of the stale copies. */
  readonly age: number;
  /** The record, if a single record is stale. */
  readonly reference?: string;
}

/** The rows of a search by text. */
export interface CalledRows<View> {
  readonly nodes: readonly View[];
  /** Why each row matches. Undefined without a search text. */
  readonly matches: readonly (TextMatch | undefined)[];
  /** For each row, the products that are grouped into it. */
  readonly folded: readonly (readonly View[])[];
  /** The number of matching products in the index. */
  readonly products: number;
  readonly didYouMean: readonly string[];
  readonly place: ConnectionPlace;
}

/** One page of results that are not records. */
export interface ValueRows<Value, View> {
  readonly values: readonly Value[];
  readonly place: ConnectionPlace;
  /** Returns the record that a result is about. Null if it is about none, or if the record was not read. */
  readonly recordOf: (index: number) => View | null;
}

/** The rows of a link from one parent record. */
export interface Rows<View> {
  /**
   * Returns a connection. If the list was cut off, it is marked as incomplete.
   * @throws the error of the list
   */
  connection(): Connection<View>;
  /**
   * Returns all rows.
   * @throws UPSTREAM_INCOMPLETE if the list is incomplete
   */
  list(): readonly View[];
  /**
   * Returns all rows, to compute a value from the whole list.
   * @throws UPSTREAM_INCOMPLETE if the list is incomplete, DANGLING_REFERENCE if a referenced record does not exist
   */
  all(): readonly View[];
  /**
   * Returns the first row, or null for an empty list.
   * @throws DANGLING_REFERENCE if the referenced record does not exist
   */
  one(): View | null;
  /** Returns the row of one reference. The reference must be one of those that the link follows. */
  referred(reference: Reference | undefined): View | null;
  /**
   * Returns the rows of some references. They must be among those that the link follows.
   * @throws UPSTREAM_INCOMPLETE if the list is incomplete
   */
  those(references: readonly Reference[]): readonly View[];
  /**
   * Returns the rows of a search by text.
   * @throws the error of the search
   */
  called(): CalledRows<View>;
  /**
   * Returns the terms of the lookup with their matches.
   * @throws the error of the lookup
   */
  lookups(): readonly TermRow<View>[];
  /**
   * Returns one page of results that are not records, such as facets or suggestions.
   * @throws the error of the search
   */
  page<Value>(): ValueRows<Value, View>;
  /**
   * Returns the first result that is not a record, such as a substance. Null if there is no result.
   * @throws UPSTREAM_INCOMPLETE if there may be results that were not read
   */
  value<Value>(): Value | null;
  /**
   * Returns a row for each requested key: null if the record does not exist, and an error if the record could not be
   * read.
   */
  each(): readonly (View | PmsError | null)[];
}

/** Computes the values of fields from fetched records. */
export interface Answers {
  /** @param path returns the field's path in the response, to report gaps */
  rows(call: LinkCall, parent: Key, path: () => readonly (string | number)[]): Rows<unknown>;
}
