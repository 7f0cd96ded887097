/** Compares the strengths of an ingredient with the strength in a filter. */
import type {
  CodeableReference,
  Ingredient,
  IngredientSubstanceStrength,
  IngredientSubstanceStrengthReferenceStrength,
  Quantity,
  Ratio,
} from 'fhir/r5.js';
import { elements, isElement } from '../../fhir/elements.js';
import { percent, percentKinds } from '../../terms/measures.js';
import { amountOf, isShare, type Amount } from './amount.js';
import type { StrengthFilter } from './strength-filter.js';
import { codings } from '../concepts.js';
import { isEqual } from './exact.js';
import { allOf, anyOf, type Verdict } from '../verdict.js';

/**
 * The substance whose strength is compared. `own`: the ingredient's own substance. A function: those reference
 * substances, such as the base, that the function accepts. `any`: all of these, for a filter that names no substance.
 */
export type Whose = 'own' | 'any' | ((substance: CodeableReference) => Verdict);

/**
 * An amount that a record states; undefined if the record states a range, a word, a comparator or an unknown unit.
 */
export type ReadAmount = Amount | undefined;

/**
 * Whether an ingredient has the strength. False if its record states no strength. Undefined if no strength matches,
 * but one of them is unreadable or less precise than the filter.
 */
export function meetsStrength(asked: StrengthFilter, ingredient: Ingredient, whose: Whose): Verdict {
  if (typeof whose !== 'function') {
    return anyOf(amountsOf(ingredient, whose).map((told) => meets(asked.amount, told)));
  }
  const references = strengthsOf(ingredient).flatMap((strength) => elements(strength.referenceStrength));
  return anyOf(
    references.map((reference) => {
      const isWanted = isElement<CodeableReference>(reference.substance)
        ? whose(reference.substance)
        : undefined;
      return allOf([isWanted, anyOf(amountsOfReference(reference).map((told) => meets(asked.amount, told)))]);
    }),
  );
}

/** Returns the amounts of all strengths. Those of the ingredient's own substance come first. */
export function amountsOf(ingredient: Ingredient, whose: 'own' | 'any'): readonly ReadAmount[] {
  const strengths = strengthsOf(ingredient);
  const references = strengths.flatMap((strength) => elements(strength.referenceStrength));
  const counted =
    whose === 'any' ? references : references.filter(({ substance }) => isOwn(substance, ingredient));
  return [...strengths.flatMap(ownAmounts), ...counted.flatMap(amountsOfReference)];
}

/**
 * Whether a reference substance has the code of the ingredient's own substance. Some records state the same strength
 * for both.
 */
export function isOwn(substance: CodeableReference | undefined, ingredient: Ingredient): boolean {
  const own = codesOf(ingredient.substance?.code);
  return codesOf(substance).some((code) => own.includes(code));
}

function codesOf(substance: CodeableReference | undefined): readonly string[] {
  if (!isElement<CodeableReference>(substance)) return [];
  const codes = codings(substance.concept).flatMap(({ code }) => code ?? []);
  return [...codes, ...(substance.reference?.reference === undefined ? [] : [substance.reference.reference])];
}

export function strengthsOf(ingredient: Ingredient): readonly IngredientSubstanceStrength[] {
  return elements(ingredient.substance?.strength);
}

function ownAmounts(strength: IngredientSubstanceStrength): readonly ReadAmount[] {
  const numbers = [...presentationsOf(strength), ...concentrationsOf(strength)];
  // If there are numbers, the texts are ignored. They usually repeat the numbers, and cannot be compared.
  return numbers.length > 0 ? numbers : unreadable(strength.textPresentation, strength.textConcentration);
}

/** Returns the amounts per unit of presentation, or per content of one unit of presentation. */
export function presentationsOf(strength: IngredientSubstanceStrength): readonly ReadAmount[] {
  return [
    ...forms(strength.presentationRatio, strength.presentationQuantity, true),
    ...unreadable(strength.presentationRatioRange, strength.presentationCodeableConcept),
  ];
}

/** Returns the amounts per millilitre or gram. */
export function concentrationsOf(strength: IngredientSubstanceStrength): readonly ReadAmount[] {
  return [
    ...forms(strength.concentrationRatio, strength.concentrationQuantity, false),
    ...unreadable(strength.concentrationRatioRange, strength.concentrationCodeableConcept),
  ];
}

export function amountsOfReference(
  reference: IngredientSubstanceStrengthReferenceStrength,
): readonly ReadAmount[] {
  return [
    ...forms(reference.strengthRatio, reference.strengthQuantity, true),
    ...unreadable(reference.strengthRatioRange),
  ];
}

function forms(
  ratio: Ratio | undefined,
  quantity: Quantity | undefined,
  isPresentation: boolean,
): readonly ReadAmount[] {
  return [
    ...(isThere(ratio) ? [amountOf(ratio, isPresentation)] : []),
    ...(isThere(quantity) ? [amountOf({ numerator: quantity }, isPresentation)] : []),
  ];
}

/** Returns one `undefined` for each value that is given. It stands for an unreadable amount. */
function unreadable(...values: readonly unknown[]): readonly undefined[] {
  return values.filter(isThere).map(() => undefined);
}

function isThere<Value>(value: Value | undefined | null): value is Value {
  return value !== undefined && value !== null && (value as unknown) !== '';
}

/** Whether the amount in a record matches the amount in the filter. */
function meets(asked: Amount, told: ReadAmount): Verdict {
  if (!told) return undefined;
  if (asked.kind !== told.kind && !(isPercent(asked.kind) && isPercent(told.kind))) return false;
  if (!isEqual(asked.value, told.value)) return false;
  return allOf([isSameKind(asked.kind, told.kind), isSamePer(asked, told)]);
}

/**
 * Compares the kinds of two amounts. "5%" in a filter matches w/w, w/v and v/v. "5%" in a record does not state which
 * of these is meant.
 */
function isSameKind(asked: string, told: string): Verdict {
  if (asked === told || asked === percent) return true;
  return told === percent ? undefined : false;
}

function isPercent(kind: string): boolean {
  return kind === percent || percentKinds.some((each) => each === kind);
}

function isSamePer(asked: Amount, told: Amount): Verdict {
  if (asked.per === undefined) return told.isPerUnit || (isShare(asked.kind) && told.per === undefined);
  if (asked.per === told.per) return true;
  // If the denominator in a record is "unit", this may mean a tablet.
  return asked.isPerUnit && told.isPerUnit && told.per === undefined ? undefined : false;
}
