/** A substance in a product, with its role and strength, as a view over Ingredient. */
import type {
  CodeableReference,
  IngredientSubstanceStrength,
  IngredientSubstanceStrengthReferenceStrength,
} from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import { isOwn } from '../../../facts/amounts/strength.js';
import { eachSubstance } from '../../../facts/substances/substances.js';
import { elements } from '../../../fhir/elements.js';
import type { ResourceOf } from '../../../fhir/resources.js';
import { defaultLanguage, isSameLanguage } from '../../../terms/choice.js';
import { IngredientRole, ingredientRole } from '../../../terms/ema-codes.js';
import { languageTexts } from '../../../terms/language-texts.js';
import { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments, Reads, ShowsSubstances } from '../field.js';
import { readLabel, readText } from '../reader.js';
import { Concept } from './concept.js';
import { Ratio } from './quantity.js';
import { Node, ResourceView } from './resource-view.js';
import { Substance } from './substance.js';

type IngredientResource = ResourceOf<'Ingredient'>;

@ObjectType({
  description:
    'A strength expressed as the amount of another substance, usually of the active moiety: 13.9 mg of amlodipine besilate are 10 mg of amlodipine. (`referenceStrength`)',
})
export class ReferenceStrength {
  constructor(
    private readonly reference: IngredientSubstanceStrengthReferenceStrength,
    private readonly resource: IngredientResource,
  ) {}

  @ShowsSubstances('bases')
  @Field(() => Substance, {
    nullable: true,
    description: 'The other substance, to which the amount refers. (`substance`)',
  })
  get substance(): Substance | null {
    return Substance.of(this.reference.substance, this.resource);
  }

  @Field(() => Ratio, {
    nullable: true,
    description:
      'The amount of the other substance. (`strengthRatio`, `strengthRatioRange`, `strengthQuantity`)',
  })
  get strength(): Ratio | null {
    const { strengthRatio, strengthRatioRange, strengthQuantity } = this.reference;
    return Ratio.of({ ratio: strengthRatio, range: strengthRatioRange, quantity: strengthQuantity });
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The amount as text: `10 mg/tablet`. It is in the requested language if the names of its units are known in that language. (`strengthRatio`, `strengthRatioRange`, `strengthQuantity`)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return this.strength?.text(args, context) ?? null;
  }

  @Field(() => [Concept], {
    description:
      'The countries for which the strength applies. Empty if it applies to all countries. (`country`)',
  })
  get countries(): Concept[] {
    return Concept.all(this.reference.country);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The place or time at which the strength was measured, if this makes a difference. (`measurementPoint`)',
  })
  get measurementPoint(): string | null {
    return this.reference.measurementPoint ?? null;
  }

  /** Whether this is the strength of the ingredient's own substance. */
  get isOwn(): boolean {
    return isOwn(this.reference.substance, this.resource);
  }

  /** Returns the name of the reference substance. */
  name(args: LanguageArgs, context: Context): string | null {
    return nameOf(this.reference.substance, args, context);
  }
}

@ObjectType({
  description: 'The strength of an ingredient: the amount of its substance. (`substance.strength`)',
})
export class Strength {
  constructor(
    private readonly strength: IngredientSubstanceStrength,
    private readonly resource: IngredientResource,
  ) {}

  @Field(() => Ratio, {
    nullable: true,
    description: 'The amount per tablet, vial or dose. (`presentation[x]`)',
  })
  get presentation(): Ratio | null {
    const { presentationRatio, presentationRatioRange, presentationCodeableConcept, presentationQuantity } =
      this.strength;
    return Ratio.of({
      ratio: presentationRatio,
      range: presentationRatioRange,
      concept: presentationCodeableConcept,
      quantity: presentationQuantity,
    });
  }

  @Field(() => Ratio, {
    nullable: true,
    description: 'The amount per millilitre or gram. (`concentration[x]`)',
  })
  get concentration(): Ratio | null {
    const {
      concentrationRatio,
      concentrationRatioRange,
      concentrationCodeableConcept,
      concentrationQuantity,
    } = this.strength;
    return Ratio.of({
      ratio: concentrationRatio,
      range: concentrationRatioRange,
      concept: concentrationCodeableConcept,
      quantity: concentrationQuantity,
    });
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The strength as text. It is the registered text. If there is none, this service composes the text from the amounts. It is in the requested language as far as possible. (`textPresentation`, `textConcentration`, else the amounts)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return this.words(args, context) ?? this.amount(args, context);
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'What the amount refers to: the substance itself, its base … (`basis`)',
  })
  get basis(): Concept | null {
    return Concept.of(this.strength.basis);
  }

  @Field(() => [ReferenceStrength], {
    description: 'The same strength, expressed as amounts of other substances. (`referenceStrength`)',
  })
  get references(): ReferenceStrength[] {
    return elements(this.strength.referenceStrength).map(
      (each) => new ReferenceStrength(each, this.resource),
    );
  }

  @Field(() => [Concept], {
    description:
      'The countries for which the strength applies. Empty if it applies to all countries. (`country`)',
  })
  get countries(): Concept[] {
    return Concept.all(this.strength.country);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The place or time at which the strength was measured, if this makes a difference. (`measurementPoint`)',
  })
  get measurementPoint(): string | null {
    return this.strength.measurementPoint ?? null;
  }

  /**
   * Returns the strength in terms of both substances, if the record states both. Otherwise returns the text of the
   * strength.
   */
  ofEach(args: LanguageArgs, context: Context): string | null {
    return this.ofBoth(args, context) ?? this.text(args, context);
  }

  /** Returns what distinguishes this strength from others: its countries and its measurement point. */
  apart(args: LanguageArgs, context: Context): string {
    const countries = this.countries.map((country) => country.text(args, context));
    return [...countries, this.measurementPoint].filter(Boolean).join(', ');
  }

  private words(args: LanguageArgs, context: Context): string | null {
    const { strength } = this;
    return (
      readText(languageTexts(strength, 'textPresentation'), args, context) ??
      readText(languageTexts(strength, 'textConcentration'), args, context)
    );
  }

  private amount(args: LanguageArgs, context: Context): string | null {
    const own = this.own(args, context)?.text(args, context);
    if (own) return own;
    for (const reference of this.references) {
      const text = reference.text(args, context);
      if (text && reference.isOwn) return text;
      const name = text && reference.name(args, context);
      // An amount of another substance must be written with the name of that substance.
      if (name) return `${text} (${isEnglish(args, context) ? 'as ' : ''}${name})`;
    }
    return null;
  }

  private own(args: LanguageArgs, context: Context): Ratio | null {
    const forms = [this.presentation, this.concentration];
    return forms.find((form) => form?.text(args, context)) ?? null;
  }

  /**
   * Returns "5 mg amlodipine (as 6.94 mg amlodipine besilate)". Null if an amount or a name is missing, or if both
   * substances are the same.
   */
  private ofBoth(args: LanguageArgs, context: Context): string | null {
    const base = this.references.find((each) => !each.isOwn && each.text(args, context));
    const own = base && this.own(args, context);
    if (!base?.strength || !own) return null;
    const [baseName, ownName] = [
      base.name(args, context),
      nameOf(this.resource.substance?.code, args, context),
    ];
    if (!baseName || !ownName || baseName === ownName) return null;
    // For a tablet, "per tablet" is left out, because the sentence would contain it twice.
    const isInOneThing = own.isInOneThing && base.strength.isInOneThing;
    const [ofBase, ofOwn] = [base.strength, own].map((ratio) =>
      isInOneThing ? ratio.textAbove(args, context) : ratio.text(args, context),
    );
    return `${ofBase} ${baseName} (${isEnglish(args, context) ? 'as' : '='} ${ofOwn} ${ownName})`;
  }
}

/** Returns the name of a substance for use within a sentence. Null if the record has only a code. */
function nameOf(
  substance: CodeableReference | undefined,
  args: LanguageArgs,
  context: Context,
): string | null {
  const label = substance?.concept && readLabel(substance.concept, args, context);
  const name = label?.text ?? substance?.reference?.display ?? null;
  // German writes all nouns with a capital. Abbreviations and names of people keep their capital in every language.
  if (!name || isSameLanguage(label?.language ?? defaultLanguage, 'de')) return name;
  return /^\p{Lu}\p{Ll}+(?![\p{L}.-])/u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

function isEnglish(args: LanguageArgs, { languages }: Context): boolean {
  return isSameLanguage(args.language ?? languages[0] ?? defaultLanguage, defaultLanguage);
}

@ObjectType({
  implements: Node,
  description: 'A substance in a product or in a part of it. (FHIR Ingredient)',
})
export class Ingredient extends ResourceView<ResourceOf<'Ingredient'>> {
  @Reads('role')
  @Field(() => Concept, {
    nullable: true,
    description: 'The role of the ingredient, as registered (EMA list 100000072050). (`role`)',
  })
  get role(): Concept | null {
    return Concept.of(this.resource.role);
  }

  @Reads('role')
  @Field(() => IngredientRole, {
    nullable: true,
    description:
      'The role of the ingredient, as one of five values. Null if the role is unknown, or if the record gives two roles. (`role`)',
  })
  get roleKind(): IngredientRole | null {
    return ingredientRole(this.resource);
  }

  @Reads('function')
  @Field(() => [Concept], {
    description: 'The purpose of the ingredient: colour, preservative … (`function`)',
  })
  get function(): Concept[] {
    return Concept.all(this.resource.function);
  }

  @Reads('allergenicIndicator')
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether the register marks the ingredient as a known allergen. `false` means that it is not marked. It does not mean that the ingredient is harmless. (`allergenicIndicator`)',
  })
  get allergenic(): boolean | null {
    return this.resource.allergenicIndicator ?? null;
  }

  @Reads('substance')
  @ShowsSubstances('own')
  @Field(() => Substance, {
    nullable: true,
    description: 'The substance of the ingredient. (`substance.code`)',
  })
  get substance(): Substance | null {
    return Substance.of(this.resource.substance?.code, this.resource);
  }

  /** There is usually one substance. There are several if the record has different codes from one list. */
  get substances(): readonly Substance[] {
    const told = eachSubstance(this.resource.substance?.code);
    return told.flatMap((each) => Substance.of(each, this.resource) ?? []);
  }

  @Reads('substance')
  @Field(() => [Strength], {
    description: 'The strengths of the ingredient, in every registered form. (`substance.strength`)',
  })
  get strengths(): Strength[] {
    return elements(this.resource.substance?.strength).map(
      (strength) => new Strength(strength, this.resource),
    );
  }

  @Reads('substance')
  @Field(() => String, {
    nullable: true,
    description:
      'The strength of the ingredient as text: `20 mg/0.4 ml`. If the record also gives the amount of another substance, the text has both: `5 mg amlodipine (as 6.94 mg amlodipine besilate)`. If the record gives only the amount of another substance, the text names it: `0.02 mg/tablet (as ethinylestradiol)`. If several strengths differ, the text says what distinguishes them: `French Republic: 5 mg; Kingdom of Spain: 10 mg`. It is in the requested language if the units and names are known in that language. (`substance.strength`, `substance.code`)',
  })
  strengthText(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    const all = this.strengths.flatMap((strength) => {
      const text = strength.ofEach(args, context);
      return text === null ? [] : [{ text, apart: strength.apart(args, context) }];
    });
    const texts = new Set(all.map(({ text }) => text));
    if (texts.size < 2) return all[0]?.text ?? null;
    const shown = all.map(({ text, apart }) => (apart === '' ? text : `${apart}: ${text}`));
    return [...new Set(shown)].join('; ');
  }
}
