/** The nested packagings of a package, and their contents. */
import type {
  CodeableReference,
  PackagedProductDefinitionPackaging,
  ProductShelfLife,
  Quantity as FhirQuantity,
} from 'fhir/r5.js';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { parseReference } from '../../../fhir/reference.js';
import type { ResourceOf } from '../../../fhir/resources.js';
import { eachValue } from '../../../terms/contradictions.js';
import { languageTexts } from '../../../terms/language-texts.js';
import { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments } from '../field.js';
import { readText } from '../reader.js';
import { Characteristic } from './characteristic.js';
import { Concept } from './concept.js';
import { Identifier } from './identifier.js';
import { Quantity } from './quantity.js';

export enum PackagedItemKind {
  MANUFACTURED_ITEM = 'MANUFACTURED_ITEM',
  DEVICE = 'DEVICE',
  PACKAGE = 'PACKAGE',
  OTHER = 'OTHER',
}

registerEnumType(PackagedItemKind, {
  name: 'PackagedItemKind',
  description: 'The type of an item in a packaging.',
  valuesConfig: {
    MANUFACTURED_ITEM: { description: 'A manufactured item: a tablet, a vial. See `item`.' },
    DEVICE: { description: 'A device: an inhaler, a syringe, a spoon.' },
    PACKAGE: { description: 'A package with its own record. See `package`.' },
    OTHER: { description: 'Any other item, and any item that the record names only in words.' },
  },
});

const kinds: Readonly<Record<string, PackagedItemKind>> = {
  ManufacturedItemDefinition: PackagedItemKind.MANUFACTURED_ITEM,
  DeviceDefinition: PackagedItemKind.DEVICE,
  Device: PackagedItemKind.DEVICE,
  PackagedProductDefinition: PackagedItemKind.PACKAGE,
};

/** The data of the item in the package's record. Each may be missing. */
export interface Contained {
  readonly item?: CodeableReference | undefined;
  readonly amount?: FhirQuantity | undefined;
}

@ObjectType({
  description:
    'An item in a packaging, or a part of a product. (`packaging.containedItem`, `MedicinalProductDefinition.comprisedOf`)',
})
export class PackagedItem {
  constructor(
    readonly contained: Contained,
    readonly resource: ResourceOf<'PackagedProductDefinition' | 'MedicinalProductDefinition'>,
  ) {}

  @Field(() => String, {
    nullable: true,
    description:
      'The name of the item. It is always set if the record names the item only in words, and usually for devices. (`item.concept`, `item.reference.display`, else the name in the contained record)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    const { concept, reference } = this.contained.item ?? {};
    return (
      Concept.of(concept)?.text(args, context) ??
      readText(languageTexts(reference, 'display'), args, context) ??
      deviceName(this.inside) ??
      null
    );
  }

  @Field(() => PackagedItemKind, {
    nullable: true,
    description: 'The type of item. Null if the record does not give it. (`item.reference`)',
  })
  get kind(): PackagedItemKind | null {
    const reference = this.contained.item?.reference;
    if (reference === undefined) return PackagedItemKind.OTHER;
    const type = this.inside?.resourceType ?? typeIn(reference.reference) ?? reference.type;
    if (type === undefined) return reference.reference === undefined ? PackagedItemKind.OTHER : null;
    return kinds[type.slice(type.lastIndexOf('/') + 1)] ?? PackagedItemKind.OTHER;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The FHIR reference to the record of the item, as the upstream sent it. (`item.reference`)',
  })
  get reference(): string | null {
    return this.contained.item?.reference?.reference ?? null;
  }

  @Field(() => Quantity, {
    nullable: true,
    description: 'The number of these items in the packaging. (`amount`)',
  })
  get amount(): Quantity | null {
    return Quantity.of(this.contained.amount);
  }

  /** The target of the reference, if it is contained in the same record. */
  private get inside(): Inside | undefined {
    const reference = this.contained.item?.reference?.reference;
    if (reference?.startsWith('#') !== true) return undefined;
    const all: unknown = this.resource.contained;
    return Array.isArray(all)
      ? ((all as readonly (Inside | null)[]).find((each) => each?.id === reference.slice(1)) ?? undefined)
      : undefined;
  }
}

/** A contained record as the upstream sent it. No other code reads such records. */
interface Inside {
  readonly resourceType?: string;
  readonly id?: string;
  readonly deviceName?: unknown;
}

function deviceName(inside: Inside | undefined): string | undefined {
  const [first] = Array.isArray(inside?.deviceName) ? (inside.deviceName as readonly unknown[]) : [];
  const name: unknown = (first as { readonly name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : undefined;
}

/** Returns the resource type in a literal reference. */
function typeIn(reference: string | undefined): string | undefined {
  if (reference === undefined) return undefined;
  const parsed = parseReference({ reference }, []);
  return parsed.kind === 'literal' ? parsed.type : undefined;
}

@ObjectType({ description: 'How long a product can be stored, and how. (`shelfLifeStorage`)' })
export class ShelfLife {
  constructor(private readonly shelfLife: ProductShelfLife) {}

  @Field(() => Concept, {
    nullable: true,
    description:
      'The state of the product for which the shelf life applies: as sold, after opening, after mixing … (EMA list 100000073343). (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.shelfLife.type);
  }

  @Field(() => Quantity, {
    nullable: true,
    description: 'The duration of the shelf life, if the record gives it as a number. (`periodDuration`)',
  })
  get period(): Quantity | null {
    return Quantity.of(this.shelfLife.periodDuration);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The duration of the shelf life, as text: `36 months`. It is in the requested language if possible. (`periodString`, else `periodDuration`)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    const told = readText(languageTexts(this.shelfLife, 'periodString'), args, context);
    return told ?? this.period?.text(args, context) ?? null;
  }

  @Field(() => [Concept], {
    description:
      'The storage conditions: not above 25 °C … (EMA list 100000073344). (`specialPrecautionsForStorage`)',
  })
  get specialPrecautions(): Concept[] {
    return Concept.all(this.shelfLife.specialPrecautionsForStorage);
  }
}

@ObjectType({
  description: 'A box, a blister or a bottle, with its contents and the packagings inside. (`packaging`)',
})
export class Packaging {
  constructor(
    private readonly packagingElement: PackagedProductDefinitionPackaging,
    private readonly resource: ResourceOf<'PackagedProductDefinition'>,
  ) {}

  @Field(() => Concept, {
    nullable: true,
    description: 'The type of packaging: box, blister, vial … (EMA list 100000073346). (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.packagingElement.type);
  }

  @Field(() => Int, {
    nullable: true,
    description: 'The number of packagings of this type in the outer packaging. (`quantity`)',
  })
  get quantity(): number | null {
    return this.packagingElement.quantity ?? null;
  }

  @Field(() => [Concept], {
    description: 'The materials of the packaging (EMA list 200000003199). (`material`)',
  })
  get materials(): Concept[] {
    return Concept.all(this.packagingElement.material);
  }

  @Field(() => [ShelfLife], {
    description: 'How long the contents can be stored, and how. (`shelfLifeStorage`)',
  })
  get shelfLives(): ShelfLife[] {
    return (this.packagingElement.shelfLifeStorage ?? [])
      .flatMap((each) => eachValue(each, 'type'))
      .map((each) => new ShelfLife(each));
  }

  @Field(() => [Identifier], {
    description: 'The numbers printed on the packaging, such as the bar code. (`identifier`)',
  })
  get dataCarriers(): Identifier[] {
    return Identifier.all(this.packagingElement.identifier, 'packaging');
  }

  @Field(() => [PackagedItem], {
    description: 'The items directly in this packaging, not in the packagings inside. (`containedItem`)',
  })
  get items(): PackagedItem[] {
    return (this.packagingElement.containedItem ?? []).map((item) => new PackagedItem(item, this.resource));
  }

  @Field(() => [Packaging], {
    description: 'The packagings inside this packaging, such as the blisters in a box. (`packaging`)',
  })
  get packaging(): Packaging[] {
    return (this.packagingElement.packaging ?? []).map((inner) => new Packaging(inner, this.resource));
  }

  @Field(() => [Characteristic], { description: 'The appearance of the packaging. (`property`)' })
  get characteristics(): Characteristic[] {
    return Characteristic.all(this.packagingElement.property);
  }
}
