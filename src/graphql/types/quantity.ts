/** Amounts: a number with its unit, and one amount for another. */
import type { Quantity as FhirQuantity, Ratio as FhirRatio } from 'fhir/r5.js';
import { Field, Float, ObjectType } from 'type-graphql';
import type { Context } from '../context.js';
import { Concept } from './concept.js';

@ObjectType({ description: 'A number with its unit. (FHIR Quantity)' })
export class Quantity {
  constructor(private readonly quantity: FhirQuantity) {}

  static of(quantity: FhirQuantity | undefined): Quantity | null {
    return quantity ? new Quantity(quantity) : null;
  }

  @Field(() => Float, { nullable: true, description: 'The number. (`value`)' })
  get value(): number | null {
    return this.quantity.value ?? null;
  }

  @Field(() => Concept, { nullable: true, description: 'The unit, as a term. (`unit`, `system`, `code`)' })
  get unit(): Concept | null {
    const { system, code, unit } = this.quantity;
    return Concept.ofCoding({
      ...(system === undefined ? {} : { system }),
      ...(code === undefined ? {} : { code }),
      ...(unit === undefined ? {} : { display: unit }),
    });
  }

  @Field(() => String, {
    nullable: true,
    description: 'How the number is meant where it is not exact: `<`, `<=`, `>=`, `>`, `ad`. (`comparator`)',
  })
  get comparator(): string | null {
    return this.quantity.comparator ?? null;
  }

  @Field(() => String, { nullable: true, description: 'Number and unit as one reads them: `20 mg`.' })
  text(_args: unknown, context: Context): string | null {
    if (this.value === null) return null;
    return [this.comparator, formatNumber(this.value), this.unit?.text({}, context)]
      .filter(Boolean)
      .join(' ');
  }
}

@ObjectType({
  description:
    'One amount for another: 20 mg in 0.4 ml. A plain quantity is a ratio without denominator. (FHIR Ratio)',
})
export class Ratio {
  constructor(private readonly ratio: FhirRatio) {}

  static of(ratio: FhirRatio | undefined, quantity?: FhirQuantity): Ratio | null {
    if (ratio) return new Ratio(ratio);
    return quantity ? new Ratio({ numerator: quantity }) : null;
  }

  @Field(() => Quantity, { nullable: true, description: 'How much there is. (`numerator`)' })
  get numerator(): Quantity | null {
    return Quantity.of(this.ratio.numerator);
  }

  @Field(() => Quantity, { nullable: true, description: 'In how much. (`denominator`)' })
  get denominator(): Quantity | null {
    return Quantity.of(this.ratio.denominator);
  }

  @Field(() => String, { nullable: true, description: 'Both as one reads them: `20 mg/0.4 ml`.' })
  text(_args: unknown, context: Context): string | null {
    const [above, below] = [this.numerator?.text({}, context), this.denominator];
    if (!above) return null;
    if (!below) return above;
    const unit = below.unit?.text({}, context);
    // "per 1 tablet" reads as "per tablet".
    const amount = below.value === 1 && unit ? unit : below.text({}, context);
    return amount ? `${above}/${amount}` : above;
  }
}

/** Thousands apart, as package inserts print them: `5 000`. */
export function formatNumber(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  const grouped = /^-?\d{4,}$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, '\u00a0') : whole;
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
