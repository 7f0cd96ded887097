/** Types of the product search by text: its rows and its tally. */
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { TextMatch } from '../../../search-index/query.js';
import { Product } from './product.js';

export enum TotalRelation {
  EXACT = 'EXACT',
  AT_LEAST = 'AT_LEAST',
}

registerEnumType(TotalRelation, {
  name: 'TotalRelation',
  description: 'How many there are, beside a number.',
  valuesConfig: {
    EXACT: { description: 'Just so many.' },
    AT_LEAST: { description: 'So many are known; there may be more, which this service does not hold.' },
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
  description: 'Where a product has what was searched for.',
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

@ObjectType({ description: 'How many products a search finds, of those that this service holds.' })
export class SearchTotal {
  @Field(() => Int, { description: 'Products that are held and found; folded ones count each by itself.' })
  readonly value!: number;

  @Field(() => TotalRelation, {
    description: 'EXACT where all products of the upstream are held, and all tell whether they belong here.',
  })
  readonly relation!: TotalRelation;
}

@ObjectType({ description: 'Why a product is among those found.' })
export class SearchMatch {
  @Field(() => MatchField, { description: 'Where it has what was searched for.' })
  readonly field!: MatchField;

  @Field(() => String, { description: 'The text that has the words, or the number.' })
  readonly value!: string;

  @Field(() => Int, {
    description:
      'Letters that were changed, added, left out or swapped to get from what was typed to what is there. 0 only where each word stands as typed, or begins so.',
  })
  readonly distance!: number;

  @Field(() => Boolean, {
    description:
      'Whether another word may be meant as well: show what else there is, and never take the one for the other.',
  })
  readonly ambiguous!: boolean;

  static of(match: TextMatch | undefined): SearchMatch | null {
    if (!match) return null;
    const { field, value, distance, isAmbiguous } = match;
    return { field: MatchField[field], value, distance, ambiguous: isAmbiguous };
  }
}

/** Fields of a row beside its product. */
@ObjectType()
export class ProductSearchRow {
  @Field(() => SearchMatch, {
    nullable: true,
    description: 'Why it is there; null where no `text` was given.',
  })
  readonly match!: SearchMatch | null;

  @Field(() => [Product], { description: 'The products that `collapse` folds into this row.' })
  readonly folded!: readonly Product[];
}

/** Fields of the search beside its rows. */
@ObjectType()
export class ProductSearchTally {
  @Field(() => SearchTotal, { description: 'How many products are found.' })
  readonly total!: SearchTotal;

  @Field(() => [String], {
    description:
      'Texts that may be meant, where a word of `text` is not known anywhere and others are near to it; the nearest first. Empty where nothing was corrected.',
  })
  readonly didYouMean!: readonly string[];
}
