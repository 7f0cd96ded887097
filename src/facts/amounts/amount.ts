/** Reads amounts of substances from records as exact fractions in base units. */
import type { Quantity, Ratio } from 'fhir/r5.js';
import { elements, isElement } from '../../fhir/elements.js';
import { percent, percentKinds, anyThing, unitOf, type Measure } from '../../terms/measures.js';
import { exactOf, isPositive, one, over, times, type Exact } from './exact.js';

export interface Amount {
  /** The amount in the base unit of its kind (grams for mass), for one base unit of the denominator `per`. */
  readonly value: Exact;
  readonly kind: string;
  /** The kind of unit of the denominator, such as `volume` or `tablet`; undefined if there is no denominator. */
  readonly per?: string;
  /** The size of the denominator in base units of `per`. It distinguishes 20 mg in 0.4 ml from 40 mg in 0.8 ml. */
  readonly size?: Exact;
  /** Whether the denominator is one unit of presentation, such as a tablet. */
  readonly isPerUnit: boolean;
}

/** The URL of EMA's extension for comparators such as "less than". */
const comparatorExtension = /\/extension\/comparator$/i;
const equalTo = '100000000049';

/** Whether a quantity has no comparator, or the comparator "equal to" by EMA's extension. */
export function isExact({ comparator, _comparator }: Quantity): boolean {
  const told = elements(_comparator?.extension).find(
    ({ url }) => typeof url === 'string' && comparatorExtension.test(url),
  );
  return comparator === undefined && (told === undefined || told.valueCoding?.code === equalTo);
}

/**
 * Returns the amount that a ratio states; undefined if the ratio cannot be read.
 * @param isPresentation whether an amount without a denominator is per unit of presentation
 */
export function amountOf({ numerator, denominator }: Ratio, isPresentation: boolean): Amount | undefined {
  const value = isElement<Quantity>(numerator) && isExact(numerator) ? exactOf(numerator.value) : undefined;
  const unit = isElement<Quantity>(numerator) ? unitOf(numerator) : undefined;
  if (!value || !unit || value.above < 0n || unit.above.isThing) return undefined;
  const above = times(value, scaleOf(unit.above));
  if (unit.below) {
    // In the presentation of one vial, "10 mg/ml" is still a concentration of 10 mg/ml.
    const isInThing =
      denominator === undefined || (isElement<Quantity>(denominator) && thingIn(denominator)?.isThing);
    return isInThing ? amountIn(above, unit.above.kind, unit.below) : undefined;
  }
  if (denominator === undefined) {
    const { kind } = unit.above;
    return isPresentation || isShare(kind) ? { value: above, kind, isPerUnit: isPresentation } : undefined;
  }
  if (!isElement<Quantity>(denominator) || !isExact(denominator)) return undefined;
  // A denominator without a number counts as 1: "5 mg/tablet".
  const count = denominator.value === undefined ? one : exactOf(denominator.value);
  const measure = thingIn(denominator);
  if (!count || !isPositive(count) || !measure) return undefined;
  const amount = amountIn(over(above, count), unit.above.kind, measure);
  return amount.isPerUnit ? amount : { ...amount, size: times(count, scaleOf(measure)) };
}

/** Returns the amount for one unit of the measure. */
export function amountIn(value: Exact, kind: string, measure: Measure): Amount {
  const perOne = over(value, scaleOf(measure));
  if (measure.kind === anyThing.kind) return { value: perOne, kind, isPerUnit: true };
  return { value: perOne, kind, per: measure.kind, isPerUnit: measure.isThing };
}

export function scaleOf({ scale }: Measure): Exact {
  return exactOf(scale) ?? one;
}

/** Whether the kind is a proportion, such as a percentage. A proportion does not depend on the quantity. */
export function isShare(kind: string): boolean {
  return kind === percent || kind === 'ppm' || percentKinds.some((each) => each === kind);
}

/**
 * Treats the word "unit" in a denominator as a thing, such as a tablet. In a numerator, a "unit" is an amount of
 * biological activity.
 */
export function asThing(measure: Measure): Measure {
  return measure.kind === 'unit' ? { ...anyThing, scale: measure.scale } : measure;
}

function thingIn(denominator: Quantity): Measure | undefined {
  const unit = unitOf(denominator);
  return unit && !unit.below ? asThing(unit.above) : undefined;
}
