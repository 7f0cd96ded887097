/** What is suggested while someone types: a text, and the filter that it stands for. */

/** In the order in which kinds take turns where nothing else decides. */
export const suggestionKinds = ['PRODUCT', 'SUBSTANCE', 'ATC', 'HOLDER', 'NUMBER'] as const;
export type SuggestionKind = (typeof suggestionKinds)[number];

/** A part of `ProductFilter`, as a client gives it: one of these is given. */
export interface SuggestedFilter {
  readonly name?: string;
  readonly atc?: readonly string[];
  readonly substance?: readonly string[];
  readonly holder?: readonly string[];
  readonly identifier?: readonly string[];
  readonly authorizationNumber?: readonly string[];
  readonly procedureNumber?: readonly string[];
}

export interface Suggestion {
  readonly kind: SuggestionKind;
  readonly text: string;
  /** What more is to be said of it, in plain words: that what was typed is corrected, above all. */
  readonly detail: string | undefined;
  /** Finds one product at least, as of when the suggestion was made. */
  readonly filter: SuggestedFilter;
}

/** Characters that a text of a filter may have. */
const longest = 200;

/** Whether a filter may carry a text: what it refuses is not suggested. */
export function isAskable(text: string): boolean {
  return text.length <= longest && /\S/u.test(text) && !/[\p{Cc}\p{Cs}]/u.test(text);
}
