/** Amounts: a number with its unit, and one amount for another, as FHIR has them and as one reads them. */
import type { CodeableConcept, Quantity as FhirQuantity, Ratio as FhirRatio, RatioRange } from 'fhir/r5.js';
import { Field, Float, ObjectType } from 'type-graphql';
import { readableUnit } from '../../terms/units.js';
import { Concept } from './concept.js';

/** EMA writes its own comparators, of list 100000000008, in an extension beside FHIR's. */
const comparatorExtension = /\/extension\/comparator$/i;
const signs = new Map([
  ['>=', '≥'],
  ['<=', '≤'],
  ['100000000049', ''],
  ['100000165006', 'q.s.'],
]);

@ObjectType({ description: 'A number with its unit. (FHIR Quantity)' })
export class Quantity {
  constructor(
    private readonly quantity: FhirQuantity,
    /** Whether zero says nothing: a package of nothing is one whose content was not registered. */
    private readonly isCount = false,
  ) {}

  static of(quantity: FhirQuantity | undefined): Quantity | null {
    return quantity ? new Quantity(quantity) : null;
  }

  /** How many things there are in a package. */
  static ofCount(quantity: FhirQuantity | undefined): Quantity | null {
    return quantity ? new Quantity(quantity, true) : null;
  }

  @Field(() => Float, { nullable: true, description: 'The number. (`value`)' })
  get value(): number | null {
    return this.quantity.value ?? null;
  }

  @Field(() => Concept, {
    nullable: true,
    description:
      'The unit, as a term: `milligram(s)`, `Tablet`. The quantity’s own `text` has it as one reads it. (`unit`, `system`, `code`)',
  })
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
    description:
      'How the number is meant where it is not exact: `<`, `<=`, `>=`, `>`, `ad` (up to that total), or the code of EMA’s list 100000000008. (`comparator`, else EMA’s extension comparator)',
  })
  get comparator(): string | null {
    const told = this.quantity._comparator?.extension?.find(({ url }) => comparatorExtension.test(url));
    return this.quantity.comparator ?? told?.valueCoding?.code ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'Number and unit as a package insert prints them, in English: `20 mg`, `5\u00a0000 IU`, `28 tablets`. Thousands stand apart by a space that does not break (U+00A0). Null without a number, for a pack size of 0, which means that the size is not known, and where the unit is a code that nothing here can read. (`value`, `unit`)',
  })
  get text(): string | null {
    const { value, comparator } = this;
    if (value === null || (this.isCount && value === 0)) return null;
    const unit = readableUnit(this.quantity, value);
    if (unit === undefined) return null;
    const sign = comparator === null ? '' : (signs.get(comparator) ?? comparator);
    return [sign, withUnit(formatNumber(value), unit)].filter(Boolean).join(' ');
  }

  /** What stands behind the stroke of a ratio: "per 1 tablet" reads as "per tablet". Empty for a bare 1. */
  get perText(): string | null {
    const { value } = this;
    return value === null || value === 1 ? (readableUnit(this.quantity, 1) ?? null) : this.text;
  }
}

@ObjectType({
  description:
    'One amount for another: 20 mg in 0.4 ml. A plain quantity is a ratio without denominator; a range, or an amount in words, has a text alone or a denominator at most. (FHIR Ratio, Quantity, RatioRange, CodeableConcept)',
})
export class Ratio {
  private constructor(
    private readonly ratio: FhirRatio,
    /** What stands above the stroke where that is no single number. */
    private readonly words?: string | null,
  ) {}

  /** Of the forms that FHIR allows for a strength, whichever is there. */
  static of({ ratio, quantity, range, concept }: Amount): Ratio | null {
    if (ratio) return new Ratio(ratio);
    if (quantity) return new Ratio({ numerator: quantity });
    if (range)
      return new Ratio({ ...(range.denominator && { denominator: range.denominator }) }, rangeText(range));
    const words = concept?.text ?? concept?.coding?.find(({ display }) => display)?.display;
    return words === undefined ? null : new Ratio({}, words);
  }

  @Field(() => Quantity, { nullable: true, description: 'How much there is. (`numerator`)' })
  get numerator(): Quantity | null {
    return Quantity.of(this.ratio.numerator);
  }

  @Field(() => Quantity, { nullable: true, description: 'In how much. (`denominator`)' })
  get denominator(): Quantity | null {
    return Quantity.of(this.ratio.denominator);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'Both as a package insert prints them, in English: `20 mg/0.4 ml`, `5 mg/tablet`, `10–20 mg/ml`. Null where the amount has no number, or its unit cannot be read. (`numerator`, `denominator`)',
  })
  get text(): string | null {
    const above = this.words ?? this.numerator?.text ?? null;
    const below = this.denominator && this.denominator.perText;
    if (above === null || !this.denominator || below === '') return above;
    if (below === null) return null;
    return above.includes('/') ? `${above} per ${below}` : `${above}/${below}`;
  }
}

/** The forms in which FHIR gives a strength. */
interface Amount {
  readonly ratio?: FhirRatio | undefined;
  readonly quantity?: FhirQuantity | undefined;
  readonly range?: RatioRange | undefined;
  readonly concept?: CodeableConcept | undefined;
}

function rangeText({ lowNumerator, highNumerator }: RatioRange): string | null {
  const [low, high] = [Quantity.of(lowNumerator), Quantity.of(highNumerator)];
  if (!low?.text || !high?.text) return null;
  const [unit, other] = [lowNumerator, highNumerator].map((end) => end && readableUnit(end, 2));
  // One unit for both ends: 10–20 mg.
  if (unit === other && low.value !== null) return `${formatNumber(low.value)}–${high.text}`;
  return `${low.text}–${high.text}`;
}

function withUnit(number: string, unit: string): string {
  if (unit === '') return number;
  return unit.startsWith('%') ? `${number}${unit}` : `${number} ${unit}`;
}

/** Twelve digits are more than any strength has, and hide what binary fractions add: 0.1 + 0.2 is 0.3. */
const decimal = new Intl.NumberFormat('en', { maximumSignificantDigits: 12, useGrouping: false });

/** Thousands apart by a space that does not break, as package inserts print them; never with an exponent. */
export function formatNumber(value: number): string {
  const [whole = '', fraction] = decimal.format(value).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, '\u00a0');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
