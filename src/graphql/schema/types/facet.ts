/** Facets: the number of found products for each value of a field. */
import { Field, Int, ObjectType } from 'type-graphql';
import type { Facet as CountedFacet, FacetField as Name } from '../../../search-index/facets/facet.js';
import { FacetField } from '../args/enums.js';
import type { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { readAtcName } from '../reader.js';
import { Concept } from './concept.js';

@ObjectType({ description: 'One value of the field.' })
export class FacetValue {
  @Field(() => String, {
    description: 'Put it back into the filter: the filter then finds `count` products.',
  })
  readonly value!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Its name, in the requested language if there is one.',
  })
  readonly name!: string | null;

  @Field(() => Concept, {
    nullable: true,
    description: 'The value with its codes; null if it is not a coded term.',
  })
  readonly concept!: Concept | null;

  @Field(() => Int, { description: 'The number of found products that have it.' })
  readonly count!: number;

  @Field(() => Boolean, { description: 'Whether the filter contains it.' })
  readonly selected!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The `value` of the ATC class above; null for the highest class and for other fields.',
  })
  readonly parent!: string | null;
}

@ObjectType({
  description: 'The values of one field among the products found, ignoring the filter on this field.',
})
export class Facet {
  @Field(() => FacetField, { description: 'The field.' })
  readonly field!: Name;

  @Field(() => [FacetValue], {
    description: 'The most frequent values first; selected values are always included.',
  })
  readonly values!: readonly FacetValue[];

  @Field(() => Int, { description: 'The number of values, shown or not.' })
  readonly distinct!: number;

  @Field(() => Int, { description: 'The number of products with values, but none of those shown.' })
  readonly other!: number;

  @Field(() => Int, {
    description: 'The number of products without a value, or with none that a filter accepts.',
  })
  readonly missing!: number;

  static of(counted: CountedFacet, args: LanguageArgs, context: Context): Facet {
    const values = counted.values.map(({ concept: told, name, ...others }): FacetValue => {
      const concept = Concept.of(told);
      // The record has only the code of a parent class, so the name comes from EMA's terms.
      const ofClass = counted.field === 'ATC' ? readAtcName(others.value, args, context) : null;
      return { ...others, concept, name: concept?.text(args, context) ?? ofClass ?? name };
    });
    return { ...counted, values };
  }
}
