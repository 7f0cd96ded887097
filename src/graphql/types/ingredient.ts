/** A substance in a product, with its role and strength, as a view over Ingredient. */
import type { IngredientSubstanceStrength } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../fhir/resources.js';
import { IngredientRole, ingredientRole } from '../../terms/ema-codes.js';
import type { Context } from '../context.js';
import { Reads } from '../field.js';
import { Concept } from './concept.js';
import { Ratio } from './quantity.js';
import { Node, ResourceView } from './resource-view.js';
import { Substance } from './substance.js';

@ObjectType({ description: 'How much of a substance there is. (`substance.strength`)' })
export class Strength {
  constructor(private readonly strength: IngredientSubstanceStrength) {}

  @Field(() => Ratio, {
    nullable: true,
    description: 'In one tablet, vial, dose. (`presentationRatio`, `presentationQuantity`)',
  })
  get presentation(): Ratio | null {
    return Ratio.of(this.strength.presentationRatio, this.strength.presentationQuantity);
  }

  @Field(() => Ratio, {
    nullable: true,
    description: 'In one millilitre, gram. (`concentrationRatio`, `concentrationQuantity`)',
  })
  get concentration(): Ratio | null {
    return Ratio.of(this.strength.concentrationRatio, this.strength.concentrationQuantity);
  }

  @Field(() => String, {
    nullable: true,
    description: 'The strength in words, as registered. (`textPresentation`, `textConcentration`)',
  })
  get text(): string | null {
    return this.strength.textPresentation ?? this.strength.textConcentration ?? null;
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'What the amount refers to: the substance itself, its base … (`basis`)',
  })
  get basis(): Concept | null {
    return Concept.of(this.strength.basis);
  }

  /** One readable string: worked out where it can be, else as registered. */
  describe(context: Context): string | null {
    return this.presentation?.text({}, context) ?? this.concentration?.text({}, context) ?? this.text;
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
    return (this.resource.substance?.strength ?? []).map((strength) => new Strength(strength));
  }

  @Reads('substance')
  @Field(() => String, {
    nullable: true,
    description: 'How much of it, to read: `20 mg/0.4 ml`. (`substance.strength`)',
  })
  strengthText(_args: unknown, context: Context): string | null {
    for (const strength of this.strengths) {
      const text = strength.describe(context);
      if (text) return text;
    }
    return null;
  }
}
