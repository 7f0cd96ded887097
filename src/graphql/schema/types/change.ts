/** The changes of products. */
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type {
  Change as Recorded,
  ChangedPart as Part,
  ChangeKind as Kind,
} from '../../../search-index/changes/change.js';
import { DateTime } from '../scalars.js';
import { Product } from './product.js';

/** The kinds of changes, by their names. The index uses these names too. */
export const ChangeKind: Readonly<Record<Kind, Kind>> = { NEW: 'NEW', CHANGED: 'CHANGED', GONE: 'GONE' };

registerEnumType(ChangeKind, {
  name: 'ChangeKind',
  description: 'How a product has changed.',
  valuesConfig: {
    NEW: {
      description:
        'The index has this product for the first time, or again after it was gone. After the index was filled anew, all products are new.',
    },
    CHANGED: {
      description: 'The product has other content than before. A new version alone does not count.',
    },
    GONE: { description: 'The upstream no longer has the product.' },
  },
});

/** The parts of a product that can change, by their names. The index uses these names too. */
export const ChangedPart: Readonly<Record<Part, Part>> = {
  NAME: 'NAME',
  STATUS: 'STATUS',
  PACKAGES: 'PACKAGES',
  INGREDIENTS: 'INGREDIENTS',
  AUTHORIZATIONS: 'AUTHORIZATIONS',
  OTHER: 'OTHER',
};

registerEnumType(ChangedPart, {
  name: 'ChangedPart',
  description: 'A part of a product that can change.',
  valuesConfig: {
    NAME: { description: 'The names of the product.' },
    STATUS: { description: 'The status of the product’s record, or its marketing statuses.' },
    PACKAGES: { description: 'The packages of the product, or the manufactured items in them.' },
    INGREDIENTS: { description: 'The ingredients of the product, or the records of their substances.' },
    AUTHORIZATIONS: { description: 'The authorizations of the product or of its packages.' },
    OTHER: { description: 'Another element of the product, or another record that belongs to it.' },
  },
});

@ObjectType({
  description:
    'A change of a product, as the index of this service recorded it. It has no id. A product may have several changes.',
})
export class Change {
  @Field(() => ID, {
    description: 'The id of the product’s record, for `product(id:)`. Products that are gone have it too.',
  })
  readonly productId!: string;

  @Field(() => Product, {
    nullable: true,
    description:
      'The product as it is now. Null if the upstream no longer has it, or if the index does not have its whole record.',
  })
  readonly product!: Product | null;

  @Field(() => ChangeKind, { description: 'Whether the product is new, changed or gone.' })
  readonly kind!: Kind;

  @Field(() => DateTime, {
    description:
      'When the index recorded the change. The upstream made the change earlier. If the kind is NEW, this is when the product was first seen.',
  })
  readonly at!: Date;

  @Field(() => [ChangedPart], {
    description:
      'The parts that have changed. Empty if the kind is NEW or GONE. A part is named only if the index had its content before and after the change.',
  })
  readonly parts!: readonly Part[];

  static of({ productId, kind, at, parts }: Recorded, product: Product | null): Change {
    return { productId, product, kind, at: new Date(at), parts };
  }
}
