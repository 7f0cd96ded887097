/** A substance with its own record, as a view over SubstanceDefinition. */
import type {
  SubstanceDefinitionName,
  SubstanceDefinitionNameOfficial,
  SubstanceDefinitionStructureRepresentation,
} from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import { elements } from '../../../fhir/elements.js';
import type { ResourceOf } from '../../../fhir/resources.js';
import { languageTagsOf } from '../../../terms/languages.js';
import { languageTexts } from '../../../terms/language-texts.js';
import { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments, Reads } from '../field.js';
import { readName, readText, type MultilingualText } from '../reader.js';
import { FhirDateTime } from '../scalars.js';
import { Concept } from './concept.js';
import { Identifier } from './identifier.js';
import { Quantity } from './quantity.js';
import { Node, ResourceView } from './resource-view.js';

@ObjectType({
  description:
    'The official status of a substance’s name: the authority that made the name official, and the date. (`name.official`)',
})
export class OfficialName {
  constructor(private readonly official: SubstanceDefinitionNameOfficial) {}

  @Field(() => Concept, {
    nullable: true,
    description:
      'The authority or pharmacopoeia that made the name official: WHO (INN), European Pharmacopoeia. (`authority`)',
  })
  get authority(): Concept | null {
    return Concept.of(this.official.authority);
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The official status of the name: proposed, recommended, current … (`status`)',
  })
  get status(): Concept | null {
    return Concept.of(this.official.status);
  }

  @Field(() => FhirDateTime, {
    nullable: true,
    description: 'The date since which the name is official. (`date`)',
  })
  get date(): string | null {
    return this.official.date ?? null;
  }
}

@ObjectType({
  description:
    'The structure of a molecule, in a machine-readable format: SMILES, InChI. (`structure.representation`)',
})
export class Structure {
  constructor(private readonly representation: SubstanceDefinitionStructureRepresentation) {}

  @Field(() => Concept, { nullable: true, description: 'The type of the representation. (`type`)' })
  get type(): Concept | null {
    return Concept.of(this.representation.type);
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The format of `text`: SMILES, InChI, molfile. (`format`)',
  })
  get format(): Concept | null {
    return Concept.of(this.representation.format);
  }

  @Field(() => String, {
    nullable: true,
    description: 'The structure, written in the format of `format`. (`representation`)',
  })
  get text(): string | null {
    return this.representation.representation ?? null;
  }
}

@ObjectType({ description: 'One name of a substance. (`name`)' })
export class SubstanceName {
  constructor(private readonly substanceName: SubstanceDefinitionName) {}

  @Field(() => String, { nullable: true, description: 'The name as text. (`name`)' })
  get text(): string | null {
    return this.substanceName.name ?? null;
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The type of name: systematic, brand … (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.substanceName.type);
  }

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether this is the preferred name of the substance in its language. (`preferred`)',
  })
  get preferred(): boolean | null {
    return this.substanceName.preferred ?? null;
  }

  @Field(() => [Concept], { description: 'The languages in which the name is used. (`language`)' })
  get languages(): Concept[] {
    return Concept.all(this.substanceName.language);
  }

  @Field(() => [OfficialName], {
    description: 'The authorities that made the name official, and the dates. (`official`)',
  })
  get official(): OfficialName[] {
    return (this.substanceName.official ?? []).map((each) => new OfficialName(each));
  }
}

@ObjectType({
  implements: Node,
  description:
    'The record of a substance itself, independent of any medicine: names, codes and formula. (FHIR SubstanceDefinition)',
})
export class SubstanceDefinition extends ResourceView<ResourceOf<'SubstanceDefinition'>> {
  @Reads('name')
  @Field(() => String, {
    nullable: true,
    description:
      'The name of the substance in the requested language. The preferred name if there is one, else the first. The default language is the one that `Accept-Language` prefers. (`name.name`)',
  })
  name(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    const names = elements(this.resource.name);
    const preferredFirst = [
      ...names.filter(({ preferred }) => preferred),
      ...names.filter(({ preferred }) => !preferred),
    ];
    return readName(preferredFirst.flatMap(saidBy), args, context);
  }

  /**
   * Returns the code that ingredients use for this substance: EMA's code, if there is one; otherwise the first code.
   */
  get code(): string | null {
    const codings = elements(this.resource.code).flatMap(({ code }) => elements(code?.coding));
    const numbers = [
      ...codings.map(({ code }) => code),
      ...elements(this.resource.identifier).map(({ value }) => value),
    ].flatMap((value) => (typeof value === 'string' && value !== '' ? [value] : []));
    return numbers.find((value) => /^1\d{11}$/.test(value)) ?? numbers[0] ?? null;
  }

  @Reads('name')
  @Field(() => [SubstanceName], { description: 'All names of the substance. (`name`)' })
  get substanceNames(): SubstanceName[] {
    return (this.resource.name ?? []).map((name) => new SubstanceName(name));
  }

  @Reads('identifier')
  @Field(() => [Identifier], {
    description: 'The numbers of the substance in registers of substances. (`identifier`)',
  })
  get identifiers(): Identifier[] {
    return Identifier.all(this.resource.identifier, 'substance');
  }

  @Reads('code')
  @Field(() => [Concept], { description: 'The codes of the substance: SMS, UNII, CAS … (`code.code`)' })
  get codes(): Concept[] {
    return Concept.all(this.resource.code?.map(({ code }) => code));
  }

  @Reads('status')
  @Field(() => Concept, {
    nullable: true,
    description: 'Whether the record of the substance is current. (`status`)',
  })
  get status(): Concept | null {
    return Concept.of(this.resource.status);
  }

  @Reads('description')
  @Field(() => String, {
    nullable: true,
    description: 'A description of the substance, as Markdown text. (`description`)',
  })
  description(_args: unknown, context: Context): string | null {
    return readText(languageTexts(this.resource, 'description'), {}, context);
  }

  @Reads('structure')
  @Field(() => String, {
    nullable: true,
    description: 'The molecular formula of the substance: `C9H8O4`. (`structure.molecularFormula`)',
  })
  get molecularFormula(): string | null {
    return this.resource.structure?.molecularFormula ?? null;
  }

  @Reads('molecularWeight', 'structure')
  @Field(() => [Quantity], {
    description: 'The molecular weights of the substance. (`molecularWeight`, `structure.molecularWeight`)',
  })
  get molecularWeights(): Quantity[] {
    const { molecularWeight, structure } = this.resource;
    return [...(molecularWeight ?? []), structure?.molecularWeight].flatMap(
      (weight) => Quantity.of(weight?.amount) ?? [],
    );
  }

  @Reads('structure')
  @Field(() => [Structure], {
    description:
      'The molecular structure of the substance, in machine-readable formats. (`structure.representation`)',
  })
  get structures(): Structure[] {
    return (this.resource.structure?.representation ?? []).map((each) => new Structure(each));
  }
}

/** Returns a name with the languages in which it is used, and its translations. */
function saidBy(name: SubstanceDefinitionName): readonly MultilingualText[] {
  const used = elements(name.language).flatMap(languageTagsOf);
  return languageTexts(name, 'name').map(({ text, language }) => ({
    text,
    languages: text === name.name && used.length > 0 ? used : language === null ? [] : [language],
  }));
}
