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
  description: 'The kinds of suggestions.',
  valuesConfig: {
    PRODUCT: { description: 'The name of a product, or its brand for all strengths and forms.' },
    SUBSTANCE: { description: 'A substance.' },
    ATC: { description: 'A class of the ATC.' },
    HOLDER: { description: 'A holder of authorizations.' },
    NUMBER: { description: 'A number of a product or an authorization.' },
  },
});

@ObjectType({
  description:
    'The part of a `ProductFilter` behind a suggestion. Put it into the filter as it is, without nulls and the `__typename` that clients add.',
})
export class SuggestedFilter {
  @Field(() => String, { nullable: true, description: 'Text in the name.' })
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
  description: 'A suggestion for a user’s input: a text to show, and its filter.',
})
export class Suggestion {
  @Field(() => SuggestionKind, { description: 'Its kind.' })
  readonly kind!: Kind;

  @Field(() => String, { description: 'The text to show.' })
  readonly text!: string;

  @Field(() => String, {
    nullable: true,
    description: 'A further note, mainly that the input was corrected.',
  })
  readonly detail!: string | null;

  @Field(() => SuggestedFilter, { description: 'Its filter, which finds at least one product.' })
  readonly filter!: SuggestedFilter;

  /**
   * Creates a suggestion. A term is written in the reader's language, even if it was found by a name in another
   * language. Without a text in the reader's language, it is written as found.
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
