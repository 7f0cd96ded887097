/** Declares a source of terms: lists that are built in, or imported. */

/** One term of a list. */
export interface Term {
  /** The code in codings. */
  readonly code: string;
  /** The preferred text in each language, by lower-case tag (`en`, `de`). */
  readonly texts: ReadonlyMap<string, string>;
  /** Other names that people use, in any language: short names, synonyms. */
  readonly otherNames: readonly string[];
  /** The code of the term that replaced it, where it was nullified. */
  readonly successor?: string | undefined;
  /** The code of an ATC class: `A10BA02`. */
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
  /** It changes whenever the content may have changed. */
  readonly version: number;
}
