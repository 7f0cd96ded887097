/** Amounts of substances in records: exact and in base units, or unreadable. */
import type { Quantity, Ratio } from 'fhir/r5.js';
import { elements, isElement } from '../../fhir/elements.js';
import { percent, percentKinds, anyThing, unitOf, type Measure } from '../../terms/measures.js';
import { exactOf, isPositive, one, over, times, type Exact } from './exact.js';

export interface Amount {
  /** In the base unit of its kind, grams for mass, for one base unit of `per`. */
  readonly value: Exact;
  readonly kind: string;
  /** The kind of the denominator: `volume`, `tablet`; undefined where the record has none. */
  readonly per?: string;
  /** Size of the denominator in base units of `per`. 20 mg in 0.4 ml and 40 mg in 0.8 ml differ in this alone. */
  readonly size?: Exact;
  /** Whether the denominator is one unit of presentation: a tablet, or the product's own unit. */
  readonly isPerUnit: boolean;
}

/** EMA's own comparators stand in an extension; this one means "equal to" (RMS list 100000000008). */
const comparatorExtension = /\/extension\/comparator$/i;
const equalTo = '100000000049';

/** Whether a number is meant exactly, without a comparator such as "less than". */
export function isExact({ comparator, _comparator }: Quantity): boolean {
  const told = elements(_comparator?.extension).find(
    ({ url }) => typeof url === 'string' && comparatorExtension.test(url),
  );
  return comparator === undefined && (told === undefined || told.valueCoding?.code === equalTo);
}

/**
 * Returns the amount of a ratio; undefined where it cannot be read.
 * @param isPresentation whether an amount without a denominator is per unit of presentation
 */
export function amountOf({ numerator, denominator }: Ratio, isPresentation: boolean): Amount | undefined {
  const value = isElement<Quantity>(numerator) && isExact(numerator) ? exactOf(numerator.value) : undefined;
  const unit = isElement<Quantity>(numerator) ? unitOf(numerator) : undefined;
  if (!value || !unit || value.above < 0n || unit.above.isThing) return undefined;
  const above = times(value, scaleOf(unit.above));
  if (unit.below) {
    // 10 mg/ml in one vial are 10 mg/ml.
    const isInThing =
      denominator === undefined || (isElement<Quantity>(denominator) && thingIn(denominator)?.isThing);
    return isInThing ? amountIn(above, unit.above.kind, unit.below) : undefined;
  }
  if (denominator === undefined) {
    const { kind } = unit.above;
    return isPresentation || isShare(kind) ? { value: above, kind, isPerUnit: isPresentation } : undefined;
  }
  if (!isElement<Quantity>(denominator) || !isExact(denominator)) return undefined;
  // "5 mg/tablet" needs no 1 before the tablet.
  const count = denominator.value === undefined ? one : exactOf(denominator.value);
  const measure = thingIn(denominator);
  if (!count || !isPositive(count) || !measure) return undefined;
  const amount = amountIn(over(above, count), unit.above.kind, measure);
  return amount.isPerUnit ? amount : { ...amount, size: times(count, scaleOf(measure)) };
}

/** Returns the amount for one unit of a measure. */
export function amountIn(value: Exact, kind: string, measure: Measure): Amount {
  const perOne = over(value, scaleOf(measure));
  if (measure.kind === anyThing.kind) return { value: perOne, kind, isPerUnit: true };
  return { value: perOne, kind, per: measure.kind, isPerUnit: measure.isThing };
}

export function scaleOf({ scale }: Measure): Exact {
  return exactOf(scale) ?? one;
}

/** Whether the kind is a share of the whole, such as a percentage, which is the same in any quantity. */
export function isShare(kind: string): boolean {
  return kind === percent || kind === 'ppm' || percentKinds.some((each) => each === kind);
}

/** Below the fraction bar, a "unit" is a thing; above it, an amount of activity. */
export function asThing(measure: Measure): Measure {
  return measure.kind === 'unit' ? { ...anyThing, scale: measure.scale } : measure;
}

function thingIn(denominator: Quantity): Measure | undefined {
  const unit = unitOf(denominator);
  return unit && !unit.below ? asThing(unit.above) : undefined;
}
