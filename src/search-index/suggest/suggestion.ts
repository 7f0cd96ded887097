/** Suggestions for a typed text: a text, and the filter that it stands for. */

/** Kinds, in the order in which they take turns where nothing else decides. */
export const suggestionKinds = ['PRODUCT', 'SUBSTANCE', 'ATC', 'HOLDER', 'NUMBER'] as const;
export type SuggestionKind = (typeof suggestionKinds)[number];

/** A part of `ProductFilter` in the form that clients use. Exactly one of them is set. */
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
  /** Further information in plain words, above all that the typed text was corrected. */
  readonly detail: string | undefined;
  /** Finds at least one product, as of the time of the suggestion. */
  readonly filter: SuggestedFilter;
}

/** Characters that a text of a filter may have. */
const longest = 200;

/** Whether a filter accepts a text. Others are not suggested. */
export function isAskable(text: string): boolean {
  return text.length <= longest && /\S/u.test(text) && !/[\p{Cc}\p{Cs}]/u.test(text);
}
