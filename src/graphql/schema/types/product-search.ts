/** The result types of the product search by text: its rows and its totals. */
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { TextMatch } from '../../../search-index/query.js';
import { Product } from './product.js';

export enum TotalRelation {
  EXACT = 'EXACT',
  AT_LEAST = 'AT_LEAST',
}

registerEnumType(TotalRelation, {
  name: 'TotalRelation',
  description: 'The relation of a number to the true total.',
  valuesConfig: {
    EXACT: { description: 'The exact number.' },
    AT_LEAST: { description: 'The known number; there may be more that this service does not hold.' },
  },
});

export enum MatchField {
  NAME = 'NAME',
  SUBSTANCE = 'SUBSTANCE',
  HOLDER = 'HOLDER',
  ATC = 'ATC',
  AUTHORIZATION_NUMBER = 'AUTHORIZATION_NUMBER',
  PROCEDURE_NUMBER = 'PROCEDURE_NUMBER',
  IDENTIFIER = 'IDENTIFIER',
  PACKAGE = 'PACKAGE',
}

registerEnumType(MatchField, {
  name: 'MatchField',
  description: 'The place where a product matches the search text.',
  valuesConfig: {
    NAME: { description: 'In one of its names.' },
    SUBSTANCE: { description: 'In the name of an active substance, or of its base.' },
    HOLDER: { description: 'In the name of a holder of its authorizations.' },
    ATC: { description: 'In an ATC class: its code or its name.' },
    AUTHORIZATION_NUMBER: { description: 'It is the number of an authorization.' },
    PROCEDURE_NUMBER: { description: 'It is the number of a procedure.' },
    IDENTIFIER: { description: 'It is a number of the product: its PMS ID, its MPID or another.' },
    PACKAGE: { description: 'It is the bar code of a package.' },
  },
});

@ObjectType({
  description: 'The number of products that a search finds among those that this service holds.',
})
export class SearchTotal {
  @Field(() => Int, { description: 'The number of held products that match; folded products count singly.' })
  readonly value!: number;

  @Field(() => TotalRelation, {
    description:
      'EXACT if this service holds all products of the upstream, and every record shows whether it matches.',
  })
  readonly relation!: TotalRelation;
}

@ObjectType({ description: 'Why the search found a product.' })
export class SearchMatch {
  @Field(() => MatchField, { description: 'The place of the match.' })
  readonly field!: MatchField;

  @Field(() => String, { description: 'The text with the matching words, or the matching number.' })
  readonly value!: string;

  @Field(() => Int, {
    description:
      'The number of letters changed, added, left out or swapped between the input and the match. 0 only if each word is exact or the beginning of a word.',
  })
  readonly distance!: number;

  @Field(() => Boolean, {
    description:
      'Whether the input may mean another word as well: show the alternatives, and never replace one by the other.',
  })
  readonly ambiguous!: boolean;

  static of(match: TextMatch | undefined): SearchMatch | null {
    if (!match) return null;
    const { field, value, distance, isAmbiguous } = match;
    return { field: MatchField[field], value, distance, ambiguous: isAmbiguous };
  }
}

/** The fields of a result row beside its product. */
@ObjectType()
export class ProductSearchRow {
  @Field(() => SearchMatch, {
    nullable: true,
    description: 'The reason for this row; null without `text`.',
  })
  readonly match!: SearchMatch | null;

  @Field(() => [Product], { description: 'The products that `collapse` folds into this row.' })
  readonly folded!: readonly Product[];
}

/** The fields of the search beside its rows. */
@ObjectType()
export class ProductSearchTally {
  @Field(() => SearchTotal, { description: 'The number of products found.' })
  readonly total!: SearchTotal;

  @Field(() => [String], {
    description:
      'Suggested texts if a word of `text` is unknown and others are similar; the most similar first. Empty if nothing was corrected.',
  })
  readonly didYouMean!: readonly string[];
}
