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
    EXACT: {
      description:
        'The term is the whole name or a number of exactly one product, or of a record that belongs only to that product.',
    },
    ALIAS: {
      description:
        'The term is another name of exactly one product, or consists of whole words of its name, in any order.',
    },
    AMBIGUOUS: { description: 'The term matches several products.' },
    PARTIAL: {
      description: 'The term is only the beginning of a word in the names of one or more products.',
    },
    NONE: { description: 'The term matches no product.' },
    INVALID: {
      description:
        'The term is invalid: blank, longer than 200 characters, or with control characters other than the separator in a scanned GS1 string.',
    },
    UNSEARCHABLE: {
      description:
        'The upstream cannot search for this term completely. There may be more products than the listed matches, even if none is listed.',
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
  description: 'The type of name or number by which a product was found.',
  valuesConfig: {
    NAME: { description: 'A whole name of the product.' },
    NAME_WORD: {
      description: 'Whole words of a name of the product. `5mg` equals `5 mg`, but `5` does not match `50`.',
    },
    NAME_START: { description: 'The beginning of a word in a name of the product.' },
    SUBSTANCE: {
      description:
        'The code or whole name of a substance that the product contains, or to which a strength refers. If the words already match product names, a substance is searched for only if this service has seen its name in a record.',
    },
    PMS_ID: { description: 'The number of the product in EMA’s Product Management Service.' },
    MPID: { description: 'The Medicinal Product Identifier of the product.' },
    EV_CODE: { description: 'The code of the product in EudraVigilance.' },
    PCID: {
      description:
        'The Packaged Medicinal Product Identifier (PCID), another number, or the id of a package.',
    },
    AUTHORIZATION_NUMBER: { description: 'The number of an authorization of the product or of a package.' },
    PROCEDURE_NUMBER: {
      description:
        'The number of the procedure that led to the authorization, or of a later step in it: `EMEA/H/C/004728/II/0012`.',
    },
    DATA_CARRIER: {
      description:
        'The bar code of a package. The EAN-13 and the GTIN-14 of a package both match. In a whole GS1 string, only the GTIN counts.',
    },
    ATC: { description: 'An ATC class of the product.' },
    IDENTIFIER: {
      description:
        'Another number of the product, or the number or id of a related record, such as a company (`ORG-100003918`) or an ingredient (`Ingredient:40000000100`).',
    },
  },
});

@ObjectType({ description: 'A product that matches a lookup term.' })
export class LookupMatch {
  @Field(() => Product, { nullable: true, description: 'The product that matches the term.' })
  readonly product!: Product | null;

  @Field(() => Package, {
    nullable: true,
    description:
      'The package with the matching number or bar code. Null if the number belongs to the product, or to several packages.',
  })
  readonly package!: Package | null;

  @Field(() => LookupBy, { description: 'The type of name or number that matched.' })
  readonly how!: LookupBy;

  @Field(() => String, { description: 'The matching name or number, as registered.' })
  readonly value!: string;
}

@ObjectType({ description: 'The result of `lookup` for one term.' })
export class Lookup {
  @Field(() => String, { description: 'The term as it was passed to `lookup`.' })
  readonly term!: string;

  @Field(() => LookupKind, { description: 'How well the term identifies a product.' })
  readonly kind!: LookupKind;

  @Field(() => [LookupMatch], { description: 'The products that match the term.' })
  readonly matches!: LookupMatch[];
}
