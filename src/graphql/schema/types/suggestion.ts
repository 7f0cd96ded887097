/** Suggestions for the text that a user is typing. */
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { atcText } from '../../../search-index/suggest/atc-entries.js';
import type {
  Suggestion as Suggested,
  SuggestionKind as Kind,
} from '../../../search-index/suggest/suggestion.js';
import type { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { substanceList } from '../../../terms/lists.js';
import { readAtcName, readTerm } from '../reader.js';

/** The types of suggestions, by their names. The index uses these names too. */
export const SuggestionKind: Readonly<Record<Kind, Kind>> = {
  PRODUCT: 'PRODUCT',
  SUBSTANCE: 'SUBSTANCE',
  ATC: 'ATC',
  HOLDER: 'HOLDER',
  NUMBER: 'NUMBER',
};

registerEnumType(SuggestionKind, {
  name: 'SuggestionKind',
  description: 'What a suggestion is about.',
  valuesConfig: {
    PRODUCT: { description: 'The name of one product, or a brand with all its strengths and dose forms.' },
    SUBSTANCE: { description: 'The name of a substance.' },
    ATC: { description: 'An ATC class.' },
    HOLDER: { description: 'A company that holds authorizations.' },
    NUMBER: { description: 'The number of a product or of an authorization.' },
  },
});

@ObjectType({
  description:
    'A `ProductFilter` that finds the products of a suggestion. Copy its fields into the filter unchanged, except nulls and the `__typename` that clients add.',
})
export class SuggestedFilter {
  @Field(() => String, { nullable: true, description: 'Text in the name of a product.' })
  readonly name?: string;

  @Field(() => [String], { nullable: true, description: 'Codes of ATC classes.' })
  readonly atc?: readonly string[];

  @Field(() => [String], { nullable: true, description: 'Codes or names of substances.' })
  readonly substance?: readonly string[];

  @Field(() => [String], { nullable: true, description: 'Ids or names of holders.' })
  readonly holder?: readonly string[];

  @Field(() => [String], { nullable: true, description: 'Numbers of products.' })
  readonly identifier?: readonly string[];

  @Field(() => [String], { nullable: true, description: 'Numbers of authorizations.' })
  readonly authorizationNumber?: readonly string[];

  @Field(() => [String], { nullable: true, description: 'Numbers of procedures.' })
  readonly procedureNumber?: readonly string[];
}

@ObjectType({
  description: 'A suggestion for the text that a user is typing: a text to show, and a filter.',
})
export class Suggestion {
  @Field(() => SuggestionKind, { description: 'What the suggestion is about: a product, a substance …' })
  readonly kind!: Kind;

  @Field(() => String, { description: 'The text to show.' })
  readonly text!: string;

  @Field(() => String, {
    nullable: true,
    description: 'A further note to show, mostly that the typed text was corrected.',
  })
  readonly detail!: string | null;

  @Field(() => SuggestedFilter, {
    description: 'The filter that finds the products of the suggestion. It finds at least one.',
  })
  readonly filter!: SuggestedFilter;

  /**
   * Creates a suggestion. A term is written in the reader's language, even if the typed text matched its name in
   * another language. If the term has no text in the reader's language, the matching name is used.
   */
  static of(found: Suggested, args: LanguageArgs, context: Context): Suggestion {
    const { kind, detail = null, filter } = found;
    return { kind, text: textOf(found, args, context), detail, filter };
  }
}

function textOf({ text, filter }: Suggested, args: LanguageArgs, context: Context): string {
  const [[atc] = [], [substance] = []] = [filter.atc, filter.substance];
  if (substance !== undefined) return readTerm(substanceList, substance, args, context) ?? text;
  const name = atc === undefined ? null : readAtcName(atc, args, context);
  return atc === undefined || name === null ? text : atcText(atc, name);
}
