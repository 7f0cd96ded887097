/** A suggestion for a typed text: a complete text, and the filter that it stands for. */

/** The kinds of suggestions, in the order in which they alternate. */
export const suggestionKinds = ['PRODUCT', 'SUBSTANCE', 'ATC', 'HOLDER', 'NUMBER'] as const;
export type SuggestionKind = (typeof suggestionKinds)[number];

/** A part of `ProductFilter` in the form that clients use. Exactly one property is set. */
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
  /** Further information in words, for example that the typed text was corrected. */
  readonly detail: string | undefined;
  /** The filter of the suggestion. When it is suggested, it finds at least one product. */
  readonly filter: SuggestedFilter;
}

/** Maximum number of characters of a text in a filter. */
const longest = 200;

/** Whether a filter accepts a text. Other texts are not suggested. */
export function isAskable(text: string): boolean {
  return text.length <= longest && /\S/u.test(text) && !/[\p{Cc}\p{Cs}]/u.test(text);
}
