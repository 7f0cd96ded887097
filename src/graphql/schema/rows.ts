/** Declares the rows from which a field that follows a link is answered: as a connection, a list or a single object. */
import type { MatchedBy } from '../../catalogue/question/term.js';
import type { Reference } from 'fhir/r5.js';
import type { TermKind } from '../../catalogue/lookup/lookup.js';
import type { Key } from '../../catalogue/graph/key.js';
import type { LinkName } from '../../catalogue/graph/links.js';
import type { ListArgs, RootName } from '../../catalogue/question/selection.js';
import type { PmsError } from '../../errors.js';
import type { TextMatch } from '../../search-index/query.js';
import type { Connection, ConnectionPlace } from './types/connection.js';

/** One field's call of a link: its arguments, and the scope of its cursors. */
export interface LinkCall {
  readonly link: LinkName | RootName;
  readonly args: ListArgs;
  /** The list that its cursors belong to. */
  readonly scope: string;
  /** Why it fails without a request: the upstream does not support it. */
  readonly refusal?: PmsError;
}

/** A gap in the answer, with its place and reason: `extensions.upstream.incomplete[]`. */
export interface Incomplete {
  readonly path: readonly (string | number)[];
  readonly reason: string;
  readonly reference?: string;
  /** Number of records that do not say whether they belong to the list. */
  readonly count?: number;
  /** Names for people the records that may be missing, where that is known. */
  readonly message?: string;
}

/** The matches of one term. */
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

/** A part of the answer from stale copies: `extensions.upstream.stale[]`. */
export interface Stale {
  readonly path: readonly (string | number)[];
  /** Seconds since the oldest of them was fetched. */
  readonly age: number;
  /** The record, where it is a single one. */
  readonly reference?: string;
}

/** The rows of a search by text. */
export interface CalledRows<View> {
  readonly nodes: readonly View[];
  /** Why each row matches; undefined where no text was given. */
  readonly matches: readonly (TextMatch | undefined)[];
  /** The products folded into each row. */
  readonly folded: readonly (readonly View[])[];
  /** Number of found products in the index. */
  readonly products: number;
  readonly didYouMean: readonly string[];
  readonly place: ConnectionPlace;
}

/** The rows that one link leads to from one parent. */
export interface Rows<View> {
  /**
   * Returns a connection.
   * @throws the error of the list; a list that was cut is marked instead
   */
  connection(): Connection<View>;
  /**
   * Returns all rows.
   * @throws UPSTREAM_INCOMPLETE rather than a partial list
   */
  list(): readonly View[];
  /**
   * Returns all rows, for computing something from the whole.
   * @throws as `list` does, and DANGLING_REFERENCE where one does not exist
   */
  all(): readonly View[];
  /**
   * Returns the first row, or null where there is none.
   * @throws DANGLING_REFERENCE where the reference leads to no record
   */
  one(): View | null;
  /** Returns the row of one of the references that the link follows. */
  referred(reference: Reference | undefined): View | null;
  /**
   * Returns the rows of some of the references that the link follows.
   * @throws as `list` does
   */
  those(references: readonly Reference[]): readonly View[];
  /**
   * Returns the rows of a search by text.
   * @throws the error of the search
   */
  called(): CalledRows<View>;
  /**
   * Returns the matches of each term.
   * @throws the error of the lookup
   */
  lookups(): readonly TermRow<View>[];
  /**
   * Returns one page of a searcher's answer.
   * @throws the error of the search
   */
  page<Value>(): { readonly values: readonly Value[]; readonly place: ConnectionPlace };
  /**
   * Returns the first of these; null where there is none.
   * @throws UPSTREAM_INCOMPLETE where there may still be one
   */
  value<Value>(): Value | null;
  /** Returns a row for each requested key, null where it does not exist. An error fails only its own place. */
  each(): readonly (View | PmsError | null)[];
}

/** Answers fields from known records. */
export interface Answers {
  /** @param path the field's path in the answer, for its gaps */
  rows(call: LinkCall, parent: Key, path: () => readonly (string | number)[]): Rows<unknown>;
}
