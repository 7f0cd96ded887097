/** Characteristics of products, packages and items, such as colour, imprint or picture. */
import type {
  AdministrableProductDefinitionProperty,
  Attachment,
  MedicinalProductDefinitionCharacteristic,
} from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import { eachValue } from '../../../terms/contradictions.js';
import { languageTexts } from '../../../terms/language-texts.js';
import { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments } from '../field.js';
import { readText } from '../reader.js';
import { FhirDateTime } from '../scalars.js';
import { webAddress } from '../web-address.js';
import { Concept } from './concept.js';
import { Quantity } from './quantity.js';

/** The forms of a characteristic's value in all resource types. */
type FhirCharacteristic = AdministrableProductDefinitionProperty &
  Pick<MedicinalProductDefinitionCharacteristic, 'valueInteger'>;

@ObjectType({ description: 'A picture. (FHIR Attachment)' })
export class Image {
  constructor(private readonly attachment: Attachment) {}

  @Field(() => String, { nullable: true, description: 'The title of the picture. (`title`)' })
  get title(): string | null {
    return this.attachment.title ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The media type of the picture: `image/jpeg`. (`contentType`)',
  })
  get contentType(): string | null {
    return this.attachment.contentType ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The web address of the picture. Null if the record does not give it. (`url`)',
  })
  url(_args: unknown, { baseUrl }: Context): string | null {
    return webAddress(this.attachment.url, baseUrl);
  }
}

@ObjectType({
  description:
    'A property of a product, package or item: colour, shape, imprint, a picture. The value is in one field only: `concept`, `quantity`, `date`, `boolean` or `image`. `text` is the value as text. (`property`, `characteristic`)',
})
export class Characteristic {
  constructor(private readonly characteristic: FhirCharacteristic) {}

  static all(characteristics: readonly FhirCharacteristic[] | undefined): Characteristic[] {
    return (characteristics ?? [])
      .flatMap((each) => eachValue(each, 'type', 'valueCodeableConcept'))
      .map((each) => new Characteristic(each));
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The property that is described: colour, shape, imprint … (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.characteristic.type);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The value as text: `White`, `8 mm`. It is in the requested language if possible. For a picture, it is the title. Null if the value is yes or no: see `boolean`. (`value[x]`)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    const { valueMarkdown, valueDate, valueAttachment, valueReference } = this.characteristic;
    if (valueMarkdown !== undefined)
      return readText(languageTexts(this.characteristic, 'valueMarkdown'), args, context);
    return (
      this.concept?.text(args, context) ??
      this.quantity?.text(args, context) ??
      valueDate ??
      valueAttachment?.title ??
      valueReference?.display ??
      null
    );
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The value, if it is a coded term. (`valueCodeableConcept`)',
  })
  get concept(): Concept | null {
    return Concept.of(this.characteristic.valueCodeableConcept);
  }

  @Field(() => Quantity, {
    nullable: true,
    description:
      'The value, if it is a number. The number may have a unit. (`valueQuantity`, `valueInteger`)',
  })
  get quantity(): Quantity | null {
    const { valueQuantity, valueInteger } = this.characteristic;
    return Quantity.of(valueQuantity ?? (valueInteger === undefined ? undefined : { value: valueInteger }));
  }

  @Field(() => FhirDateTime, { nullable: true, description: 'The value, if it is a date. (`valueDate`)' })
  get date(): string | null {
    return this.characteristic.valueDate ?? null;
  }

  @Field(() => Boolean, { nullable: true, description: 'The value, if it is yes or no. (`valueBoolean`)' })
  get boolean(): boolean | null {
    return this.characteristic.valueBoolean ?? null;
  }

  @Field(() => Image, { nullable: true, description: 'The value, if it is a picture. (`valueAttachment`)' })
  get image(): Image | null {
    const { valueAttachment } = this.characteristic;
    return valueAttachment ? new Image(valueAttachment) : null;
  }
}
