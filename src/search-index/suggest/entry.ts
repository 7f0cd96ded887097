/** The entries from which suggestions are made. An entry has a text, and the thing that the text stands for. */
import type { SuggestedFilter, SuggestionKind } from './suggestion.js';

/** A thing that several texts can stand for, such as a substance with all its names. */
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
  /**
   * For a product: the shorter entry, usually the brand, that is suggested in its place until more words are typed.
   */
  readonly brand: Entry | undefined;
  /** Whether the text is not the main name of the thing. */
  readonly isOther: boolean;
  /** The endings that follow this text in names, as positions in the list of endings, in ascending order. */
  readonly tails: readonly number[];
}
