/** A product's relation to another product. */
import type { MedicinalProductDefinitionCrossReference } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../../fhir/resources.js';
import { Concept } from './concept.js';

@ObjectType({
  description: 'Another product that a record names, and how the two are related. (`crossReference`)',
})
export class CrossReference {
  constructor(
    readonly crossReference: MedicinalProductDefinitionCrossReference,
    readonly resource: ResourceOf<'MedicinalProductDefinition'>,
  ) {}

  @Field(() => Concept, { nullable: true, description: 'The relation between the two. (`type`)' })
  get type(): Concept | null {
    return Concept.of(this.crossReference.type);
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The other product in words or as a code, if the record names it so. (`product.concept`)',
  })
  get concept(): Concept | null {
    return Concept.of(this.crossReference.product?.concept);
  }
}
