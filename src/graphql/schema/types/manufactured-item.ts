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

  @Field(() => Concept, { nullable: true, description: 'The type of part: layer, shell, coating. (`type`)' })
  get type(): Concept | null {
    return Concept.of(this.component.type);
  }

  @Field(() => [Concept], {
    description: 'The purposes of the part: to protect, to delay the release … (`function`)',
  })
  get functions(): Concept[] {
    return Concept.all(this.component.function);
  }

  @Field(() => [Quantity], { description: 'The amount of the part. (`amount`)' })
  get amounts(): Quantity[] {
    return (this.component.amount ?? []).map((each) => new Quantity(each));
  }

  @Field(() => [Characteristic], { description: 'The appearance of the part: colour, shape … (`property`)' })
  get characteristics(): Characteristic[] {
    return Characteristic.all(this.component.property);
  }

  @Field(() => [ManufacturedComponent], {
    description: 'Smaller parts that this part consists of. (`component`)',
  })
  get components(): ManufacturedComponent[] {
    return ManufacturedComponent.all(this.component.component);
  }
}

@ObjectType({
  implements: Node,
  description:
    'An item in a package, as it leaves the factory: a tablet, a vial of powder, an ampoule of solvent. (FHIR ManufacturedItemDefinition)',
})
export class ManufacturedItem extends ResourceView<ResourceOf<'ManufacturedItemDefinition'>> {
  @Reads('name')
  @Field(() => String, {
    nullable: true,
    description: 'The name of the item. Null if the item has no name of its own. (`name`)',
  })
  get name(): string | null {
    return this.resource.name ?? null;
  }

  @Reads('manufacturedDoseForm')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The dose form of the item, before any dissolving or mixing (EMA list 200000000004). (`manufacturedDoseForm`)',
  })
  get doseForm(): Concept | null {
    return Concept.of(this.resource.manufacturedDoseForm);
  }

  @Reads('unitOfPresentation')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The unit in which the item is counted: tablets, vials (EMA list 200000000014). (`unitOfPresentation`)',
  })
  get unitOfPresentation(): Concept | null {
    return Concept.of(this.resource.unitOfPresentation);
  }

  @Reads('property')
  @Field(() => [Characteristic], {
    description: 'The appearance of the item: colour, shape, imprint, a picture. (`property`)',
  })
  get characteristics(): Characteristic[] {
    return Characteristic.all(this.resource.property);
  }

  @Reads('component')
  @Field(() => [ManufacturedComponent], {
    description:
      'The parts of the item, such as the layers of a tablet, if the record gives them. (`component`)',
  })
  get components(): ManufacturedComponent[] {
    return ManufacturedComponent.all(this.resource.component);
  }
}
