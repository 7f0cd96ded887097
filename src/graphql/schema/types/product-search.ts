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
  description: 'Whether a number is the exact total or a minimum.',
  valuesConfig: {
    EXACT: { description: 'The number is exact.' },
    AT_LEAST: {
      description:
        'The number is a minimum. There may be more products that are not in the index of this service.',
    },
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
  description: 'The data of a product that match the search text.',
  valuesConfig: {
    NAME: { description: 'A name of the product.' },
    SUBSTANCE: { description: 'The name of an active substance, or of its base.' },
    HOLDER: { description: 'The name of a company that holds an authorization of the product.' },
    ATC: { description: 'The code or the name of an ATC class.' },
    AUTHORIZATION_NUMBER: { description: 'The number of an authorization.' },
    PROCEDURE_NUMBER: { description: 'The number of a procedure.' },
    IDENTIFIER: { description: 'A number of the product: the PMS ID, the MPID or another.' },
    PACKAGE: { description: 'The bar code of a package.' },
  },
});

@ObjectType({
  description: 'The number of products in the index of this service that a search finds.',
})
export class SearchTotal {
  @Field(() => Int, {
    description:
      'The number of products in the index that match. Products that `collapse` combines into one row are counted one by one.',
  })
  readonly value!: number;

  @Field(() => TotalRelation, {
    description:
      'Whether `value` is exact. EXACT only if the index contains all products of the upstream, and every record shows whether it matches.',
  })
  readonly relation!: TotalRelation;
}

@ObjectType({ description: 'Why the search found a product.' })
export class SearchMatch {
  @Field(() => MatchField, {
    description: 'The data of the product that match: its name, a substance, a number …',
  })
  readonly field!: MatchField;

  @Field(() => String, {
    description: 'The text of the product that contains the matching words, or the matching number.',
  })
  readonly value!: string;

  @Field(() => Int, {
    description:
      'The number of letters that are changed, added, left out or swapped between the search text and the match. 0 means that each word of the search text is equal to a word of the match, or is the beginning of one.',
  })
  readonly distance!: number;

  @Field(() => Boolean, {
    description:
      'Whether the search text may mean another word too. If true, show users the alternatives, and never replace one word by the other.',
  })
  readonly ambiguous!: boolean;

  static of(match: TextMatch | undefined): SearchMatch | null {
    if (!match) return null;
    const { field, value, distance, isAmbiguous } = match;
    return { field: MatchField[field], value, distance, ambiguous: isAmbiguous };
  }
}

/** The fields of a result row in addition to its product. */
@ObjectType()
export class ProductSearchRow {
  @Field(() => SearchMatch, {
    nullable: true,
    description: 'Why the search found this product. Null if the search has no `text`.',
  })
  readonly match!: SearchMatch | null;

  @Field(() => [Product], { description: 'The products that `collapse` combines into this row.' })
  readonly folded!: readonly Product[];
}

/** The fields of the search in addition to its rows. */
@ObjectType()
export class ProductSearchTally {
  @Field(() => SearchTotal, { description: 'The number of products that the search finds.' })
  readonly total!: SearchTotal;

  @Field(() => [String], {
    description:
      'Corrected search texts to offer to users, the most similar first. They exist if a word of `text` is not in the index, but similar words are. Empty if nothing was corrected.',
  })
  readonly didYouMean!: readonly string[];
}
