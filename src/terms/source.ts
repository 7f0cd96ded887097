/** The interface of a source of terms: built-in or imported lists. */

/** One term of a list. */
export interface Term {
  /** The code of the term in codings. */
  readonly code: string;
  /** The preferred text in each language, by language tag in lower case (`en`, `de`). */
  readonly texts: ReadonlyMap<string, string>;
  /** Additional names in any language: abbreviations, synonyms. */
  readonly otherNames: readonly string[];
  /** The code of the term that replaced this one, if this one was nullified. */
  readonly successor?: string | undefined;
  /** The ATC code, for a term of an ATC list: `A10BA02`. */
  readonly atc?: string | undefined;
  /** The code of the parent term. */
  readonly parent?: string | undefined;
}

export interface TermSource {
  /** Returns the ids of the source's lists. */
  lists(): readonly string[];
  term(list: string, code: string): Term | undefined;
  /** Returns the terms with this code of all lists, in the order of the lists. */
  anywhere(code: string): readonly Term[];
  /** Returns all terms of a list in their order; empty if the source does not have the list. */
  terms(list: string): readonly Term[];
  /** A number that changes whenever the content may have changed. */
  readonly version: number;
}
