/** A tablet or a vial of powder in a package, as a view over ManufacturedItemDefinition. */
import type { ManufacturedItemDefinitionComponent } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../../fhir/resources.js';
import { Reads } from '../field.js';
import { Characteristic } from './characteristic.js';
import { Concept } from './concept.js';
import { Quantity } from './quantity.js';
import { Node, ResourceView } from './resource-view.js';

@ObjectType({
  description: 'A part of a manufactured item: a layer of a tablet, the shell of a capsule. (`component`)',
})
export class ManufacturedComponent {
  constructor(private readonly component: ManufacturedItemDefinitionComponent) {}

  static all(
    components: readonly ManufacturedItemDefinitionComponent[] | undefined,
  ): ManufacturedComponent[] {
    return (components ?? []).map((each) => new ManufacturedComponent(each));
  }

  @Field(() => Concept, { nullable: true, description: 'The kind of part: layer, shell, coating. (`type`)' })
  get type(): Concept | null {
    return Concept.of(this.component.type);
  }

  @Field(() => [Concept], {
    description: 'Its function: it protects, it delays the release. (`function`)',
  })
  get functions(): Concept[] {
    return Concept.all(this.component.function);
  }

  @Field(() => [Quantity], { description: 'Its amount. (`amount`)' })
  get amounts(): Quantity[] {
    return (this.component.amount ?? []).map((each) => new Quantity(each));
  }

  @Field(() => [Characteristic], { description: 'Its appearance. (`property`)' })
  get characteristics(): Characteristic[] {
    return Characteristic.all(this.component.property);
  }

  @Field(() => [ManufacturedComponent], { description: 'Its own parts. (`component`)' })
  get components(): ManufacturedComponent[] {
    return ManufacturedComponent.all(this.component.component);
  }
}

@ObjectType({
  implements: Node,
  description:
    'An item in a package, as manufactured: a tablet, a vial of powder, an ampoule of solvent. (FHIR ManufacturedItemDefinition)',
})
export class ManufacturedItem extends ResourceView<ResourceOf<'ManufacturedItemDefinition'>> {
  @Reads('name')
  @Field(() => String, { nullable: true, description: 'Its own name, if it has one. (`name`)' })
  get name(): string | null {
    return this.resource.name ?? null;
  }

  @Reads('manufacturedDoseForm')
  @Field(() => Concept, {
    nullable: true,
    description: 'The dose form as manufactured (EMA list 200000000004). (`manufacturedDoseForm`)',
  })
  get doseForm(): Concept | null {
    return Concept.of(this.resource.manufacturedDoseForm);
  }

  @Reads('unitOfPresentation')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The unit in which it is counted: tablets, vials (EMA list 200000000014). (`unitOfPresentation`)',
  })
  get unitOfPresentation(): Concept | null {
    return Concept.of(this.resource.unitOfPresentation);
  }

  @Reads('property')
  @Field(() => [Characteristic], {
    description: 'Its appearance: its colour, its shape, its imprint, a picture. (`property`)',
  })
  get characteristics(): Characteristic[] {
    return Characteristic.all(this.resource.property);
  }

  @Reads('component')
  @Field(() => [ManufacturedComponent], {
    description: 'Its parts, if the record gives them. (`component`)',
  })
  get components(): ManufacturedComponent[] {
    return ManufacturedComponent.all(this.resource.component);
  }
}
