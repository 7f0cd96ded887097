/** What may be suggested: texts, and what they stand for. */
import type { SuggestedFilter, SuggestionKind } from './suggestion.js';

/** What several texts may stand for: a substance with its names. */
export interface Thing {
  readonly filter: SuggestedFilter;
  readonly detail: string | undefined;
}

export interface Entry {
  readonly kind: Exclude<SuggestionKind, 'NUMBER'>;
  readonly text: string;
  readonly products: number;
  /** Undefined for a product, which is asked for by the text. */
  readonly thing: Thing | undefined;
  /** Of a product what it is folded into, the brand as a rule: that stands for it as long as nothing more is typed. */
  readonly brand: Entry | undefined;
  /** Whether it is another name than the one that the thing is called by as a rule. */
  readonly isOther: boolean;
  /** What follows it in names, by places in the list of that, ascending. */
  readonly tails: readonly number[];
}
