/** A tablet, a vial of powder: what lies in a package, as a view over ManufacturedItemDefinition. */
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../fhir/resources.js';
import { Reads } from '../field.js';
import { Concept } from './concept.js';
import { Node, ResourceView } from './resource-view.js';

@ObjectType({
  implements: Node,
  description:
    'What lies in a package as it was made: a tablet, a vial of powder, an ampoule of solvent. (FHIR ManufacturedItemDefinition)',
})
export class ManufacturedItem extends ResourceView<ResourceOf<'ManufacturedItemDefinition'>> {
  @Reads('name')
  @Field(() => String, { nullable: true, description: 'A name of its own, where it has one. (`name`)' })
  get name(): string | null {
    return this.resource.name ?? null;
  }

  @Reads('manufacturedDoseForm')
  @Field(() => Concept, {
    nullable: true,
    description: 'The dose form as made (EMA list 200000000004). (`manufacturedDoseForm`)',
  })
  get doseForm(): Concept | null {
    return Concept.of(this.resource.manufacturedDoseForm);
  }

  @Reads('unitOfPresentation')
  @Field(() => Concept, {
    nullable: true,
    description: 'What one counts: tablets, vials (EMA list 200000000014). (`unitOfPresentation`)',
  })
  get unitOfPresentation(): Concept | null {
    return Concept.of(this.resource.unitOfPresentation);
  }
}
