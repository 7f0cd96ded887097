/** The entries from which suggestions are made: texts, and the things that they stand for. */
import type { SuggestedFilter, SuggestionKind } from './suggestion.js';

/** A thing that several texts may stand for, such as a substance with all its names. */
export interface Thing {
  readonly filter: SuggestedFilter;
  readonly detail: string | undefined;
}

export interface Entry {
  readonly kind: Exclude<SuggestionKind, 'NUMBER'>;
  readonly text: string;
  readonly products: number;
  /** The thing that the text stands for; undefined for a product, which is searched by the text itself. */
  readonly thing: Thing | undefined;
  /** For a product, the shorter entry, usually the brand, that is suggested instead until further words are typed. */
  readonly brand: Entry | undefined;
  /** Whether the text is another name than the main name of the thing. */
  readonly isOther: boolean;
  /** The endings that names have after this text, as positions in the list of endings, ascending. */
  readonly tails: readonly number[];
}
