/** A medicinal product, as a view over MedicinalProductDefinition. */
import type {
  MedicinalProductDefinitionName,
  MedicinalProductDefinitionNamePart,
  MedicinalProductDefinitionNameUsage,
} from 'fhir/r5.js';
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { ResourceOf } from '../../../fhir/resources.js';
import { eachSubstance } from '../../../facts/substances/substances.js';
import { eachValue } from '../../../terms/contradictions.js';
import { authorisedDoseForm, identifierSystems } from '../../../terms/ema-codes.js';
import { countryMatches, languageTagsOf } from '../../../terms/languages.js';
import { inventedPart, NamePartKind, namePartKind } from '../../../terms/name-parts.js';
import { languageTexts } from '../../../terms/language-texts.js';
import { NameArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments, Reads, ShowsSubstances } from '../field.js';
import { readBrand, readName, readText, type MultilingualText } from '../reader.js';
import { Characteristic } from './characteristic.js';
import { FhirDateTime } from '../scalars.js';
import { Atc, Concept } from './concept.js';
import { Contact } from './contact.js';
import { CrossReference } from './cross-reference.js';
import { Identifier, identifierOf } from './identifier.js';
import { eachOperation, ManufacturingOperation } from './manufacturing.js';
import { MarketingStatus } from './marketing-status.js';
import { PackagedItem } from './packaging.js';
import { Node, ResourceView } from './resource-view.js';
import { Substance } from './substance.js';

registerEnumType(NamePartKind, {
  name: 'NamePartKind',
  description: 'The type of a part of a product’s name. (`name.part.type`)',
  valuesConfig: {
    FULL: { description: 'The whole name.' },
    INVENTED: { description: 'The brand name.' },
    SCIENTIFIC: { description: 'The common or scientific name of the substance.' },
    STRENGTH: { description: 'The strength.' },
    DOSE_FORM: { description: 'The dose form.' },
    FORMULATION: { description: 'The formulation, such as `sugar-free`.' },
    INTENDED_USE: { description: 'The intended use.' },
    POPULATION: { description: 'The intended patients, such as `children`.' },
    CONTAINER: { description: 'The container or pack.' },
    DEVICE: { description: 'The device that contains the product or comes with it.' },
    TRADEMARK_OR_COMPANY: { description: 'The name of the company, or its trademark.' },
    TIME_OR_PERIOD: { description: 'A time or period, such as `night`.' },
    FLAVOR: { description: 'The flavour.' },
    DELIMITER: { description: 'A separator between two parts of the name.' },
    LEGACY: { description: 'A name from an older register.' },
    SPECIES: { description: 'The animal species to treat.' },
  },
});

@ObjectType({
  description: 'A part of a product’s name: the brand, the strength, the dose form. (`name.part`)',
})
export class NamePart {
  constructor(private readonly part: MedicinalProductDefinitionNamePart) {}

  @Field(() => String, {
    nullable: true,
    description: 'The text of the part as registered, often in capitals. (`part`)',
  })
  get text(): string | null {
    return this.part.part ?? null;
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The type of the part, as registered (EMA list 220000000000). (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.part.type);
  }

  @Field(() => NamePartKind, {
    nullable: true,
    description:
      'The type of the part, as one of sixteen values, whichever list the record uses. Null if the type is unknown. (`type`)',
  })
  get kind(): NamePartKind | null {
    return namePartKind(this.part.type);
  }
}

@ObjectType({ description: 'A country and a language in which a name is used. (`name.usage`)' })
export class NameUsage {
  constructor(private readonly usage: MedicinalProductDefinitionNameUsage) {}

  @Field(() => Concept, { nullable: true, description: 'The country where the name is used. (`country`)' })
  get country(): Concept | null {
    return Concept.of(this.usage.country);
  }

  @Field(() => Concept, {
    nullable: true,
    description:
      'The part of the country, or the group of countries, where the name is used. (`jurisdiction`)',
  })
  get jurisdiction(): Concept | null {
    return Concept.of(this.usage.jurisdiction);
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The language in which the name is used. (`language`)',
  })
  get language(): Concept | null {
    return Concept.of(this.usage.language);
  }
}

@ObjectType({
  description: 'One name of a product. A product may have one name for each country and language. (`name`)',
})
export class ProductName {
  constructor(private readonly name: MedicinalProductDefinitionName) {}

  @Field(() => String, { nullable: true, description: 'The full name. (`productName`)' })
  get text(): string | null {
    return this.name.productName ?? null;
  }

  @Field(() => [NamePart], { description: 'The parts of the name. (`part`)' })
  get parts(): NamePart[] {
    return (this.name.part ?? []).map((part) => new NamePart(part));
  }

  @Field(() => [NameUsage], {
    description: 'The countries and languages in which the name is used. (`usage`)',
  })
  get usages(): NameUsage[] {
    return (this.name.usage ?? [])
      .flatMap((usage) => eachValue(usage, 'country', 'language'))
      .map((usage) => new NameUsage(usage));
  }
}

@ObjectType({
  implements: Node,
  description:
    'An authorized medicine, with its names, packages and ingredients. (FHIR MedicinalProductDefinition)',
})
export class Product extends ResourceView<ResourceOf<'MedicinalProductDefinition'>> {
  @Reads('id')
  @Field(() => String, {
    description: 'The number of the product in EMA’s Product Management Service. (`id`)',
  })
  get pmsId(): string {
    return this.resource.id;
  }

  @Reads('identifier')
  @Field(() => String, {
    nullable: true,
    description:
      'The Medicinal Product Identifier of the product, of ISO IDMP. (`identifier`, system …/mpId)',
  })
  get mpid(): string | null {
    return identifierOf(this.resource.identifier, identifierSystems.mpId);
  }

  @Reads('identifier')
  @Field(() => String, {
    nullable: true,
    description:
      'The code of the product in EudraVigilance: `PRD417562`. (`identifier`, EMA term 100000075665)',
  })
  get evCode(): string | null {
    return identifierOf(this.resource.identifier, identifierSystems.evCode);
  }

  @Reads('name')
  @Field(() => String, {
    nullable: true,
    description:
      'The name of the product in the requested language. If there is no name in that language, the first name. The default language is the one that `Accept-Language` prefers. With `country`, only names that are used there; null if no name is used there. (`name.productName`)',
  })
  name(@Arguments(() => NameArgs) args: NameArgs, context: Context): string | null {
    const names = (this.resource.name ?? []).flatMap((name) => saidBy(name, args.country));
    return readName(names, args, context);
  }

  @Reads('name')
  @Field(() => String, {
    nullable: true,
    description:
      'The brand name as registered, often in capitals. It is a part of the name in the language of `Accept-Language`. If that name has no brand, the brand of the first name that has one. Null if no name is split into parts, or no name has a brand. (`name.part`, type Invented name part)',
  })
  brand(_args: unknown, context: Context): string | null {
    const names = (this.resource.name ?? []).flatMap((name) => {
      const brand = inventedPart(name);
      return saidBy(name, undefined).map((said) => ({ ...said, brand }));
    });
    return readBrand(names, {}, context);
  }

  @Reads('name')
  @Field(() => [ProductName], {
    description: 'All names of the product, for all countries and languages. (`name`)',
  })
  get names(): ProductName[] {
    return (this.resource.name ?? []).map((name) => new ProductName(name));
  }

  @Reads('identifier')
  @Field(() => [Identifier], { description: 'All numbers and codes of the product. (`identifier`)' })
  get identifiers(): Identifier[] {
    return Identifier.all(this.resource.identifier, 'product');
  }

  @Reads('domain')
  @Field(() => Concept, {
    nullable: true,
    description: 'Whether the product is for people or for animals (EMA list 100000000004). (`domain`)',
  })
  get domain(): Concept | null {
    return Concept.of(this.resource.domain);
  }

  @Reads('status')
  @Field(() => Concept, {
    nullable: true,
    description:
      'Whether the record of the product is current, provisional or void (EMA list 200000005003). For the status of the authorization today, see `lifecycle`. (`status`)',
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

  @Reads('type')
  @Field(() => Concept, { nullable: true, description: 'The type of product. (`type`)' })
  get type(): Concept | null {
    return Concept.of(this.resource.type);
  }

  @Reads('description')
  @Field(() => String, {
    nullable: true,
    description: 'A description of the product, as Markdown text. (`description`)',
  })
  description(_args: unknown, context: Context): string | null {
    return readText(languageTexts(this.resource, 'description'), {}, context);
  }

  @Reads('indication')
  @Field(() => String, {
    nullable: true,
    description: 'The indications of the product, as Markdown text. (`indication`)',
  })
  indication(_args: unknown, context: Context): string | null {
    return readText(languageTexts(this.resource, 'indication'), {}, context);
  }

  @Reads('combinedPharmaceuticalDoseForm', 'extension')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The dose form of the product: tablet, syrup, powder with solvent … (`combinedPharmaceuticalDoseForm`, else EMA’s extension authorisedDoseForm)',
  })
  get doseForm(): Concept | null {
    const { combinedPharmaceuticalDoseForm: combined } = this.resource;
    return Concept.of(combined) ?? Concept.of(authorisedDoseForm(this.resource));
  }

  @Reads('classification')
  @Field(() => [Concept], {
    description: 'All classes of the product: ATC, legal basis, product type. (`classification`)',
  })
  get classifications(): Concept[] {
    return Concept.all(this.resource.classification);
  }

  @Reads('classification')
  @Field(() => [Atc], {
    description:
      'The ATC classes of the product. (`classification`, systems of EMA list 100000093533 and of WHO)',
  })
  atc(_args: unknown, { terms }: Context): Atc[] {
    return Atc.all(this.resource.classification, terms);
  }

  @Reads('legalStatusOfSupply')
  @Field(() => Concept, {
    nullable: true,
    description: 'Whether the product needs a prescription (EMA list 100000072051). (`legalStatusOfSupply`)',
  })
  get legalStatusOfSupply(): Concept | null {
    return Concept.of(this.resource.legalStatusOfSupply);
  }

  @Reads('additionalMonitoringIndicator')
  @Field(() => Concept, {
    nullable: true,
    description:
      'Whether the product is under additional monitoring (the black triangle). (`additionalMonitoringIndicator`)',
  })
  get additionalMonitoring(): Concept | null {
    return Concept.of(this.resource.additionalMonitoringIndicator);
  }

  @Reads('pediatricUseIndicator')
  @Field(() => Concept, {
    nullable: true,
    description: 'Whether the product may be given to children. (`pediatricUseIndicator`)',
  })
  get pediatricUse(): Concept | null {
    return Concept.of(this.resource.pediatricUseIndicator);
  }

  @Reads('specialMeasures')
  @Field(() => [Concept], {
    description: 'Special measures that an authority requires for the product. (`specialMeasures`)',
  })
  get specialMeasures(): Concept[] {
    return Concept.all(this.resource.specialMeasures);
  }

  @Reads('marketingStatus')
  @Field(() => [MarketingStatus], {
    description:
      'The marketing status of the product in each country: whether it is on the market. (`marketingStatus`)',
  })
  get marketingStatuses(): MarketingStatus[] {
    return MarketingStatus.all(this.resource.marketingStatus);
  }

  @Reads('contact')
  @Field(() => [Contact], {
    description: 'The contacts for the product, mainly for questions about drug safety. (`contact`)',
  })
  get contacts(): Contact[] {
    return (this.resource.contact ?? [])
      .flatMap((contact) => eachValue(contact, 'type'))
      .map((contact) => new Contact(contact, this.resource));
  }

  @Reads('operation')
  @Field(() => [ManufacturingOperation], {
    nullable: true,
    description:
      'The steps in the manufacture of the product, with the manufacturers. Few of these data are public. (`operation`)',
  })
  get operations(): ManufacturingOperation[] {
    return (this.resource.operation ?? [])
      .flatMap(eachOperation)
      .map((each) => new ManufacturingOperation(each, this.resource));
  }

  @Reads('characteristic')
  @Field(() => [Characteristic], {
    description:
      'Properties of the whole product: `hypoallergenic`, `preservative-free`. For the appearance of a tablet, see `manufacturedItems { characteristics }`. (`characteristic`)',
  })
  get characteristics(): Characteristic[] {
    return Characteristic.all(this.resource.characteristic);
  }

  @Reads('ingredient')
  @Field(() => [Concept], {
    description:
      'Ingredients that the record of the product lists directly, as words or codes. Only some registers do this. For the detailed records of ingredients, see `ingredients`. (`ingredient`)',
  })
  get ingredientWords(): Concept[] {
    return Concept.all(this.resource.ingredient);
  }

  @Reads('comprisedOf')
  @Field(() => [PackagedItem], {
    description:
      'The parts of the product that its record lists directly: tablets, a device. (`comprisedOf`)',
  })
  get comprisedOf(): PackagedItem[] {
    return (this.resource.comprisedOf ?? []).map(
      (reference) => new PackagedItem({ item: { reference } }, this.resource),
    );
  }

  @Reads('impurity')
  @ShowsSubstances('impurities')
  @Field(() => [Substance], {
    description: 'Substances that the product may contain as impurities. (`impurity`)',
  })
  get impurities(): Substance[] {
    return (this.resource.impurity ?? [])
      .flatMap(eachSubstance)
      .flatMap((impurity) => Substance.of(impurity, this.resource) ?? []);
  }

  @Reads('crossReference')
  @Field(() => [CrossReference], {
    description:
      'Related products that the record of this product names: the reference product of a generic, a bulk product. (`crossReference`)',
  })
  get crossReferences(): CrossReference[] {
    return (this.resource.crossReference ?? [])
      .flatMap((reference) => eachValue(reference, 'type'))
      .map((reference) => new CrossReference(reference, this.resource));
  }
}

/**
 * Returns a name with its translations and the languages in which it is used. With a `country`, only its use in that
 * country counts; if there is none, the result is empty.
 */
function saidBy(
  name: MedicinalProductDefinitionName,
  country: string | null | undefined,
): readonly MultilingualText[] {
  const usages = (name.usage ?? []).filter((use) => !country || countryMatches(use.country, country));
  if (country && usages.length === 0) return [];
  const used = [...new Set(usages.flatMap(({ language }) => languageTagsOf(language)))];
  return languageTexts(name, 'productName').map(({ text, language }) => ({
    text,
    languages: text === name.productName && used.length > 0 ? used : language === null ? [] : [language],
  }));
}
