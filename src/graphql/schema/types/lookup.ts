/** Results of looking up terms of any kind. */
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Package } from './package.js';
import { Product } from './product.js';

export enum LookupKind {
  EXACT = 'EXACT',
  ALIAS = 'ALIAS',
  AMBIGUOUS = 'AMBIGUOUS',
  PARTIAL = 'PARTIAL',
  NONE = 'NONE',
  INVALID = 'INVALID',
  UNSEARCHABLE = 'UNSEARCHABLE',
}
registerEnumType(LookupKind, {
  name: 'LookupKind',
  description: 'How well a term names a product.',
  valuesConfig: {
    EXACT: { description: 'It is the name or number of one product, or of what belongs to it alone.' },
    ALIAS: { description: 'It is another name of one product, or whole words of its name, in any order.' },
    AMBIGUOUS: { description: 'It names several products.' },
    PARTIAL: { description: 'It is only the beginning of a word in the names of products, however many.' },
    NONE: { description: 'It names none.' },
    INVALID: {
      description:
        'It is no term: blank, longer than 200 characters, or with control characters other than the separator of a GS1 string.',
    },
    UNSEARCHABLE: {
      description:
        'This upstream cannot tell: there may be others than those given, or some where none is given.',
    },
  },
});

export enum LookupBy {
  NAME = 'NAME',
  NAME_WORD = 'NAME_WORD',
  NAME_START = 'NAME_START',
  SUBSTANCE = 'SUBSTANCE',
  PMS_ID = 'PMS_ID',
  MPID = 'MPID',
  EV_CODE = 'EV_CODE',
  PCID = 'PCID',
  AUTHORIZATION_NUMBER = 'AUTHORIZATION_NUMBER',
  PROCEDURE_NUMBER = 'PROCEDURE_NUMBER',
  DATA_CARRIER = 'DATA_CARRIER',
  ATC = 'ATC',
  IDENTIFIER = 'IDENTIFIER',
}
registerEnumType(LookupBy, {
  name: 'LookupBy',
  description: 'By what a product was found.',
  valuesConfig: {
    NAME: { description: 'One of its names, whole.' },
    NAME_WORD: { description: 'Whole words of one of its names: `5mg` is `5 mg`, and `5` is not `50`.' },
    NAME_START: { description: 'The beginning of a word in one of its names.' },
    SUBSTANCE: {
      description:
        'The code or the whole name of a substance that it contains, or that a strength of it is counted in. Where whole words name products, a substance is looked for as well only if records have shown its name.',
    },
    PMS_ID: { description: 'Its number in the Product Management Service.' },
    MPID: { description: 'Its Medicinal Product Identifier.' },
    EV_CODE: { description: 'Its code in EudraVigilance.' },
    PCID: {
      description: 'The Packaged Medicinal Product Identifier, another number, or the id of a package.',
    },
    AUTHORIZATION_NUMBER: { description: 'The number of an authorization, its own or of a package.' },
    PROCEDURE_NUMBER: {
      description:
        'The number of the procedure that led to its authorization, or of a later step of it: `EMEA/H/C/004728/II/0012`.',
    },
    DATA_CARRIER: {
      description:
        'The bar code of a package: EAN-13 and GTIN-14 are one; of a whole GS1 string the GTIN counts.',
    },
    ATC: { description: 'Its ATC class.' },
    IDENTIFIER: {
      description:
        'Another of its numbers, or a number or id of what belongs to it: of a company, `ORG-100003918`, of an ingredient, `Ingredient:40000000100`.',
    },
  },
});

@ObjectType({ description: 'A product that a term names.' })
export class LookupMatch {
  @Field(() => Product, { nullable: true, description: 'The product.' })
  readonly product!: Product | null;

  @Field(() => Package, {
    nullable: true,
    description:
      'The package whose number or bar code it is; null where it is the product’s, or that of several packages.',
  })
  readonly package!: Package | null;

  @Field(() => LookupBy, { description: 'Which of its names or numbers matched.' })
  readonly how!: LookupBy;

  @Field(() => String, { description: 'That name or number as registered.' })
  readonly value!: string;
}

@ObjectType({ description: 'What one term names.' })
export class Lookup {
  @Field(() => String, { description: 'The term, as it was given.' })
  readonly term!: string;

  @Field(() => LookupKind, { description: 'How well it names a product.' })
  readonly kind!: LookupKind;

  @Field(() => [LookupMatch], { description: 'The products that it names.' })
  readonly matches!: LookupMatch[];
}
