/** A substance in a product, with its role and strength, as a view over Ingredient. */
import type { IngredientSubstanceStrength, IngredientSubstanceStrengthReferenceStrength } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../fhir/resources.js';
import { IngredientRole, ingredientRole } from '../../terms/ema-codes.js';
import { Reads } from '../field.js';
import { Concept } from './concept.js';
import { Ratio } from './quantity.js';
import { Node, ResourceView } from './resource-view.js';
import { Substance } from './substance.js';

type IngredientResource = ResourceOf<'Ingredient'>;

@ObjectType({
  description:
    'The same strength in terms of another substance, the active moiety as a rule: 13.9 mg of amlodipine besilate are 10 mg of amlodipine. (`referenceStrength`)',
})
export class ReferenceStrength {
  constructor(
    private readonly reference: IngredientSubstanceStrengthReferenceStrength,
    private readonly resource: IngredientResource,
  ) {}

  @Field(() => Substance, {
    nullable: true,
    description: 'The substance that the amount is counted in. (`substance`)',
  })
  get substance(): Substance | null {
    return Substance.of(this.reference.substance, this.resource);
  }

  @Field(() => Ratio, {
    nullable: true,
    description: 'How much of it. (`strengthRatio`, `strengthRatioRange`, `strengthQuantity`)',
  })
  get strength(): Ratio | null {
    const { strengthRatio, strengthRatioRange, strengthQuantity } = this.reference;
    return Ratio.of({ ratio: strengthRatio, range: strengthRatioRange, quantity: strengthQuantity });
  }

  @Field(() => String, {
    nullable: true,
    description: 'The same to read: `10 mg/tablet`. (`strengthRatio`, `strengthQuantity`)',
  })
  get text(): string | null {
    return this.strength?.text ?? null;
  }

  /** The text where it stands for the ingredient's own: an amount of something else has to say of what. */
  get named(): string | null {
    const { concept, reference } = this.reference.substance;
    const coding = concept?.coding?.[0];
    const own = this.resource.substance.code.concept?.coding?.[0]?.code;
    if (own !== undefined && coding?.code === own) return this.text;
    const name = concept?.text ?? coding?.display ?? reference?.display;
    return this.text && name ? `${this.text} (as ${name})` : null;
  }
}

@ObjectType({ description: 'How much of a substance there is. (`substance.strength`)' })
export class Strength {
  constructor(
    private readonly strength: IngredientSubstanceStrength,
    private readonly resource: IngredientResource,
  ) {}

  @Field(() => Ratio, {
    nullable: true,
    description: 'In one tablet, vial, dose. (`presentation[x]`)',
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
    description: 'In one millilitre, gram. (`concentration[x]`)',
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
      'The strength to read: in the words that are registered, else worked out from the amounts. (`textPresentation`, `textConcentration`, else the amounts)',
  })
  get text(): string | null {
    return this.words ?? this.amount;
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'What the amount refers to: the substance itself, its base … (`basis`)',
  })
  get basis(): Concept | null {
    return Concept.of(this.strength.basis);
  }

  @Field(() => [ReferenceStrength], {
    description: 'The same in terms of other substances. (`referenceStrength`)',
  })
  get references(): ReferenceStrength[] {
    return (this.strength.referenceStrength ?? []).map((each) => new ReferenceStrength(each, this.resource));
  }

  /** The amounts to read, else the words: one strength looks like the next. */
  get inNumbers(): string | null {
    return this.amount ?? this.words;
  }

  private get words(): string | null {
    return this.strength.textPresentation ?? this.strength.textConcentration ?? null;
  }

  private get amount(): string | null {
    const own = this.presentation?.text ?? this.concentration?.text;
    return own ?? this.references.find(({ named }) => named)?.named ?? null;
  }
}

@ObjectType({
  implements: Node,
  description: 'A substance in a product or in a part of it. (FHIR Ingredient)',
})
export class Ingredient extends ResourceView<ResourceOf<'Ingredient'>> {
  @Reads('role')
  @Field(() => Concept, {
    nullable: true,
    description: 'What it is there for (EMA list 100000072050). (`role`)',
  })
  get role(): Concept | null {
    return Concept.of(this.resource.role);
  }

  @Reads('role')
  @Field(() => IngredientRole, { nullable: true, description: 'The same, as one of five. (`role`)' })
  get roleKind(): IngredientRole | null {
    return ingredientRole(this.resource);
  }

  @Reads('function')
  @Field(() => [Concept], { description: 'What it does there: colour, preservative. (`function`)' })
  get function(): Concept[] {
    return Concept.all(this.resource.function);
  }

  @Reads('allergenicIndicator')
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is known to cause allergies. (`allergenicIndicator`)',
  })
  get allergenic(): boolean | null {
    return this.resource.allergenicIndicator ?? null;
  }

  @Reads('substance')
  @Field(() => Substance, { nullable: true, description: 'The substance. (`substance.code`)' })
  get substance(): Substance | null {
    return Substance.of(this.resource.substance?.code, this.resource);
  }

  @Reads('substance')
  @Field(() => [Strength], {
    description: 'How much of it, in every form that is registered. (`substance.strength`)',
  })
  get strengths(): Strength[] {
    return (this.resource.substance?.strength ?? []).map((strength) => new Strength(strength, this.resource));
  }

  @Reads('substance')
  @Field(() => String, {
    nullable: true,
    description:
      'How much of it, to read: `20 mg/0.4 ml`, `5 mg/tablet`. Where nothing but the amount of a reference substance is registered: `0.02 mg/tablet (as ethinylestradiol)`. (`substance.strength`)',
  })
  get strengthText(): string | null {
    for (const { inNumbers } of this.strengths) if (inNumbers) return inNumbers;
    return null;
  }
}
