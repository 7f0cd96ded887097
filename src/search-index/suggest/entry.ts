/** Entries of suggestions: texts, and the things that they stand for. */
import type { SuggestedFilter, SuggestionKind } from './suggestion.js';

/** A thing that several texts may stand for: a substance with its names. */
export interface Thing {
  readonly filter: SuggestedFilter;
  readonly detail: string | undefined;
}

export interface Entry {
  readonly kind: Exclude<SuggestionKind, 'NUMBER'>;
  readonly text: string;
  readonly products: number;
  /** Undefined for a product, which is searched by the text itself. */
  readonly thing: Thing | undefined;
  /** For a product, the entry that it is folded into, usually the brand, until further words are typed. */
  readonly brand: Entry | undefined;
  /** Whether the thing is usually called by another name. */
  readonly isOther: boolean;
  /** The endings of names after this text, by their indexes in the list of endings, ascending. */
  readonly tails: readonly number[];
}
