/**
 * Uses and risks of a product: indications, contraindications, effects and the like, as views over
 * ClinicalUseDefinition.
 */
import type { ClinicalUseDefinitionInteractionInteractant, CodeableReference, Reference } from 'fhir/r5.js';
import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import type { Held } from '../../../catalogue/known/known.js';
import type { ResourceOf } from '../../../fhir/resources.js';
import { eachValue } from '../../../terms/contradictions.js';
import { ClinicalUseType, clinicalUseType } from '../../../terms/ema-codes.js';
import { languageTexts } from '../../../terms/language-texts.js';
import { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments, Reads } from '../field.js';
import { readText } from '../reader.js';
import { Concept } from './concept.js';
import { Node, ResourceView, Source } from './resource-view.js';

@ObjectType({ description: 'A group of patients to which a clinical use applies. (`population`)' })
export class Population {
  constructor(private readonly population: Reference) {}

  @Field(() => String, {
    nullable: true,
    description: 'The name of the group: `Children from 6 to 12 years`. (`population.display`)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return readText(languageTexts(this.population, 'display'), args, context);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The FHIR reference to the record of the group, as the upstream sent it. (`population.reference`)',
  })
  get reference(): string | null {
    return this.population.reference ?? null;
  }
}

@InterfaceType({
  description:
    'Clinical information on the use of a product: an indication, a contraindication, an interaction, an undesirable effect or a warning. (FHIR ClinicalUseDefinition)',
})
export abstract class ClinicalUse extends ResourceView<ResourceOf<'ClinicalUseDefinition'>> {
  // The types of clinical uses implement Node, but this interface does not, because some code generators reject an
  // interface as the type of `node`.
  @Field(() => ID, {
    description:
      'The global id, unique among objects of all types. Opaque: do not parse it. (Type and FHIR `id`)',
  })
  override get id(): string {
    return super.id;
  }

  // All types of clinical uses have the same noun in their ids, because a record may change its type.
  protected override get noun(): string {
    return ClinicalUse.name;
  }

  @Reads('type', 'indication', 'contraindication', 'interaction', 'undesirableEffect', 'warning')
  @Field(() => ClinicalUseType, {
    description: 'The type of clinical use. OTHER if the record does not give the type. (`type`)',
  })
  get useKind(): ClinicalUseType {
    return clinicalUseType(this.resource);
  }

  @Reads('category')
  @Field(() => [Concept], {
    description:
      'The categories that the authority gave to the clinical use: pregnancy, driving … (`category`)',
  })
  get categories(): Concept[] {
    return Concept.all(this.resource.category);
  }

  @Reads('status')
  @Field(() => Concept, {
    nullable: true,
    description: 'Whether the record of the clinical use is current. (`status`)',
  })
  get status(): Concept | null {
    return Concept.of(this.resource.status);
  }

  @Reads('population')
  @Field(() => [Population], {
    description:
      'The groups of patients to which the clinical use applies. Empty if it applies to all. (`population`)',
  })
  get populations(): Population[] {
    return (this.resource.population ?? []).map((each) => new Population(each));
  }

  @Reads('indication', 'contraindication', 'interaction', 'undesirableEffect', 'warning')
  @Field(() => String, {
    nullable: true,
    description:
      'A text to show: the disease, the effect, or the text of the warning. (`diseaseSymptomProcedure`, `effect`, `symptomConditionEffect`, `warning`)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return this.gist?.text(args, context) ?? null;
  }

  @Field(() => Source, {
    nullable: true,
    description: 'The upstream record from which this object was read. (`id`, `meta`)',
  })
  override get source(): Source | null {
    return super.source;
  }

  /** The concept that the clinical use is about. */
  protected abstract readonly gist: Concept | null;
}

@ObjectType({
  implements: [ClinicalUse, Node],
  description: 'A condition that a product is used for. (`indication`)',
})
export class Indication extends ClinicalUse {
  protected get gist(): Concept | null {
    return this.disease;
  }

  @Reads('indication')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The disease, symptom or procedure that the product is used for. (`indication.diseaseSymptomProcedure`)',
  })
  get disease(): Concept | null {
    return conceptOf(this.resource.indication?.diseaseSymptomProcedure);
  }

  @Reads('indication')
  @Field(() => Concept, {
    nullable: true,
    description: 'The state of the disease in which the product is used. (`indication.diseaseStatus`)',
  })
  get diseaseStatus(): Concept | null {
    return conceptOf(this.resource.indication?.diseaseStatus);
  }

  @Reads('indication')
  @Field(() => [Concept], {
    description: 'Other diseases of the patient. (`indication.comorbidity`)',
  })
  get comorbidities(): Concept[] {
    return conceptsOf(this.resource.indication?.comorbidity);
  }

  @Reads('indication')
  @Field(() => Concept, {
    nullable: true,
    description: 'The intended effect of the product: to cure, to prevent … (`indication.intendedEffect`)',
  })
  get intendedEffect(): Concept | null {
    return conceptOf(this.resource.indication?.intendedEffect);
  }
}

@ObjectType({
  implements: [ClinicalUse, Node],
  description: 'A condition in which a product must not be used. (`contraindication`)',
})
export class Contraindication extends ClinicalUse {
  protected get gist(): Concept | null {
    return this.disease;
  }

  @Reads('contraindication')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The disease, symptom or procedure in which the product must not be used. (`contraindication.diseaseSymptomProcedure`)',
  })
  get disease(): Concept | null {
    return conceptOf(this.resource.contraindication?.diseaseSymptomProcedure);
  }

  @Reads('contraindication')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The state of the disease in which the product must not be used. (`contraindication.diseaseStatus`)',
  })
  get diseaseStatus(): Concept | null {
    return conceptOf(this.resource.contraindication?.diseaseStatus);
  }

  @Reads('contraindication')
  @Field(() => [Concept], {
    description: 'Other diseases of the patient. (`contraindication.comorbidity`)',
  })
  get comorbidities(): Concept[] {
    return conceptsOf(this.resource.contraindication?.comorbidity);
  }
}

@ObjectType({
  description: 'A substance, product or food that interacts with a product. (`interaction.interactant`)',
})
export class Interactant {
  constructor(private readonly interactant: ClinicalUseDefinitionInteractionInteractant) {}

  @Field(() => Concept, {
    nullable: true,
    description: 'The substance, product or food, as a coded term. (`itemCodeableConcept`)',
  })
  get concept(): Concept | null {
    return Concept.of(this.interactant.itemCodeableConcept);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The name of the substance, product or food. (`itemCodeableConcept`, `itemReference.display`)',
  })
  name(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    const display = languageTexts(this.interactant.itemReference, 'display');
    return this.concept?.text(args, context) ?? readText(display, args, context);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The FHIR reference to the record of the substance, product or food, as the upstream sent it. (`itemReference.reference`)',
  })
  get reference(): string | null {
    return this.interactant.itemReference?.reference ?? null;
  }
}

@ObjectType({
  implements: [ClinicalUse, Node],
  description: 'An interaction with another substance, product or food. (`interaction`)',
})
export class Interaction extends ClinicalUse {
  protected get gist(): Concept | null {
    return this.effect ?? this.interactants[0]?.concept ?? null;
  }

  @Reads('interaction')
  @Field(() => [Interactant], {
    description:
      'The substances, products or foods that interact with the product. (`interaction.interactant`)',
  })
  get interactants(): Interactant[] {
    return (this.resource.interaction?.interactant ?? [])
      .flatMap((each) => eachValue(each, 'itemCodeableConcept'))
      .map((each) => new Interactant(each));
  }

  @Reads('interaction')
  @Field(() => Concept, {
    nullable: true,
    description: 'The type of interaction: drug–drug, drug–food … (`interaction.type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.resource.interaction?.type);
  }

  @Reads('interaction')
  @Field(() => Concept, {
    nullable: true,
    description: 'The effect of the interaction. (`interaction.effect`)',
  })
  get effect(): Concept | null {
    return conceptOf(this.resource.interaction?.effect);
  }

  @Reads('interaction')
  @Field(() => Concept, {
    nullable: true,
    description: 'How often the interaction occurs. (`interaction.incidence`)',
  })
  get incidence(): Concept | null {
    return Concept.of(this.resource.interaction?.incidence);
  }

  @Reads('interaction')
  @Field(() => [Concept], { description: 'How to manage the interaction. (`interaction.management`)' })
  get management(): Concept[] {
    return Concept.all(this.resource.interaction?.management);
  }
}

@ObjectType({
  implements: [ClinicalUse, Node],
  description: 'A possible unwanted effect of a product. (`undesirableEffect`)',
})
export class UndesirableEffect extends ClinicalUse {
  protected get gist(): Concept | null {
    return this.effect;
  }

  @Reads('undesirableEffect')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The unwanted effect itself: a symptom or condition. (`undesirableEffect.symptomConditionEffect`)',
  })
  get effect(): Concept | null {
    return conceptOf(this.resource.undesirableEffect?.symptomConditionEffect);
  }

  @Reads('undesirableEffect')
  @Field(() => Concept, {
    nullable: true,
    description: 'The severity or type of the unwanted effect. (`undesirableEffect.classification`)',
  })
  get classification(): Concept | null {
    return Concept.of(this.resource.undesirableEffect?.classification);
  }

  @Reads('undesirableEffect')
  @Field(() => Concept, {
    nullable: true,
    description:
      'How often the unwanted effect occurs: common, rare … (`undesirableEffect.frequencyOfOccurrence`)',
  })
  get frequency(): Concept | null {
    return Concept.of(this.resource.undesirableEffect?.frequencyOfOccurrence);
  }
}

@ObjectType({
  implements: [ClinicalUse, Node],
  description: 'A precaution for using a product. (`warning`)',
})
export class Warning extends ClinicalUse {
  protected get gist(): Concept | null {
    const { description, _description } = this.resource.warning ?? {};
    if (description === undefined) return this.code;
    return Concept.of({ text: description, ...(_description && { _text: _description }) });
  }

  @Reads('warning')
  @Field(() => String, {
    nullable: true,
    description: 'The text of the warning, as Markdown. (`warning.description`)',
  })
  description(_args: unknown, context: Context): string | null {
    return readText(languageTexts(this.resource.warning, 'description'), {}, context);
  }

  @Reads('warning')
  @Field(() => Concept, { nullable: true, description: 'The warning as a code. (`warning.code`)' })
  get code(): Concept | null {
    return Concept.of(this.resource.warning?.code);
  }
}

@ObjectType({
  implements: [ClinicalUse, Node],
  description:
    'A clinical use of a type that this service does not know, or that the record does not give. It has only the general fields.',
})
export class OtherClinicalUse extends ClinicalUse {
  protected get gist(): Concept | null {
    return null;
  }
}

const kinds: Readonly<Record<ClinicalUseType, new (held: Held) => ClinicalUse>> = {
  INDICATION: Indication,
  CONTRAINDICATION: Contraindication,
  INTERACTION: Interaction,
  UNDESIRABLE_EFFECT: UndesirableEffect,
  WARNING: Warning,
  OTHER: OtherClinicalUse,
};

/** The types of clinical uses. They must be listed, because in the schema only the interface refers to them. */
export const clinicalUses = Object.values(kinds);

/** Returns the view for the record's type. */
export function clinicalUseOf(held: Held): ClinicalUse {
  return new kinds[clinicalUseType(held.resource as ResourceOf<'ClinicalUseDefinition'>)](held);
}

/** Returns the concept, or the name of the referenced record as a concept. */
function conceptOf(reference: CodeableReference | undefined): Concept | null {
  const { display, _display } = reference?.reference ?? {};
  const named = display === undefined ? undefined : { text: display, ...(_display && { _text: _display }) };
  return Concept.of(reference?.concept) ?? Concept.of(named);
}

function conceptsOf(references: readonly CodeableReference[] | undefined): Concept[] {
  return (references ?? []).flatMap((reference) =>
    reference.concept ? Concept.all([reference.concept]) : (conceptOf(reference) ?? []),
  );
}
