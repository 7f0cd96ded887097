/** A product's relation to another product. */
import type { MedicinalProductDefinitionCrossReference } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../../fhir/resources.js';
import { Concept } from './concept.js';

@ObjectType({
  description: 'A relation of a product to another product. (`crossReference`)',
})
export class CrossReference {
  constructor(
    readonly crossReference: MedicinalProductDefinitionCrossReference,
    readonly resource: ResourceOf<'MedicinalProductDefinition'>,
  ) {}

  @Field(() => Concept, {
    nullable: true,
    description: 'The type of the relation between the two products. (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.crossReference.type);
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The other product, if the record names it in words or by a code. (`product.concept`)',
  })
  get concept(): Concept | null {
    return Concept.of(this.crossReference.product?.concept);
  }
}
