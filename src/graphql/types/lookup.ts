/** What terms of any kind turn out to name. */
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Product } from './product.js';

export enum LookupKind {
  EXACT = 'EXACT',
  ALIAS = 'ALIAS',
  AMBIGUOUS = 'AMBIGUOUS',
  PARTIAL = 'PARTIAL',
  NONE = 'NONE',
  UNSEARCHABLE = 'UNSEARCHABLE',
}
registerEnumType(LookupKind, {
  name: 'LookupKind',
  description: 'How well a term names a product.',
  valuesConfig: {
    EXACT: { description: 'It is the name or number of one product, or of what belongs to it alone.' },
    ALIAS: { description: 'It is another name or number of one product, or whole words of its name.' },
    AMBIGUOUS: { description: 'It names several products.' },
    PARTIAL: { description: 'It is only the beginning of a word in the name of one product.' },
    NONE: { description: 'It names none.' },
    UNSEARCHABLE: {
      description:
        'This upstream cannot tell: there may be others than those given, or some where none is given.',
    },
  },
});

export enum LookupBy {
  NAME = 'NAME',
  NAME_PART = 'NAME_PART',
  NAME_BEGINNING = 'NAME_BEGINNING',
  PMS_ID = 'PMS_ID',
  MPID = 'MPID',
  EV_CODE = 'EV_CODE',
  IDENTIFIER = 'IDENTIFIER',
  AUTHORIZATION_NUMBER = 'AUTHORIZATION_NUMBER',
  PROCEDURE_NUMBER = 'PROCEDURE_NUMBER',
  PCID = 'PCID',
  ATC = 'ATC',
}
registerEnumType(LookupBy, {
  name: 'LookupBy',
  description: 'By what a product was found.',
  valuesConfig: {
    NAME: { description: 'One of its names, whole.' },
    NAME_PART: { description: 'Whole words of one of its names.' },
    NAME_BEGINNING: { description: 'The beginning of a word in one of its names.' },
    PMS_ID: { description: 'Its number in the Product Management Service.' },
    MPID: { description: 'Its Medicinal Product Identifier.' },
    EV_CODE: { description: 'Its code in EudraVigilance.' },
    IDENTIFIER: { description: 'Another of its numbers.' },
    AUTHORIZATION_NUMBER: { description: 'The number of an authorization, its own or of a package.' },
    PROCEDURE_NUMBER: { description: 'The number of the procedure that led to its authorization.' },
    PCID: { description: 'The Packaged Medicinal Product Identifier of a package.' },
    ATC: { description: 'Its ATC class.' },
  },
});

@ObjectType({ description: 'A product that a term names.' })
export class LookupMatch {
  @Field(() => Product, { nullable: true, description: 'The product.' })
  readonly product!: Product | null;

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
