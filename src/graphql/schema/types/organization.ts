/** A company or an authority, as a view over Organization. */
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../../fhir/resources.js';
import { Reads } from '../field.js';
import { Concept } from './concept.js';
import { Identifier } from './identifier.js';
import { Node, ResourceView } from './resource-view.js';

@ObjectType({
  implements: Node,
  description:
    'A company or an authority: the holder of an authorization, a manufacturer, a regulator. Often only the name is known. (FHIR Organization)',
})
export class Organization extends ResourceView<ResourceOf<'Organization'>> {
  @Reads('name')
  @Field(() => String, {
    nullable: true,
    description:
      'The name of the organization. (`name`, else the `display` of a reference to the organization)',
  })
  get name(): string | null {
    return this.resource.name ?? null;
  }

  @Reads('identifier')
  @Field(() => [Identifier], {
    description:
      'The numbers of the organization in EMA’s Organisation Management Service: `ORG-…`, `LOC-…`. (`identifier`)',
  })
  get identifiers(): Identifier[] {
    return Identifier.all(this.resource.identifier, 'organization');
  }

  @Reads('type')
  @Field(() => [Concept], { description: 'The types of the organization. (`type`)' })
  get types(): Concept[] {
    return Concept.all(this.resource.type);
  }

  @Reads('contact')
  @Field(() => String, {
    nullable: true,
    description:
      'The country in the address of the organization, as the upstream sent it. (`contact.address.country`)',
  })
  get country(): string | null {
    return this.resource.contact?.find(({ address }) => address?.country)?.address?.country ?? null;
  }
}
