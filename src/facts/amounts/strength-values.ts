/** Returns the strengths of an ingredient as values. Each has a text for filters, and sort keys. */
import type { Ingredient } from 'fhir/r5.js';
import { percent, percentKinds } from '../../terms/measures.js';
import type { Amount } from './amount.js';
import {
  decimalOf,
  endlessPart,
  exactOf,
  isAtLeast,
  isPositive,
  numberOf,
  one,
  over,
  times,
  type Exact,
} from './exact.js';
import { amountsOf } from './strength.js';

export interface StrengthValue {
  /** `5 mg`, `50 mg/ml`. As a filter value, this text finds this strength. Equal strengths have equal texts. */
  readonly text: string;
  /**
   * The first sort key. Mass sorts before IU. A strength per unit of presentation sorts before a strength per
   * millilitre.
   */
  readonly group: string;
  /** The second sort key: the amount in base units, comparable within one group. */
  readonly size: number;
}

/**
 * The units of each kind, the largest first. Each has its name, its size in base units, and the smallest amount (in
 * base units) that is written in this unit.
 */
const units: Readonly<Record<string, readonly (readonly [name: string, size: number, least: number])[]>> = {
  mass: [
    ['g', 1, 10],
    ['mg', 1e-3, 1e-3],
    ['micrograms', 1e-6, 1e-6],
    ['ng', 1e-9, 1e-9],
    ['pg', 1e-12, 0],
  ],
  volume: [['ml', 1e-3, 0]],
  'amount of substance': [
    ['mmol', 1e-3, 1e-3],
    ['micromol', 1e-6, 1e-6],
    ['nmol', 1e-9, 0],
  ],
  equivalents: [['mEq', 1e-3, 0]],
  radioactivity: [['MBq', 1e6, 0]],
  unit: [['units', 1, 0]],
};

/** The unit of each kind in denominators, with its size in base units. */
const perUnits: Readonly<Record<string, readonly [name: string, size: number]>> = {
  volume: ['ml', 1e-3],
  mass: ['g', 1],
  time: ['h', 3_600],
  area: ['m2', 1],
  length: ['cm', 1e-2],
};

const order = [
  'mass',
  'amount of substance',
  'equivalents',
  'radioactivity',
  'IU',
  'unit',
  percent,
  ...percentKinds,
];

/**
 * Returns the readable strengths of an ingredient, without duplicates and in sort order.
 * @param whose which strengths to return; `any` adds the strengths of reference substances
 */
export function strengthValues(ingredient: Ingredient, whose: 'own' | 'any'): readonly StrengthValue[] {
  const amounts = amountsOf(ingredient, whose).flatMap((amount) => amount ?? []);
  const values = amounts
    // In records, 0 stands for an unknown strength.
    .filter(({ value }) => isPositive(value))
    .flatMap((amount) => spellings(amount).map(valueOf));
  return [...new Map(values.map((value) => [value.text, value])).values()].sort(compareStrengths);
}

/** Compares two strengths for sorting; negative if the first one sorts first. */
export function compareStrengths(a: StrengthValue, b: StrengthValue): number {
  if (a.group !== b.group) return a.group < b.group ? -1 : 1;
  return a.size - b.size;
}

/**
 * Returns the amounts by which filters find a strength. "5%" also finds 5% w/v, and "5 mg" also finds 5 mg in a
 * tablet.
 */
function spellings(amount: Amount): readonly Amount[] {
  const { value, kind, per, isPerUnit } = amount;
  if (isPerUnit && !isPercentOf(kind)) return [{ value, kind, isPerUnit }];
  if (isPercentOf(kind)) return [{ ...amount, kind: percent }, amount];
  return [{ value, kind, isPerUnit, ...(per !== undefined && { per }) }];
}

function isPercentOf(kind: string): boolean {
  return percentKinds.some((each) => each === kind);
}

function valueOf(amount: Amount): StrengthValue {
  const rank = order.indexOf(amount.kind);
  const place = String(rank < 0 ? order.length : rank).padStart(2, '0');
  return {
    text: strengthText(amount),
    group: `${place} ${amount.kind}/${amount.per ?? ''}`,
    size: numberOf(amount.value),
  };
}

/** Returns the canonical text of a strength: `5 mg`, `50 mg/ml`. */
export function strengthText({ value, kind, per }: Amount): string {
  const [below, perSize] = per === undefined ? [undefined, 1] : (perUnits[per] ?? [per, 1]);
  const told = times(value, exactOf(perSize) ?? one);
  const unit = unitFor(told, kind);
  const inUnit = over(told, unit.size);
  // If the amount per unit has no finite decimal number, it is written for several units: 200 mg/3 ml.
  const several = endlessPart(inUnit.below);
  const number = spelled(times(inUnit, { above: several, below: 1n }));
  const above = unit.name.startsWith('%') ? `${number}${unit.name}` : `${number} ${unit.name}`;
  if (several === 1n) return below === undefined ? above : `${above}/${below}`;
  return `${above}/${several} ${below ?? 'units'}`;
}

function unitFor(value: Exact, kind: string): { readonly name: string; readonly size: Exact } {
  const known = Object.hasOwn(units, kind) ? (units[kind] ?? []) : [];
  const [name, size] = known.find(([, , least]) => isAtLeast(value, exactOf(least) ?? one)) ?? [kind, 1];
  return { name, size: exactOf(size) ?? one };
}

/**
 * Writes a number with spaces between its thousands. If a number with a whole part above 0 has three decimals, a 0 is
 * added, so that they do not look like thousands.
 */
function spelled(value: Exact): string {
  const [whole = '0', fraction] = (decimalOf(value) ?? '0').split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, '\u00a0');
  if (fraction === undefined) return grouped;
  return `${grouped}.${fraction.length === 3 && whole !== '0' ? `${fraction}0` : fraction}`;
}
