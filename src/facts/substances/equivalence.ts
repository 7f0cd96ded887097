/**
 * Compares two products by their compositions. If all properties are compared, products match exactly if their
 * composition keys are equal.
 */
import { contentKey, type ActiveContent } from './active-content.js';
import type { Composition } from './composition.js';
import { areCodesComparable, type SubstanceFilter } from './substances.js';
import { allOf, anyOf, type Verdict } from '../verdict.js';

/** A property that two products can be compared by. */
export enum EquivalenceBy {
  ACTIVES = 'ACTIVES',
  STRENGTH = 'STRENGTH',
  DOSE_FORM = 'DOSE_FORM',
  ROUTE = 'ROUTE',
}

/** The product to find equivalents of, and the properties to compare. */
export interface EquivalenceFilter {
  readonly by: readonly EquivalenceBy[];
  readonly to: Composition;
}

/**
 * Whether a composition states its domain and all properties that are compared. If it does not, it is equivalent to
 * no other composition.
 */
export function isComparable(
  by: readonly EquivalenceBy[],
  { domain, contents, form, routes }: Composition,
): boolean {
  const actives = contents?.flatMap((item) => item ?? []) ?? [];
  return (
    domain !== null &&
    contents !== null &&
    !contents.includes(null) &&
    actives.every(({ substance }) => substance !== null) &&
    (!by.includes(EquivalenceBy.STRENGTH) || actives.every(({ amount }) => amount !== null)) &&
    (!by.includes(EquivalenceBy.DOSE_FORM) || form !== null) &&
    (!by.includes(EquivalenceBy.ROUTE) || routes !== null)
  );
}

/**
 * Whether two products have the same domain and agree in all compared properties. With ACTIVES and STRENGTH, each
 * item must have an equal item in the other product. With ACTIVES alone, both products must contain the same
 * substances, in any items. Undefined if one product does not state a property, or if both contain the same salt but
 * only one states its base.
 * @param to a composition that `isComparable` accepts
 * @param composition undefined if some contents were not read
 */
export function isEquivalent({ by, to }: EquivalenceFilter, composition: Composition | undefined): Verdict {
  if (!composition) return undefined;
  const named = new Set(by);
  return allOf([
    areSame(valuesIn(to.domain), valuesIn(composition.domain)),
    ...(named.has(EquivalenceBy.DOSE_FORM) ? [areSame(to.form, composition.form)] : []),
    ...(named.has(EquivalenceBy.ROUTE) ? [areSame(to.routes, composition.routes)] : []),
    named.has(EquivalenceBy.STRENGTH)
      ? haveSameItems(to.contents, composition.contents)
      : haveSameSubstances(to.contents, composition.contents),
  ]);
}

/**
 * Returns the substances to search candidates by, each with its base and its salt. Every equivalent product contains
 * all of them.
 */
export function substancesToFind({ contents }: Composition): readonly SubstanceFilter[] {
  const actives = contents?.flatMap((item) => item ?? []) ?? [];
  return actives.flatMap(({ substance, salt }) =>
    substance ? [together(substance, salt ?? undefined)] : [],
  );
}

function together(one: SubstanceFilter, other: SubstanceFilter | undefined): SubstanceFilter {
  return {
    codes: [...new Set([...one.codes, ...(other?.codes ?? [])])],
    names: [...new Set([...one.names, ...(other?.names ?? [])])],
  };
}

function valuesIn(value: string | null): readonly string[] | null {
  return value === null ? null : [value];
}

/** Whether two lists are equal as sets: each value of either list has an equal value in the other. */
function areSets<Value>(
  ones: readonly Value[],
  others: readonly Value[],
  isSame: (one: Value, other: Value) => Verdict,
): Verdict {
  return allOf([
    ...ones.map((one) => anyOf(others.map((other) => isSame(one, other)))),
    ...others.map((other) => anyOf(ones.map((one) => isSame(one, other)))),
  ]);
}

function areSame(ones: readonly string[] | null, others: readonly string[] | null): Verdict {
  return ones && others ? areSets(ones, others, isSameValue) : undefined;
}

/** Compares two values. Undefined for a code and a text, because they may mean the same. */
function isSameValue(one: string, other: string): Verdict {
  return one === other || (valueKind(one) === valueKind(other) ? false : undefined);
}

/** Returns whether a value is EMA's term, a text, or another code. */
function valueKind(value: string): 'term' | 'words' | 'code' {
  if (/^\d{12}$/.test(value)) return 'term';
  return value.startsWith('"') ? 'words' : 'code';
}

/** Compares the items of two products. Equal items count once. */
function haveSameItems(ones: Composition['contents'], others: Composition['contents']): Verdict {
  return ones && others ? areSets(ones, others, isSameItem) : undefined;
}

function isSameItem(one: readonly ActiveContent[] | null, other: readonly ActiveContent[] | null): Verdict {
  if (!one || !other) return undefined;
  if (one.length !== other.length) return false;
  const verdicts = one.map((each) => other.map((another) => isSameActive(each, another)));
  if (canPair(verdicts, (verdict) => verdict === true)) return true;
  return canPair(verdicts, (verdict) => verdict !== false) ? undefined : false;
}

/** Whether each row can be paired with a column of its own. */
function canPair(verdicts: readonly (readonly Verdict[])[], isPair: (verdict: Verdict) => boolean): boolean {
  const rowAt = new Map<number, number>();
  const findFor = (row: number, seen: Set<number>): boolean =>
    (verdicts[row] ?? []).some((verdict, column) => {
      if (!isPair(verdict) || seen.has(column)) return false;
      seen.add(column);
      const before = rowAt.get(column);
      // The column is already paired with another row. That row may be paired with a different column.
      if (before !== undefined && !findFor(before, seen)) return false;
      rowAt.set(column, row);
      return true;
    });
  return verdicts.every((_verdicts, row) => findFor(row, new Set()));
}

function isSameActive(one: ActiveContent, other: ActiveContent): Verdict {
  const isSame = isSameMoiety(one, other);
  // Amounts are compared only if the substances may be equal.
  if (isSame === undefined) return undefined;
  const areTold = one.amount !== null && other.amount !== null;
  return allOf([isSame, areTold ? one.amount === other.amount : undefined]);
}

/** Compares the substances of all items together. An item with unknown ingredients may contain any substance. */
function haveSameSubstances(ones: Composition['contents'], others: Composition['contents']): Verdict {
  if (!ones || !others) return undefined;
  const [mine, theirs] = [activesIn(ones), activesIn(others)];
  const areTold = !ones.includes(null) && !others.includes(null);
  const isAmong = (each: ActiveContent, among: readonly ActiveContent[]): Verdict =>
    anyOf(among.map((another) => isSameMoiety(each, another)));
  const found = mine.map((each) => isAmong(each, theirs));
  return allOf([
    ...(areTold ? found : found.map((verdict) => verdict || undefined)),
    ...theirs.map((each) => isAmong(each, mine)),
    areTold || undefined,
  ]);
}

function activesIn(contents: NonNullable<Composition['contents']>): readonly ActiveContent[] {
  return contents.flatMap((item) => item ?? []);
}

/** Compares two substances by their bases. Undefined if both are the same salt, but only one states its base. */
function isSameMoiety(one: ActiveContent, other: ActiveContent): Verdict {
  const isSame = isSameSubstance(one.substance, other.substance);
  const isBaseOfOne = (one.salt === undefined) !== (other.salt === undefined);
  if (isSame !== false || !isBaseOfOne) return isSame;
  return isSameSubstance(itself(one), itself(other)) === false ? false : undefined;
}

function itself({ substance, salt }: ActiveContent): SubstanceFilter | null {
  return salt === undefined ? substance : salt;
}

/**
 * Compares two substances. Two names, or a name and a code, count as different only if both substances have names,
 * but none in common.
 */
function isSameSubstance(one: SubstanceFilter | null, other: SubstanceFilter | null): Verdict {
  if (!one || !other) return undefined;
  if (contentKey(one) === contentKey(other)) return true;
  if (areCodesComparable(one, { ...other, reference: undefined })) return false;
  const areNamed = one.names.length > 0 && other.names.length > 0;
  return areNamed && !one.names.some((name) => other.names.includes(name)) ? false : undefined;
}
