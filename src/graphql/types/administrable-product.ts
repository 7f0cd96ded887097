/** What a patient gets, after any mixing, as a view over AdministrableProductDefinition. */
import type { AdministrableProductDefinitionRouteOfAdministration } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../fhir/resources.js';
import { eachValue } from '../../terms/contradictions.js';
import { Reads } from '../field.js';
import { Concept } from './concept.js';
import { Node, ResourceView } from './resource-view.js';

@ObjectType({ description: 'A way of giving a medicine. (`routeOfAdministration`)' })
export class Route {
  constructor(private readonly route: AdministrableProductDefinitionRouteOfAdministration) {}

  @Field(() => Concept, {
    nullable: true,
    description: 'By mouth, into a vein … (EMA list 100000073345). (`code`)',
  })
  get code(): Concept | null {
    return Concept.of(this.route.code);
  }

  @Field(() => [Concept], {
    description: 'For which animals, in veterinary medicines. (`targetSpecies.code`)',
  })
  get targetSpecies(): Concept[] {
    return Concept.all(this.route.targetSpecies?.map(({ code }) => code));
  }
}

@ObjectType({
  implements: Node,
  description: 'The medicine as it is given, once dissolved or mixed. (FHIR AdministrableProductDefinition)',
})
export class AdministrableProduct extends ResourceView<ResourceOf<'AdministrableProductDefinition'>> {
  @Reads('administrableDoseForm')
  @Field(() => Concept, {
    nullable: true,
    description: 'The dose form as given (EMA list 200000000004). (`administrableDoseForm`)',
  })
  get doseForm(): Concept | null {
    return Concept.of(this.resource.administrableDoseForm);
  }

  @Reads('unitOfPresentation')
  @Field(() => Concept, {
    nullable: true,
    description: 'What one counts (EMA list 200000000014). (`unitOfPresentation`)',
  })
  get unitOfPresentation(): Concept | null {
    return Concept.of(this.resource.unitOfPresentation);
  }

  @Reads('routeOfAdministration')
  @Field(() => [Route], { description: 'The ways of giving it. (`routeOfAdministration`)' })
  get administrationRoutes(): Route[] {
    return (this.resource.routeOfAdministration ?? [])
      .flatMap((route) => eachValue(route, 'code'))
      .map((route) => new Route(route));
  }
}
