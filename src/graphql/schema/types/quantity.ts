/** Amounts and ratios of amounts, in FHIR's form and as readable text. */
import type {
  CodeableConcept,
  Coding,
  Quantity as FhirQuantity,
  Ratio as FhirRatio,
  RatioRange,
} from 'fhir/r5.js';
import { LRUCache } from 'lru-cache';
import { Field, Float, ObjectType } from 'type-graphql';
import { elements } from '../../../fhir/elements.js';
import { asThing } from '../../../facts/amounts/amount.js';
import { defaultLanguage, isSameLanguage, type LanguageText } from '../../../terms/choice.js';
import { labelOf } from '../../../terms/label.js';
import { unitOf } from '../../../terms/measures.js';
import type { Terms } from '../../../terms/terms.js';
import { ucumNamed, ucumOf } from '../../../terms/ucum-of.js';
import { unitIn } from '../../../terms/units.js';
import { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments } from '../field.js';
import { readComputed } from '../reader.js';
import { Concept } from './concept.js';

/** EMA's own comparators, from list 100000000008, are in an extension. FHIR's own element is `comparator`. */
const comparatorExtension = /\/extension\/comparator$/i;
const comparatorList = '100000000008';
/** Signs that are written before a number. Other comparators are written in words. */
const signs = new Map([
  ['<', '<'],
  ['>', '>'],
  ['>=', '≥'],
  ['<=', '≤'],
  ['ad', 'ad'],
  ['100000000049', ''],
  ['100000000050', '<'],
  ['100000000051', '>'],
  ['100000000052', '≤'],
  ['100000000053', '≥'],
  ['100000000055', '≈'],
  ['100000165006', 'q.s.'],
]);

@ObjectType({ description: 'A number with its unit. (FHIR Quantity)' })
export class Quantity {
  constructor(
    private readonly quantity: FhirQuantity,
    /**
     * Whether this is the number of items in a package. If so, zero counts as missing, because it means that the
     * content was not registered.
     */
    private readonly isCount = false,
    /** Several quantities, each of another item. Together they have a text, but no single value. */
    private readonly kinds: readonly Quantity[] = [],
  ) {}

  static of(quantity: FhirQuantity | undefined): Quantity | null {
    return quantity ? new Quantity(quantity) : null;
  }

  /** Returns the number of items in a package, for each type of item. */
  static ofContent(quantities: readonly FhirQuantity[]): Quantity | null {
    const kinds = quantities.map((each) => new Quantity(each, true));
    return kinds.length > 1 ? new Quantity({}, true, kinds) : (kinds[0] ?? null);
  }

  @Field(() => Float, { nullable: true, description: 'The number, without its unit. (`value`)' })
  get value(): number | null {
    return this.quantity.value ?? null;
  }

  @Field(() => Concept, {
    nullable: true,
    description:
      'The unit as a coded term: `milligram(s)`, `Tablet`. For a text to show, use `text` of the quantity. (`unit`, `system`, `code`)',
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
      'How the true value compares to an inexact `value`: `<`, `<=`, `>=`, `>`, `ad` (up to that total), or a code of EMA’s list 100000000008. Null if the value is exact. (`comparator`, else EMA’s extension comparator)',
  })
  get comparator(): string | null {
    return this.quantity.comparator ?? this.emaComparator?.code ?? null;
  }

  private get emaComparator(): Coding | undefined {
    return this.quantity._comparator?.extension?.find(({ url }) => comparatorExtension.test(url))
      ?.valueCoding;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The unit as a UCUM code: `mg`, `ug`, `[iU]`. Null if UCUM has no code for the unit, as for tablets. (`code` if `system` is UCUM, else by EMA’s term or by `unit`)',
  })
  get ucum(): string | null {
    const { system, code, unit } = this.quantity;
    return ucumOf(system, code) ?? (unit === undefined ? null : ucumNamed(unit));
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The number and the unit, written as in a package leaflet: `20 mg`, `5\u00a0000 IU`, `28 tablets`. The text is in the requested language if the name of the unit is known in that language, else in English. A no-break space (U+00A0) separates thousands. Null if there is no number, if a pack size is 0 (unknown), or if the unit is a code without a known name. (`value`, `unit`)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return readComputed((tag) => this.said(tag, context.terms), args, context);
  }

  /**
   * Returns the text in a language. Undefined if there is no text in this language; null if there is none in any
   * language.
   */
  said(tag: string, terms: Terms): LanguageText | null | undefined {
    if (this.kinds.length > 0) return saidTogether(this.kinds.map((kind) => kind.said(tag, terms)));
    const { value } = this;
    if (value === null) return this.saidInUnit();
    if (this.isCount && value === 0) return null;
    const unit = unitIn(this.quantity, value, tag, terms);
    if (unit === undefined) return undefined;
    const sign = this.saidComparator(tag, terms);
    // A number without its comparator would be wrong. So if the comparator has no text, there is no text at all.
    if (!sign) return sign;
    const amount = withUnit(formatNumber(value, unit.language ?? tag), unit.text);
    return {
      text: [sign.text, amount].filter(Boolean).join(' '),
      language: unit.language ?? sign.language,
    };
  }

  /** Whether the number is exact, without a comparator. */
  get isAsItStands(): boolean {
    const { comparator } = this;
    return comparator === null || signs.get(comparator) === '';
  }

  private saidComparator(tag: string, terms: Terms): LanguageText | null | undefined {
    const { comparator } = this;
    const sign = comparator === null ? '' : signs.get(comparator);
    if (comparator === null || sign !== undefined) return { text: sign ?? '', language: null };
    const term = terms.find(comparatorList, comparator, tag);
    if (term && isSameLanguage(term.language, tag)) return term;
    if (term) return undefined;
    const display = this.emaComparator?.display;
    return display === undefined ? null : { text: display, language: null };
  }

  /** Reads a number inside the unit, as in some records: `60 Stk`. */
  private saidInUnit(): LanguageText | null {
    const { unit } = this.quantity;
    return unit !== undefined && /^\d+(?:[.,]\d+)?\s*\p{L}/u.test(unit.trim())
      ? { text: unit.trim(), language: null }
      : null;
  }

  /**
   * Returns the text after the slash of a ratio: "per 1 tablet" becomes "per tablet". Empty if it is 1 without a
   * unit.
   */
  saidBelow(tag: string, terms: Terms): LanguageText | null | undefined {
    const { value } = this;
    const isOne = value === null || (value === 1 && this.isAsItStands);
    return isOne ? unitIn(this.quantity, 1, tag, terms) : this.said(tag, terms);
  }

  /** Whether this is one unit of presentation, such as a tablet or a vial. */
  get isOneThing(): boolean {
    const unit = unitOf(this.quantity);
    return (this.value ?? 1) === 1 && unit !== undefined && !unit.below && asThing(unit.above).isThing;
  }
}

@ObjectType({
  description:
    'A ratio of two amounts, such as 20 mg in 0.4 ml. A simple amount such as 20 mg has a numerator only. A range, or an amount in words, has no numerator, but a `text`, and perhaps a denominator. (FHIR Ratio, Quantity, RatioRange, CodeableConcept)',
})
export class Ratio {
  private constructor(
    private readonly ratio: FhirRatio,
    /** The numerator, if it is a concept and not a number. */
    private readonly words?: CodeableConcept,
    /** The numerator, if it is a range. */
    private readonly range?: RatioRange,
  ) {}

  /** Creates a ratio from any of the forms that FHIR allows for a strength. */
  static of({ ratio, quantity, range, concept }: Amount): Ratio | null {
    if (ratio) return new Ratio(ratio);
    if (quantity) return new Ratio({ numerator: quantity });
    if (range) {
      return new Ratio({ ...(range.denominator && { denominator: range.denominator }) }, undefined, range);
    }
    return concept && isReadable(concept) ? new Ratio({}, concept) : null;
  }

  @Field(() => Quantity, {
    nullable: true,
    description: 'The amount before the slash: `20 mg` in `20 mg/0.4 ml`. (`numerator`)',
  })
  get numerator(): Quantity | null {
    return Quantity.of(this.ratio.numerator);
  }

  @Field(() => Quantity, {
    nullable: true,
    description: 'The amount after the slash: `0.4 ml` in `20 mg/0.4 ml`. (`denominator`)',
  })
  get denominator(): Quantity | null {
    return Quantity.of(this.ratio.denominator);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The ratio, written as in a package leaflet: `20 mg/0.4 ml`, `5 mg/tablet`, `10–20 mg/ml`. The text is in the requested language if the names of the units are known in that language, else in English. Null if the amount has no number, or if a unit is a code without a known name. (`numerator`, `denominator`)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return readComputed((tag) => this.said(tag, context.terms), args, context);
  }

  /**
   * Returns the text in a language. Undefined if there is no text in this language; null if there is none in any
   * language.
   */
  said(tag: string, terms: Terms): LanguageText | null | undefined {
    const above = this.saidAbove(tag, terms);
    const { denominator } = this;
    if (!above || !denominator) return above;
    const below = denominator.saidBelow(tag, terms);
    if (!below) return below;
    if (below.text === '') return above;
    const stroke = above.text.includes('/') ? (isSameLanguage(tag, defaultLanguage) ? ' per ' : ' / ') : '/';
    return { text: `${above.text}${stroke}${below.text}`, language: above.language ?? below.language };
  }

  textAbove(args: LanguageArgs, context: Context): string | null {
    return readComputed((tag) => this.saidAbove(tag, context.terms), args, context);
  }

  /** Returns the text of the numerator. */
  private saidAbove(tag: string, terms: Terms): LanguageText | null | undefined {
    if (this.range) return saidRange(this.range, tag, terms);
    if (this.words !== undefined) return saidInWords(this.words, tag, terms);
    return this.numerator ? this.numerator.said(tag, terms) : null;
  }

  /** Whether the denominator is one unit of presentation or missing. */
  get isInOneThing(): boolean {
    return this.denominator === null || this.denominator.isOneThing;
  }
}

/** The forms that FHIR allows for a strength. */
interface Amount {
  readonly ratio?: FhirRatio | undefined;
  readonly quantity?: FhirQuantity | undefined;
  readonly range?: RatioRange | undefined;
  readonly concept?: CodeableConcept | undefined;
}

/** Whether a concept has a text, or a code for which a list may have a text. */
function isReadable({ text, coding }: CodeableConcept): boolean {
  return Boolean(text) || elements(coding).some(({ display, system, code }) => display ?? (system && code));
}

/**
 * Returns the concept's text in a language, like `said`. If English is requested, a text in any language is accepted.
 */
function saidInWords(concept: CodeableConcept, tag: string, terms: Terms): LanguageText | null | undefined {
  const label = labelOf(concept, [tag], terms);
  if (!label) return null;
  const { text, language } = label;
  const isOther = language !== null && !isSameLanguage(language, tag);
  return isOther && !isSameLanguage(tag, defaultLanguage) ? undefined : { text, language };
}

/** Joins texts. If one of them is missing, returns no text, because a shorter text would look complete. */
function saidTogether(all: readonly (LanguageText | null | undefined)[]): LanguageText | null | undefined {
  const said = all.flatMap((each) => each ?? []);
  if (said.length < all.length) return all.includes(null) ? null : undefined;
  const language = said.find((each) => each.language !== null)?.language ?? null;
  return { text: said.map(({ text }) => text).join(' + '), language };
}

function saidRange(
  { lowNumerator, highNumerator }: RatioRange,
  tag: string,
  terms: Terms,
): LanguageText | null | undefined {
  const [low, high] = [Quantity.of(lowNumerator), Quantity.of(highNumerator)];
  if (!low || !high) return null;
  const [least, most] = [low.said(tag, terms), high.said(tag, terms)];
  if (!least || !most) return least && most;
  if (least.text === most.text) return most;
  // At least one end of the range has a comparator, so both ends are written in full.
  if (!low.isAsItStands || !high.isAsItStands)
    return { text: `${least.text} – ${most.text}`, language: most.language ?? least.language };
  const [unit, other] = [lowNumerator, highNumerator].map((end) => end && unitIn(end, 2, tag, terms)?.text);
  // If both ends have the same unit, it is written once: 10–20 mg.
  const isOneUnit = unit === other && low.value !== null;
  const from = isOneUnit ? formatNumber(low.value, most.language ?? tag) : least.text;
  return { text: `${from}–${most.text}`, language: most.language ?? least.language };
}

function withUnit(number: string, unit: string): string {
  if (unit === '') return number;
  return unit.startsWith('%') ? `${number}${unit}` : `${number} ${unit}`;
}

/**
 * The number of significant digits. Strengths have fewer digits, and errors of binary fractions are rounded away: 0.1
 * + 0.2 becomes 0.3.
 */
const decimal = new Intl.NumberFormat('en', { maximumSignificantDigits: 12, useGrouping: false });

/**
 * Whether a language has a decimal comma, by language tag. The cache is limited, because clients may send many tags.
 */
const commas = new LRUCache<string, boolean>({ max: 200 });

function hasComma(tag: string): boolean {
  const known = commas.get(tag);
  if (known !== undefined) return known;
  const has = new Intl.NumberFormat(tag).formatToParts(0.5).some(({ value }) => value === ',');
  commas.set(tag, has);
  return has;
}

/**
 * Formats a number with no-break spaces between thousands, as package inserts print them, and never with an exponent.
 * @param tag the language, which decides whether the decimal mark is a point or a comma
 */
export function formatNumber(value: number, tag: string = defaultLanguage): string {
  // Turns -0 into 0.
  const [whole = '', fraction] = decimal.format(value === 0 ? 0 : value).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, '\u00a0');
  if (fraction === undefined) return grouped;
  return `${grouped}${tag !== defaultLanguage && hasComma(tag) ? ',' : '.'}${fraction}`;
}
