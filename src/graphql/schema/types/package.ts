/** A package of a product, as a view over PackagedProductDefinition. */
import type { PackagedProductDefinitionLegalStatusOfSupply } from 'fhir/r5.js';
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { contentOf, SizeOrigin } from '../../../facts/amounts/pack-size.js';
import type { ResourceOf } from '../../../fhir/resources.js';
import { eachValue } from '../../../terms/contradictions.js';
import { identifierSystems } from '../../../terms/ema-codes.js';
import { languageTexts } from '../../../terms/language-texts.js';
import { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments, Reads } from '../field.js';
import { readText } from '../reader.js';
import { FhirDateTime } from '../scalars.js';
import { Characteristic } from './characteristic.js';
import { Concept } from './concept.js';
import { Identifier, identifierOf } from './identifier.js';
import { MarketingStatus } from './marketing-status.js';
import { Packaging } from './packaging.js';
import { Quantity } from './quantity.js';
import { Node, ResourceView } from './resource-view.js';

registerEnumType(SizeOrigin, {
  name: 'SizeOrigin',
  description: 'The FHIR elements from which the size of a package is read.',
  valuesConfig: {
    CONTAINED_QUANTITY: {
      description: 'The record gives the number of each kind of item. (`containedItemQuantity`)',
    },
    PACKAGING: { description: 'Computed from the contents of each packaging. (`packaging`)' },
  },
});

@ObjectType({
  description: 'Whether a package needs a prescription, for one country. (`legalStatusOfSupply`)',
})
export class LegalStatusOfSupply {
  constructor(private readonly status: PackagedProductDefinitionLegalStatusOfSupply) {}

  @Field(() => Concept, { nullable: true, description: 'The legal status (EMA list 100000072051). (`code`)' })
  get code(): Concept | null {
    return Concept.of(this.status.code);
  }

  @Field(() => Concept, { nullable: true, description: 'The country where it applies. (`jurisdiction`)' })
  get jurisdiction(): Concept | null {
    return Concept.of(this.status.jurisdiction);
  }
}

@ObjectType({
  implements: Node,
  description: 'A package as sold: a certain size of a product. (FHIR PackagedProductDefinition)',
})
export class Package extends ResourceView<ResourceOf<'PackagedProductDefinition'>> {
  @Reads('identifier')
  @Field(() => String, {
    nullable: true,
    description: 'The Packaged Medicinal Product Identifier of ISO IDMP. (`identifier`, system …/pcId)',
  })
  get pcid(): string | null {
    return identifierOf(this.resource.identifier, identifierSystems.pcId);
  }

  @Reads('identifier')
  @Field(() => [Identifier], { description: 'All numbers and codes of the package. (`identifier`)' })
  get identifiers(): Identifier[] {
    return Identifier.all(this.resource.identifier, 'package');
  }

  @Reads('name')
  @Field(() => String, { nullable: true, description: 'Its own name, if it has one. (`name`)' })
  get name(): string | null {
    return this.resource.name ?? null;
  }

  @Reads('description')
  @Field(() => String, {
    nullable: true,
    description:
      'The package in words, as registered; in the requested language if there is a translation. (`description`)',
  })
  description(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return readText(languageTexts(this.resource, 'description'), args, context);
  }

  @Reads('type')
  @Field(() => Concept, { nullable: true, description: 'The kind of package. (`type`)' })
  get type(): Concept | null {
    return Concept.of(this.resource.type);
  }

  @Reads('status')
  @Field(() => Concept, { nullable: true, description: 'Whether the record is current. (`status`)' })
  get status(): Concept | null {
    return Concept.of(this.resource.status);
  }

  @Reads('statusDate')
  @Field(() => FhirDateTime, {
    nullable: true,
    description: 'The date since which it has that status. (`statusDate`)',
  })
  get statusDate(): string | null {
    return this.resource.statusDate ?? null;
  }

  @Reads('containedItemQuantity')
  @Field(() => [Quantity], {
    description: 'The number of each kind of item in it. (`containedItemQuantity`)',
  })
  get containedItemQuantities(): Quantity[] {
    return (this.resource.containedItemQuantity ?? []).map((each) => new Quantity(each, true));
  }

  @Reads('containedItemQuantity', 'packaging')
  @Field(() => Quantity, {
    nullable: true,
    description:
      'The pack size: `28 tablets`. Several kinds of items have only a text: `1 tube + 6 tablets`. A value of 0, from old records, means unknown. (`containedItemQuantity`, else what lies in `packaging`)',
  })
  get size(): Quantity | null {
    return Quantity.ofContent(contentOf(this.resource)?.quantities ?? []);
  }

  @Reads('containedItemQuantity', 'packaging')
  @Field(() => SizeOrigin, {
    nullable: true,
    description: 'The source of the size; null if there is no size.',
  })
  get sizeFrom(): SizeOrigin | null {
    return contentOf(this.resource)?.from ?? null;
  }

  @Reads('legalStatusOfSupply')
  @Field(() => [LegalStatusOfSupply], {
    description: 'Whether it needs a prescription. (`legalStatusOfSupply`)',
  })
  get legalStatusesOfSupply(): LegalStatusOfSupply[] {
    return (this.resource.legalStatusOfSupply ?? [])
      .flatMap((status) => eachValue(status, 'code', 'jurisdiction'))
      .map((status) => new LegalStatusOfSupply(status));
  }

  @Reads('marketingStatus')
  @Field(() => [MarketingStatus], {
    description: 'Its status on the market, by country. (`marketingStatus`)',
  })
  get marketingStatuses(): MarketingStatus[] {
    return MarketingStatus.all(this.resource.marketingStatus);
  }

  @Reads('packaging')
  @Field(() => Packaging, {
    nullable: true,
    description: 'The outermost packaging, with all its contents. (`packaging`)',
  })
  get packaging(): Packaging | null {
    const { packaging } = this.resource;
    return packaging ? new Packaging(packaging, this.resource) : null;
  }

  @Reads('copackagedIndicator')
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether it packs several products together, to be sold as one. Null if the record does not give it. (`copackagedIndicator`)',
  })
  get copackaged(): boolean | null {
    return this.resource.copackagedIndicator ?? null;
  }

  @Reads('characteristic')
  @Field(() => [Characteristic], { description: 'The appearance of the package. (`characteristic`)' })
  get characteristics(): Characteristic[] {
    return Characteristic.all(this.resource.characteristic);
  }
}
