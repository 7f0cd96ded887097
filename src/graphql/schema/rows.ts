/** What a field that follows a link is answered from: its rows, as connection, list or single object. */
import type { MatchedBy } from '../../catalogue/question/term.js';
import type { Reference } from 'fhir/r5.js';
import type { TermKind } from '../../catalogue/lookup/lookup.js';
import type { Key } from '../../catalogue/graph/key.js';
import type { LinkName } from '../../catalogue/graph/links.js';
import type { ListArgs, RootName } from '../../catalogue/question/selection.js';
import type { PmsError } from '../../errors.js';
import type { TextMatch } from '../../search-index/query.js';
import type { Connection, ConnectionPlace } from './types/connection.js';

/** A link as one field asks for it: which rows, and where its cursors are good. */
export interface LinkCall {
  readonly link: LinkName | RootName;
  readonly args: ListArgs;
  /** The list that its cursors belong to. */
  readonly scope: string;
  /** Why it is answered without being asked: something that this upstream cannot do. */
  readonly refusal?: PmsError;
}

/** What the answer lacks, where, and why: `extensions.upstream.incomplete[]`. */
export interface Incomplete {
  readonly path: readonly (string | number)[];
  readonly reason: string;
  readonly reference?: string;
  /** How many records do not tell whether they belong to the list. */
  readonly count?: number;
  /** Which records may be missing, for people, where that can be told. */
  readonly message?: string;
}

/** What one term names. */
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

/** What was answered from copies that are no longer fresh: `extensions.upstream.stale[]`. */
export interface Stale {
  readonly path: readonly (string | number)[];
  /** Seconds since the oldest of them was fetched. */
  readonly age: number;
  /** The record, where it is a single one. */
  readonly reference?: string;
}

/** The rows of a search by what products are called. */
export interface CalledRows<View> {
  readonly nodes: readonly View[];
  /** Why each is there; undefined where no text was given. */
  readonly matches: readonly (TextMatch | undefined)[];
  /** What is folded with each. */
  readonly folded: readonly (readonly View[])[];
  /** Products that are found, of those that are held. */
  readonly products: number;
  readonly didYouMean: readonly string[];
  readonly place: ConnectionPlace;
}

/** The rows that one link leads to from one parent. */
export interface Rows<View> {
  /** @throws the reason why they could not be had; a list that was cut is marked instead */
  connection(): Connection<View>;
  /** All of them. @throws UPSTREAM_INCOMPLETE rather than giving a part for the whole */
  list(): readonly View[];
  /** All of them, for what is worked out of the whole. @throws as `list` does, and DANGLING_REFERENCE where one does not exist */
  all(): readonly View[];
  /** The first, or null where there is none. @throws DANGLING_REFERENCE where what is referred to does not exist */
  one(): View | null;
  /** The row that one reference, of those that the link follows, leads to. */
  referred(reference: Reference | undefined): View | null;
  /** The rows that some references, of those that the link follows, lead to. @throws as `list` does */
  those(references: readonly Reference[]): readonly View[];
  /** @throws the reason why nothing could be searched */
  called(): CalledRows<View>;
  /** What each term names. @throws the reason why they could not be looked up */
  lookups(): readonly TermRow<View>[];
  /** One page of what a searcher has answered. @throws the reason why there is no answer */
  page<Value>(): { readonly values: readonly Value[]; readonly place: ConnectionPlace };
  /** The first of these; null where there is none. @throws UPSTREAM_INCOMPLETE where there may be one all the same */
  value<Value>(): Value | null;
  /** A row for each key asked for, null where it does not exist; an error fails its own place alone. */
  each(): readonly (View | PmsError | null)[];
}

/** Answers fields out of what is known. */
export interface Answers {
  /** @param path where the field stands in the answer, for what it lacks */
  rows(call: LinkCall, parent: Key, path: () => readonly (string | number)[]): Rows<unknown>;
}
