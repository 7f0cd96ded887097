/** Results of looking up products by any name or number. */
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
  description: 'How well a term identifies a product.',
  valuesConfig: {
    EXACT: { description: 'The name or number of one product, or of a record that belongs to it alone.' },
    ALIAS: { description: 'Another name of one product, or whole words of its name, in any order.' },
    AMBIGUOUS: { description: 'It matches several products.' },
    PARTIAL: { description: 'Only the beginning of a word in the names of one or more products.' },
    NONE: { description: 'It matches no product.' },
    INVALID: {
      description:
        'Not a term: blank, longer than 200 characters, or with control characters other than the separator of a GS1 string.',
    },
    UNSEARCHABLE: {
      description:
        'This upstream cannot search for all of it: there may be more products than those given, if any.',
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
  description: 'The name or number by which a product was found.',
  valuesConfig: {
    NAME: { description: 'One of its whole names.' },
    NAME_WORD: {
      description: 'Whole words of one of its names: `5mg` equals `5 mg`, and `5` does not match `50`.',
    },
    NAME_START: { description: 'The beginning of a word in one of its names.' },
    SUBSTANCE: {
      description:
        'The code or whole name of a substance that it contains or that a strength refers to. If whole words already match product names, a substance is searched for only if records have shown its name.',
    },
    PMS_ID: { description: 'Its number in the Product Management Service.' },
    MPID: { description: 'Its Medicinal Product Identifier.' },
    EV_CODE: { description: 'Its code in EudraVigilance.' },
    PCID: {
      description: 'The Packaged Medicinal Product Identifier, another number, or the id of a package.',
    },
    AUTHORIZATION_NUMBER: { description: 'The number of an authorization of the product or of a package.' },
    PROCEDURE_NUMBER: {
      description:
        'The number of the procedure behind its authorization, or of a later step: `EMEA/H/C/004728/II/0012`.',
    },
    DATA_CARRIER: {
      description:
        'The bar code of a package. EAN-13 and GTIN-14 are equivalent; in a whole GS1 string the GTIN counts.',
    },
    ATC: { description: 'Its ATC class.' },
    IDENTIFIER: {
      description:
        'Another of its numbers, or a number or id of a related record: of a company, `ORG-100003918`, of an ingredient, `Ingredient:40000000100`.',
    },
  },
});

@ObjectType({ description: 'A product that a term identifies.' })
export class LookupMatch {
  @Field(() => Product, { nullable: true, description: 'The product.' })
  readonly product!: Product | null;

  @Field(() => Package, {
    nullable: true,
    description:
      'The package with this number or bar code; null if it belongs to the product, or to several packages.',
  })
  readonly package!: Package | null;

  @Field(() => LookupBy, { description: 'The kind of name or number that matched.' })
  readonly how!: LookupBy;

  @Field(() => String, { description: 'The matching name or number as registered.' })
  readonly value!: string;
}

@ObjectType({ description: 'The result for one term.' })
export class Lookup {
  @Field(() => String, { description: 'The term, as it was given.' })
  readonly term!: string;

  @Field(() => LookupKind, { description: 'How well it identifies a product.' })
  readonly kind!: LookupKind;

  @Field(() => [LookupMatch], { description: 'The products that it identifies.' })
  readonly matches!: LookupMatch[];
}
