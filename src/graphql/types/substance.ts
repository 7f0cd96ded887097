/** A substance, as ingredients name it. */
import type { CodeableReference } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { FhirResource } from '../../fhir/resources.js';
import { LanguageArgs } from '../args.js';
import type { Context } from '../context.js';
import { Arguments } from '../field.js';
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

  @Field(() => String, {
    nullable: true,
    description: 'Its SMS code, `100000091436`. (`concept.coding[0].code`)',
  })
  get code(): string | null {
    return this.concept?.code ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Its name. (`concept`, else the reference’s `display`)',
  })
  name(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return this.concept?.text(args, context) ?? this.substance.reference?.display ?? null;
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The coded substance, as the record has it. (`concept`)',
  })
  get concept(): Concept | null {
    return Concept.of(this.substance.concept);
  }
}
