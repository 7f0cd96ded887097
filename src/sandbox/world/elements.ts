/** Builds FHIR data types from the short notation of the sample world. */

import type { CodeableConcept, Coding, Quantity, Ratio } from 'fhir/r5.js';
import { measures, presentations, type Measure, type Presentation, type Term } from './terms.js';

export function listSystem(list: string): string {
  return `http://spor.ema.europa.eu/v1/lists/${list}`;
}

export function coding({ list, code, display }: Term): Coding {
  return { system: listSystem(list), code, display };
}

export function concept(term: Term): CodeableConcept {
  return { coding: [coding(term)] };
}

/** A number and a unit, `20 mg` or `1 syringe`. */
export type Amount = `${number} ${Measure | Presentation}`;

/** An amount, or an amount per another amount: `20 mg / 0.4 ml`. */
export type Strength = Amount | `${Amount} / ${Amount}`;

export function quantity(amount: string): Quantity {
  const [value = '', ...rest] = amount.split(' ');
  const unit = unitOf(rest.join(' '));
  return { value: Number(value), unit: unit.display, system: listSystem(unit.list), code: unit.code };
}

/** Returns the ratio of a strength. A single amount becomes an amount per 1 `unit`. */
export function ratio(strength: Strength, unit: Presentation): Ratio {
  const [numerator = '', denominator = `1 ${unit}`] = strength.split(' / ');
  return { numerator: quantity(numerator), denominator: quantity(denominator) };
}

const units: Readonly<Record<string, Term>> = { ...presentations, ...measures };

function unitOf(name: string): Term {
  const unit = units[name];
  if (unit === undefined) throw new RangeError(`no unit "${name}"`);
  return unit;
}
