/** A source of terms: lists that are built in, or imported. */

/** One term of a list. */
export interface Term {
  /** As codings give it. */
  readonly code: string;
  /** Texts by lower-case language tag (`en`, `de`), the preferred one. */
  readonly texts: ReadonlyMap<string, string>;
  /** Other names that people use, in any language: short names, synonyms. */
  readonly otherNames: readonly string[];
  /** The code of the term that takes its place, where it was nullified. */
  readonly successor?: string | undefined;
  /** Of a class of the ATC: `A10BA02`. */
  readonly atc?: string | undefined;
  /** The code of the term above it. */
  readonly parent?: string | undefined;
}

export interface TermSource {
  /** Ids of its lists. */
  lists(): readonly string[];
  term(list: string, code: string): Term | undefined;
  /** All terms of a list, in its order; empty where it has no such list. */
  terms(list: string): readonly Term[];
  /** Another number whenever what it holds may have changed. */
  readonly version: number;
}
