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
import { saidIn } from '../../../terms/said.js';
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
  description: 'What kind of thing lies in a packaging.',
  valuesConfig: {
    MANUFACTURED_ITEM: { description: 'Something to take or to apply: a tablet, a vial. `item` has it.' },
    DEVICE: { description: 'A device: an inhaler, a syringe, a spoon.' },
    PACKAGE: { description: 'A package with a record of its own. `package` has it.' },
    OTHER: { description: 'Anything else, and what the record names in words alone.' },
  },
});

const kinds: Readonly<Record<string, PackagedItemKind>> = {
  ManufacturedItemDefinition: PackagedItemKind.MANUFACTURED_ITEM,
  DeviceDefinition: PackagedItemKind.DEVICE,
  Device: PackagedItemKind.DEVICE,
  PackagedProductDefinition: PackagedItemKind.PACKAGE,
};

/** Its data in the record; all of it may be missing. */
export interface Contained {
  readonly item?: CodeableReference | undefined;
  readonly amount?: FhirQuantity | undefined;
}

@ObjectType({
  description:
    'Something that lies in a packaging, or that a product is made up of. (`packaging.containedItem`, `MedicinalProductDefinition.comprisedOf`)',
})
export class PackagedItem {
  constructor(
    readonly contained: Contained,
    readonly resource: ResourceOf<'PackagedProductDefinition' | 'MedicinalProductDefinition'>,
  ) {}

  @Field(() => String, {
    nullable: true,
    description:
      'What it is, in words: always there for what the record names in words alone, and as a rule for devices. (`item.concept`, `item.reference.display`, else the name of what stands inside of the record)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    const { concept, reference } = this.contained.item ?? {};
    return (
      Concept.of(concept)?.text(args, context) ??
      readText(saidIn(reference, 'display'), args, context) ??
      deviceName(this.inside) ??
      null
    );
  }

  @Field(() => PackagedItemKind, {
    nullable: true,
    description: 'What kind of thing it is; null where the record does not tell. (`item.reference`)',
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
    description: 'What the record refers to, as given. (`item.reference`)',
  })
  get reference(): string | null {
    return this.contained.item?.reference?.reference ?? null;
  }

  @Field(() => Quantity, { nullable: true, description: 'How many of it. (`amount`)' })
  get amount(): Quantity | null {
    return Quantity.of(this.contained.amount);
  }

  /** The target of the reference, where it is contained in the record. */
  private get inside(): Inside | undefined {
    const reference = this.contained.item?.reference?.reference;
    if (reference?.startsWith('#') !== true) return undefined;
    const all: unknown = this.resource.contained;
    return Array.isArray(all)
      ? ((all as readonly (Inside | null)[]).find((each) => each?.id === reference.slice(1)) ?? undefined)
      : undefined;
  }
}

/** A contained record as the upstream sent it, since no other code reads it. */
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

/** Returns the type that a literal reference names. */
function typeIn(reference: string | undefined): string | undefined {
  if (reference === undefined) return undefined;
  const parsed = parseReference({ reference }, []);
  return parsed.kind === 'literal' ? parsed.type : undefined;
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

  @Field(() => [Characteristic], { description: 'What the packaging looks like. (`property`)' })
  get characteristics(): Characteristic[] {
    return Characteristic.all(this.packagingElement.property);
  }
}
