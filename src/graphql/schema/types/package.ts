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
  description: 'The FHIR element from which the size of a package is read.',
  valuesConfig: {
    CONTAINED_QUANTITY: {
      description: 'The record states the number of each kind of item. (`containedItemQuantity`)',
    },
    PACKAGING: {
      description: 'This service computed the number from the contents of each packaging. (`packaging`)',
    },
  },
});

@ObjectType({
  description: 'Whether a package needs a prescription in a country. (`legalStatusOfSupply`)',
})
export class LegalStatusOfSupply {
  constructor(private readonly status: PackagedProductDefinitionLegalStatusOfSupply) {}

  @Field(() => Concept, {
    nullable: true,
    description: 'The legal status: with or without a prescription (EMA list 100000072051). (`code`)',
  })
  get code(): Concept | null {
    return Concept.of(this.status.code);
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The country where the legal status applies. (`jurisdiction`)',
  })
  get jurisdiction(): Concept | null {
    return Concept.of(this.status.jurisdiction);
  }
}

@ObjectType({
  implements: Node,
  description:
    'A package in which a product is sold, such as a box of 28 tablets. (FHIR PackagedProductDefinition)',
})
export class Package extends ResourceView<ResourceOf<'PackagedProductDefinition'>> {
  @Reads('identifier')
  @Field(() => String, {
    nullable: true,
    description:
      'The Packaged Medicinal Product Identifier of the package, of ISO IDMP. (`identifier`, system …/pcId)',
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
  @Field(() => String, {
    nullable: true,
    description: 'The name of the package. Null if the package has no name of its own. (`name`)',
  })
  get name(): string | null {
    return this.resource.name ?? null;
  }

  @Reads('description')
  @Field(() => String, {
    nullable: true,
    description:
      'A description of the package, as registered. It is in the requested language if there is a translation. (`description`)',
  })
  description(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return readText(languageTexts(this.resource, 'description'), args, context);
  }

  @Reads('type')
  @Field(() => Concept, { nullable: true, description: 'The type of package. (`type`)' })
  get type(): Concept | null {
    return Concept.of(this.resource.type);
  }

  @Reads('status')
  @Field(() => Concept, {
    nullable: true,
    description: 'Whether the record of the package is current. (`status`)',
  })
  get status(): Concept | null {
    return Concept.of(this.resource.status);
  }

  @Reads('statusDate')
  @Field(() => FhirDateTime, {
    nullable: true,
    description: 'The date since which the record has its `status`. (`statusDate`)',
  })
  get statusDate(): string | null {
    return this.resource.statusDate ?? null;
  }

  @Reads('containedItemQuantity')
  @Field(() => [Quantity], {
    description: 'The number of each kind of item in the package. (`containedItemQuantity`)',
  })
  get containedItemQuantities(): Quantity[] {
    return (this.resource.containedItemQuantity ?? []).map((each) => new Quantity(each, true));
  }

  @Reads('containedItemQuantity', 'packaging')
  @Field(() => Quantity, {
    nullable: true,
    description:
      'The pack size: `28 tablets`. If the package has several kinds of items, only `text` is set: `1 tube + 6 tablets`. A value of 0, from old records, means unknown. (`containedItemQuantity`, else the contents of `packaging`)',
  })
  get size(): Quantity | null {
    return Quantity.ofContent(contentOf(this.resource)?.quantities ?? []);
  }

  @Reads('containedItemQuantity', 'packaging')
  @Field(() => SizeOrigin, {
    nullable: true,
    description: 'The FHIR element from which `size` is read. Null if there is no size.',
  })
  get sizeFrom(): SizeOrigin | null {
    return contentOf(this.resource)?.from ?? null;
  }

  @Reads('legalStatusOfSupply')
  @Field(() => [LegalStatusOfSupply], {
    description: 'Whether the package needs a prescription, by country. (`legalStatusOfSupply`)',
  })
  get legalStatusesOfSupply(): LegalStatusOfSupply[] {
    return (this.resource.legalStatusOfSupply ?? [])
      .flatMap((status) => eachValue(status, 'code', 'jurisdiction'))
      .map((status) => new LegalStatusOfSupply(status));
  }

  @Reads('marketingStatus')
  @Field(() => [MarketingStatus], {
    description:
      'The marketing status of the package in each country: whether it is on the market. (`marketingStatus`)',
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
      'Whether the package contains several products that are sold together as one. Null if the record does not state this. (`copackagedIndicator`)',
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
