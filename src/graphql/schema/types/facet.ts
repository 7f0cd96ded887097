/** Facets: the number of matching products for each value of a field. */
import { Field, Int, ObjectType } from 'type-graphql';
import type { Facet as CountedFacet, FacetField as Name } from '../../../search-index/facets/facet.js';
import { FacetField } from '../args/enums.js';
import type { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { readAtcName } from '../reader.js';
import { Concept } from './concept.js';

@ObjectType({ description: 'One value of a facet’s field, with the number of products.' })
export class FacetValue {
  @Field(() => String, {
    description: 'The value to put into the filter. The filter then finds `count` products.',
  })
  readonly value!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The name of the value, in the requested language if there is a name in that language.',
  })
  readonly name!: string | null;

  @Field(() => Concept, {
    nullable: true,
    description: 'The value with its codes. Null if it is not a coded term.',
  })
  readonly concept!: Concept | null;

  @Field(() => Int, { description: 'The number of found products that have this value.' })
  readonly count!: number;

  @Field(() => Boolean, { description: 'Whether the filter of the search already contains this value.' })
  readonly selected!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'The `value` of the ATC class one level above. Null for a class of the highest level, and for all fields except ATC.',
  })
  readonly parent!: string | null;
}

@ObjectType({
  description:
    'The values of one field among the found products, with counts. The filter on this field itself is ignored.',
})
export class Facet {
  @Field(() => FacetField, { description: 'The field whose values are counted.' })
  readonly field!: Name;

  @Field(() => [FacetValue], {
    description:
      'The values, the most frequent first. Values in the filter of the search are always included.',
  })
  readonly values!: readonly FacetValue[];

  @Field(() => Int, {
    description: 'The number of different values, including those that `values` does not list.',
  })
  readonly distinct!: number;

  @Field(() => Int, { description: 'The number of products that have values, but none that `values` lists.' })
  readonly other!: number;

  @Field(() => Int, {
    description:
      'The number of products without a value, or only with values that the filter does not accept.',
  })
  readonly missing!: number;

  static of(counted: CountedFacet, args: LanguageArgs, context: Context): Facet {
    const values = counted.values.map(({ concept: told, name, ...others }): FacetValue => {
      const concept = Concept.of(told);
      // If a class is only in the list as the parent of another class, its name comes from EMA's terms.
      const ofClass = counted.field === 'ATC' ? readAtcName(others.value, args, context) : null;
      return { ...others, concept, name: concept?.text(args, context) ?? ofClass ?? name };
    });
    return { ...counted, values };
  }
}
