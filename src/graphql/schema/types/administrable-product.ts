/** The product as it is given to a patient, after any mixing. A view over AdministrableProductDefinition. */
import type {
  AdministrableProductDefinitionRouteOfAdministration,
  AdministrableProductDefinitionRouteOfAdministrationTargetSpecies,
  AdministrableProductDefinitionRouteOfAdministrationTargetSpeciesWithdrawalPeriod,
} from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../../fhir/resources.js';
import { eachValue } from '../../../terms/contradictions.js';
import { Reads } from '../field.js';
import { Characteristic } from './characteristic.js';
import { Concept } from './concept.js';
import { Identifier } from './identifier.js';
import { Quantity, Ratio } from './quantity.js';
import { Node, ResourceView } from './resource-view.js';

type TargetSpecies = AdministrableProductDefinitionRouteOfAdministrationTargetSpecies;

@ObjectType({
  description:
    'The waiting time after treatment before an animal, or its milk or eggs, may be used as food. (`targetSpecies.withdrawalPeriod`)',
})
export class WithdrawalPeriod {
  constructor(
    private readonly target: TargetSpecies,
    private readonly period: AdministrableProductDefinitionRouteOfAdministrationTargetSpeciesWithdrawalPeriod,
  ) {}

  @Field(() => Concept, {
    nullable: true,
    description: 'The animal species for which the waiting time applies. (`targetSpecies.code`)',
  })
  get species(): Concept | null {
    return Concept.of(this.target.code);
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The food for which the waiting time applies: meat, milk, eggs. (`tissue`)',
  })
  get tissue(): Concept | null {
    return Concept.of(this.period.tissue);
  }

  @Field(() => Quantity, { nullable: true, description: 'The duration of the waiting time. (`value`)' })
  get value(): Quantity | null {
    return Quantity.of(this.period.value);
  }

  @Field(() => String, {
    nullable: true,
    description: 'Further information about the waiting time, as text. (`supportingInformation`)',
  })
  get supportingInformation(): string | null {
    return this.period.supportingInformation ?? null;
  }
}

@ObjectType({ description: 'A route of administration, with its maximum doses. (`routeOfAdministration`)' })
export class Route {
  constructor(private readonly route: AdministrableProductDefinitionRouteOfAdministration) {}

  @Field(() => Concept, {
    nullable: true,
    description: 'The route of administration: by mouth, into a vein … (EMA list 100000073345). (`code`)',
  })
  get code(): Concept | null {
    return Concept.of(this.route.code);
  }

  @Field(() => [Concept], {
    description: 'The animal species to treat, for veterinary medicines. (`targetSpecies.code`)',
  })
  get targetSpecies(): Concept[] {
    return Concept.all(this.route.targetSpecies?.map(({ code }) => code));
  }

  @Field(() => Quantity, {
    nullable: true,
    description: 'The dose to give first, at the beginning of a treatment. (`firstDose`)',
  })
  get firstDose(): Quantity | null {
    return Quantity.of(this.route.firstDose);
  }

  @Field(() => Quantity, { nullable: true, description: 'The maximum single dose. (`maxSingleDose`)' })
  get maxSingleDose(): Quantity | null {
    return Quantity.of(this.route.maxSingleDose);
  }

  @Field(() => Quantity, { nullable: true, description: 'The maximum dose per day. (`maxDosePerDay`)' })
  get maxDosePerDay(): Quantity | null {
    return Quantity.of(this.route.maxDosePerDay);
  }

  @Field(() => Ratio, {
    nullable: true,
    description:
      'The maximum dose in the whole treatment, or in the time that the record gives. (`maxDosePerTreatmentPeriod`)',
  })
  get maxDosePerTreatmentPeriod(): Ratio | null {
    return Ratio.of({ ratio: this.route.maxDosePerTreatmentPeriod });
  }

  @Field(() => Quantity, {
    nullable: true,
    description: 'The maximum duration of treatment. (`maxTreatmentPeriod`)',
  })
  get maxTreatmentPeriod(): Quantity | null {
    return Quantity.of(this.route.maxTreatmentPeriod);
  }

  @Field(() => [WithdrawalPeriod], {
    description:
      'The waiting times after treatment before an animal, or its milk or eggs, may be used as food. For veterinary medicines only. (`targetSpecies.withdrawalPeriod`)',
  })
  get withdrawalPeriods(): WithdrawalPeriod[] {
    return (this.route.targetSpecies ?? [])
      .flatMap((species) => eachValue(species, 'code'))
      .flatMap((species) =>
        (species.withdrawalPeriod ?? [])
          .flatMap((period) => eachValue(period, 'tissue'))
          .map((period) => new WithdrawalPeriod(species, period)),
      );
  }
}

@ObjectType({
  implements: Node,
  description:
    'The medicine in the form in which it is given to a patient, after any dissolving or mixing. (FHIR AdministrableProductDefinition)',
})
export class AdministrableProduct extends ResourceView<ResourceOf<'AdministrableProductDefinition'>> {
  @Reads('administrableDoseForm')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The dose form in which the medicine is given to a patient (EMA list 200000000004). (`administrableDoseForm`)',
  })
  get doseForm(): Concept | null {
    return Concept.of(this.resource.administrableDoseForm);
  }

  @Reads('unitOfPresentation')
  @Field(() => Concept, {
    nullable: true,
    description: 'The unit in which the medicine is counted (EMA list 200000000014). (`unitOfPresentation`)',
  })
  get unitOfPresentation(): Concept | null {
    return Concept.of(this.resource.unitOfPresentation);
  }

  @Reads('routeOfAdministration')
  @Field(() => [Route], {
    description: 'The routes of administration, with maximum doses. (`routeOfAdministration`)',
  })
  get administrationRoutes(): Route[] {
    return (this.resource.routeOfAdministration ?? [])
      .flatMap((route) => eachValue(route, 'code'))
      .map((route) => new Route(route));
  }

  @Reads('identifier')
  @Field(() => [Identifier], {
    description:
      'The numbers of the administrable product, such as the Pharmaceutical Product Identifier of ISO IDMP. (`identifier`)',
  })
  get identifiers(): Identifier[] {
    return Identifier.all(this.resource.identifier, 'administrableProduct');
  }

  @Reads('property')
  @Field(() => [Characteristic], {
    description: 'The appearance of the medicine when it is ready for use. (`property`)',
  })
  get characteristics(): Characteristic[] {
    return Characteristic.all(this.resource.property);
  }
}
