/** A substance, as ingredients name it. */
import type { CodeableReference } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { FhirResource } from '../../fhir/resources.js';
import { Concept } from './concept.js';

@ObjectType({
  description: 'A substance of EMA’s Substance Management Service. (`Ingredient.substance.code`)',
})
export class Substance {
  constructor(
    readonly substance: CodeableReference,
    /** The ingredient that names it. */
    readonly resource: FhirResource,
  ) {}

  static of(substance: CodeableReference | undefined, resource: FhirResource): Substance | null {
    return substance?.concept || substance?.reference ? new Substance(substance, resource) : null;
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The coded substance, as the record has it. (`concept`)',
  })
  get concept(): Concept | null {
    return Concept.of(this.substance.concept);
  }
}
