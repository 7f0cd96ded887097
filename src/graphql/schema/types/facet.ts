/** Facets: the number of found products by the value of a field. */
import { Field, Int, ObjectType } from 'type-graphql';
import type { Facet as CountedFacet, FacetField as Name } from '../../../search-index/facets/facet.js';
import { FacetField } from '../args/enums.js';
import type { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { readAtcName } from '../reader.js';
import { Concept } from './concept.js';

@ObjectType({ description: 'A value that products have.' })
export class FacetValue {
  @Field(() => String, {
    description:
      'Goes back into the filter: what that finds then, beside the rest of it, are `count` products.',
  })
  readonly value!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The name of it, in the language asked for where it has one.',
  })
  readonly name!: string | null;

  @Field(() => Concept, {
    nullable: true,
    description: 'The same with its codes; null for what is no coded term.',
  })
  readonly concept!: Concept | null;

  @Field(() => Int, { description: 'How many of the products found have it.' })
  readonly count!: number;

  @Field(() => Boolean, { description: 'Whether the filter asks for it.' })
  readonly selected!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The `value` of the class above, of an ATC class; null of the highest, and of all else.',
  })
  readonly parent!: string | null;
}

@ObjectType({
  description:
    'The values of one field among the products found, without the part of the filter that asks for this field.',
})
export class Facet {
  @Field(() => FacetField, { description: 'The field.' })
  readonly field!: Name;

  @Field(() => [FacetValue], {
    description: 'The most frequent first; those that the filter asks for in any case.',
  })
  readonly values!: readonly FacetValue[];

  @Field(() => Int, { description: 'How many values there are, shown or not.' })
  readonly distinct!: number;

  @Field(() => Int, { description: 'Products that have a value, and none of those shown.' })
  readonly other!: number;

  @Field(() => Int, {
    description: 'Products that tell no value, or none that a filter could ask for.',
  })
  readonly missing!: number;

  static of(counted: CountedFacet, args: LanguageArgs, context: Context): Facet {
    const values = counted.values.map(({ concept: told, name, ...others }): FacetValue => {
      const concept = Concept.of(told);
      // For the classes above its own, a record has only the code.
      const ofClass = counted.field === 'ATC' ? readAtcName(others.value, args, context) : null;
      return { ...others, concept, name: concept?.text(args, context) ?? ofClass ?? name };
    });
    return { ...counted, values };
  }
}
