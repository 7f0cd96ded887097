/** A package of a product, as a view over PackagedProductDefinition. */
import type {
  PackagedProductDefinitionLegalStatusOfSupply,
  PackagedProductDefinitionPackaging,
  PackagedProductDefinitionPackagingContainedItem,
  ProductShelfLife,
} from 'fhir/r5.js';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { contentOf, SizeOrigin } from '../../facts/amounts/pack-size.js';
import type { ResourceOf } from '../../fhir/resources.js';
import { eachValue } from '../../terms/contradictions.js';
import { identifierSystems } from '../../terms/ema-codes.js';
import { saidIn } from '../../terms/said.js';
import { LanguageArgs } from '../args/fields.js';
import type { Context } from '../context.js';
import { Arguments, Reads } from '../field.js';
import { readText } from '../reader.js';
import { FhirDateTime } from '../scalars.js';
import { Concept } from './concept.js';
import { Identifier, identifierOf } from './identifier.js';
import { MarketingStatus } from './marketing-status.js';
import { Quantity } from './quantity.js';
import { Node, ResourceView } from './resource-view.js';

registerEnumType(SizeOrigin, {
  name: 'SizeOrigin',
  description: 'Which elements tell the size of a package.',
  valuesConfig: {
    CONTAINED_QUANTITY: {
      description: 'The record says how many of each thing are in it. (`containedItemQuantity`)',
    },
    PACKAGING: { description: 'Worked out from what lies in each packaging. (`packaging`)' },
  },
});

@ObjectType({ description: 'Whether a package needs a prescription, and where. (`legalStatusOfSupply`)' })
export class LegalStatusOfSupply {
  constructor(private readonly status: PackagedProductDefinitionLegalStatusOfSupply) {}

  @Field(() => Concept, { nullable: true, description: 'The legal status (EMA list 100000072051). (`code`)' })
  get code(): Concept | null {
    return Concept.of(this.status.code);
  }

  @Field(() => Concept, { nullable: true, description: 'The country that it holds in. (`jurisdiction`)' })
  get jurisdiction(): Concept | null {
    return Concept.of(this.status.jurisdiction);
  }
}

@ObjectType({
  description: 'Something to take or to use that lies in a packaging. (`packaging.containedItem`)',
})
export class PackagedItem {
  constructor(
    readonly contained: PackagedProductDefinitionPackagingContainedItem,
    readonly resource: ResourceOf<'PackagedProductDefinition'>,
  ) {}

  @Field(() => String, {
    nullable: true,
    description: 'What the record refers to, as given. (`item.reference`)',
  })
  get reference(): string | null {
    return this.contained.item?.reference?.reference ?? null;
  }

  @Field(() => Quantity, { nullable: true, description: 'How many of it. (`amount`)' })
  get amount(): Quantity | null {
    return Quantity.of(this.contained.amount);
  }
}

@ObjectType({ description: 'How long something keeps, and how to store it. (`shelfLifeStorage`)' })
export class ShelfLife {
  constructor(private readonly shelfLife: ProductShelfLife) {}

  @Field(() => Concept, {
    nullable: true,
    description: 'From when on: as sold, after opening, after mixing … (EMA list 100000073343). (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.shelfLife.type);
  }

  @Field(() => Quantity, {
    nullable: true,
    description: 'How long, where it is given as a number. (`periodDuration`)',
  })
  get period(): Quantity | null {
    return Quantity.of(this.shelfLife.periodDuration);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'How long, to read: `36 months`; in the language asked for where it can be told in it. (`periodString`, else `periodDuration`)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    const told = readText(saidIn(this.shelfLife, 'periodString'), args, context);
    return told ?? this.period?.text(args, context) ?? null;
  }

  @Field(() => [Concept], {
    description:
      'How to store it: not above 25 °C … (EMA list 100000073344). (`specialPrecautionsForStorage`)',
  })
  get specialPrecautions(): Concept[] {
    return Concept.all(this.shelfLife.specialPrecautionsForStorage);
  }
}

@ObjectType({
  description:
    'A box, a blister, a bottle: with what lies in it, and further packagings inside. (`packaging`)',
})
export class Packaging {
  constructor(
    private readonly packagingElement: PackagedProductDefinitionPackaging,
    private readonly resource: ResourceOf<'PackagedProductDefinition'>,
  ) {}

  @Field(() => Concept, {
    nullable: true,
    description: 'Box, blister, vial … (EMA list 100000073346). (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.packagingElement.type);
  }

  @Field(() => Int, {
    nullable: true,
    description: 'How many of this packaging there are in the one around it. (`quantity`)',
  })
  get quantity(): number | null {
    return this.packagingElement.quantity ?? null;
  }

  @Field(() => [Concept], { description: 'What it is made of (EMA list 200000003199). (`material`)' })
  get materials(): Concept[] {
    return Concept.all(this.packagingElement.material);
  }

  @Field(() => [ShelfLife], { description: 'How long it keeps, and how to store it. (`shelfLifeStorage`)' })
  get shelfLives(): ShelfLife[] {
    return (this.packagingElement.shelfLifeStorage ?? [])
      .flatMap((each) => eachValue(each, 'type'))
      .map((each) => new ShelfLife(each));
  }

  @Field(() => [Identifier], {
    description: 'Numbers that stand on it, such as the bar code. (`identifier`)',
  })
  get dataCarriers(): Identifier[] {
    return Identifier.all(this.packagingElement.identifier, 'packaging');
  }

  @Field(() => [PackagedItem], { description: 'What lies directly in it. (`containedItem`)' })
  get items(): PackagedItem[] {
    return (this.packagingElement.containedItem ?? []).map((item) => new PackagedItem(item, this.resource));
  }

  @Field(() => [Packaging], { description: 'The packagings inside. (`packaging`)' })
  get packaging(): Packaging[] {
    return (this.packagingElement.packaging ?? []).map((inner) => new Packaging(inner, this.resource));
  }
}

@ObjectType({
  implements: Node,
  description: 'What one buys: a package of a certain size of a product. (FHIR PackagedProductDefinition)',
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
  @Field(() => String, { nullable: true, description: 'A name of its own, where it has one. (`name`)' })
  get name(): string | null {
    return this.resource.name ?? null;
  }

  @Reads('description')
  @Field(() => String, {
    nullable: true,
    description:
      'The package in words, as registered; in the language asked for where there is a translation. (`description`)',
  })
  description(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return readText(saidIn(this.resource, 'description'), args, context);
  }

  @Reads('status')
  @Field(() => Concept, { nullable: true, description: 'Whether the record is current. (`status`)' })
  get status(): Concept | null {
    return Concept.of(this.resource.status);
  }

  @Reads('statusDate')
  @Field(() => FhirDateTime, { nullable: true, description: 'Since when it has that status. (`statusDate`)' })
  get statusDate(): string | null {
    return this.resource.statusDate ?? null;
  }

  @Reads('containedItemQuantity')
  @Field(() => [Quantity], { description: 'How many of each thing are in it. (`containedItemQuantity`)' })
  get containedItemQuantities(): Quantity[] {
    return (this.resource.containedItemQuantity ?? []).map((each) => new Quantity(each, true));
  }

  @Reads('containedItemQuantity', 'packaging')
  @Field(() => Quantity, {
    nullable: true,
    description:
      'The pack size: `28 tablets`. Several kinds of things have a text alone: `1 tube + 6 tablets`. A value of 0, which old records have, means that it is not known. (`containedItemQuantity`, else what lies in `packaging`)',
  })
  get size(): Quantity | null {
    return Quantity.ofContent(contentOf(this.resource)?.quantities ?? []);
  }

  @Reads('containedItemQuantity', 'packaging')
  @Field(() => SizeOrigin, {
    nullable: true,
    description: 'Where the size is told; null where there is none.',
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
    description: 'In which countries it is on the market. (`marketingStatus`)',
  })
  get marketingStatuses(): MarketingStatus[] {
    return MarketingStatus.all(this.resource.marketingStatus);
  }

  @Reads('packaging')
  @Field(() => Packaging, {
    nullable: true,
    description: 'The outermost packaging, with all that is inside. (`packaging`)',
  })
  get packaging(): Packaging | null {
    const { packaging } = this.resource;
    return packaging ? new Packaging(packaging, this.resource) : null;
  }
}
