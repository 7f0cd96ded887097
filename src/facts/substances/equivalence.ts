/**
 * Compares two products by parts of their compositions. With the default parts they match where their keys are equal.
 */
import { contentKey, type ActiveContent } from './active-content.js';
import type { Composition } from './composition.js';
import { areCodesComparable, type SubstanceFilter } from './substances.js';
import { allOf, anyOf, type Verdict } from '../verdict.js';

/** The parts that products are compared by. */
export enum EquivalenceBy {
  ACTIVES = 'ACTIVES',
  STRENGTH = 'STRENGTH',
  DOSE_FORM = 'DOSE_FORM',
  ROUTE = 'ROUTE',
}

/** The product that others are compared with. */
export interface EquivalenceFilter {
  readonly by: readonly EquivalenceBy[];
  readonly to: Composition;
}

/** Whether a composition has all parts that are compared, and a domain. Otherwise nothing equals it. */
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
 * Whether a product is equal in all named parts, and of the same domain. With ACTIVES and STRENGTH, each item must have
 * an equal one. With ACTIVES alone, both must have the same substances, in any items. Undefined where one of them lacks
 * a part, or where both have the same substance and only one has its base.
 * @param to a comparable composition
 * @param composition undefined where not all contents were read
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

/** Returns the substances to find candidates by, each with its base. Every equivalent product has all of them. */
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

/** Whether each value has an equal one on the other side, in both directions. */
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

/** Compares codes of one list, and texts. Whether a code means the same as a text stays open. */
function isSameValue(one: string, other: string): Verdict {
  return one === other || (valueKind(one) === valueKind(other) ? false : undefined);
}

/** Returns the kind of a value in a composition. */
function valueKind(value: string): 'term' | 'words' | 'code' {
  if (/^\d{12}$/.test(value)) return 'term';
  return value.startsWith('"') ? 'words' : 'code';
}

/** Compares items. Equal items count once. */
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
      // The row that has the column may be able to take another.
      if (before !== undefined && !findFor(before, seen)) return false;
      rowAt.set(column, row);
      return true;
    });
  return verdicts.every((_verdicts, row) => findFor(row, new Set()));
}

function isSameActive(one: ActiveContent, other: ActiveContent): Verdict {
  const isSame = isSameMoiety(one, other);
  // Amounts of different substances are not compared.
  if (isSame === undefined) return undefined;
  const areTold = one.amount !== null && other.amount !== null;
  return allOf([isSame, areTold ? one.amount === other.amount : undefined]);
}

/** Compares substances across all items. An item with unknown actives may have any substance. */
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

/** Compares substances by their bases. Where one has a salt alone, its base may be the other's. */
function isSameMoiety(one: ActiveContent, other: ActiveContent): Verdict {
  const isSame = isSameSubstance(one.substance, other.substance);
  const isBaseOfOne = (one.salt === undefined) !== (other.salt === undefined);
  if (isSame !== false || !isBaseOfOne) return isSame;
  return isSameSubstance(itself(one), itself(other)) === false ? false : undefined;
}

function itself({ substance, salt }: ActiveContent): SubstanceFilter | null {
  return salt === undefined ? substance : salt;
}

/** Compares substances. Two names, or a name and a code, leave it open unless they have nothing in common. */
function isSameSubstance(one: SubstanceFilter | null, other: SubstanceFilter | null): Verdict {
  if (!one || !other) return undefined;
  if (contentKey(one) === contentKey(other)) return true;
  if (areCodesComparable(one, { ...other, reference: undefined })) return false;
  const areNamed = one.names.length > 0 && other.names.length > 0;
  return areNamed && !one.names.some((name) => other.names.includes(name)) ? false : undefined;
}
