/** Whether an ingredient has the strength that is asked for, and all the strengths that its record tells. */
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
import type { AskedStrength } from './asked-strength.js';
import { codings } from '../concepts.js';
import { isEqual } from './exact.js';
import { allOf, anyOf, type Verdict } from '../verdict.js';

/**
 * Whose strength counts: that of the ingredient's own substance; that of the base or other reference substance that the
 * test finds; or any of these, for whoever names no substance.
 */
export type Whose = 'own' | 'any' | ((substance: CodeableReference) => Verdict);

/** An amount of a record; undefined where it cannot be read as one: a range, a word, a comparator, a unit not known. */
export type ToldAmount = Amount | undefined;

/**
 * Returns whether the ingredient has that strength. No where it tells none; undefined where one that it tells cannot be
 * read, or says less than is asked for, and no other is met.
 */
export function meetsStrength(asked: AskedStrength, ingredient: Ingredient, whose: Whose): Verdict {
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

/** Returns the amounts of every strength, the ingredient's own first. Empty where it tells none. */
export function amountsOf(ingredient: Ingredient, whose: 'own' | 'any'): readonly ToldAmount[] {
  const strengths = strengthsOf(ingredient);
  const references = strengths.flatMap((strength) => elements(strength.referenceStrength));
  const counted =
    whose === 'any' ? references : references.filter(({ substance }) => isOwn(substance, ingredient));
  return [...strengths.flatMap(ownAmounts), ...counted.flatMap(amountsOfReference)];
}

/** Whether a reference substance is the ingredient's own, by its code: some records say the same strength twice. */
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

function ownAmounts(strength: IngredientSubstanceStrength): readonly ToldAmount[] {
  const numbers = [...presentationsOf(strength), ...concentrationsOf(strength)];
  // Words stand beside the numbers as a rule, and tell nothing that could be compared.
  return numbers.length > 0 ? numbers : unreadable(strength.textPresentation, strength.textConcentration);
}

/** Returns what is told of one unit, or of what one holds. */
export function presentationsOf(strength: IngredientSubstanceStrength): readonly ToldAmount[] {
  return [
    ...forms(strength.presentationRatio, strength.presentationQuantity, true),
    ...unreadable(strength.presentationRatioRange, strength.presentationCodeableConcept),
  ];
}

/** Returns what is told of any millilitre or gram. */
export function concentrationsOf(strength: IngredientSubstanceStrength): readonly ToldAmount[] {
  return [
    ...forms(strength.concentrationRatio, strength.concentrationQuantity, false),
    ...unreadable(strength.concentrationRatioRange, strength.concentrationCodeableConcept),
  ];
}

export function amountsOfReference(
  reference: IngredientSubstanceStrengthReferenceStrength,
): readonly ToldAmount[] {
  return [
    ...forms(reference.strengthRatio, reference.strengthQuantity, true),
    ...unreadable(reference.strengthRatioRange),
  ];
}

function forms(
  ratio: Ratio | undefined,
  quantity: Quantity | undefined,
  isPresentation: boolean,
): readonly ToldAmount[] {
  return [
    ...(isThere(ratio) ? [amountOf(ratio, isPresentation)] : []),
    ...(isThere(quantity) ? [amountOf({ numerator: quantity }, isPresentation)] : []),
  ];
}

/** Each that is there is told, and not to be read. */
function unreadable(...values: readonly unknown[]): readonly undefined[] {
  return values.filter(isThere).map(() => undefined);
}

function isThere<Value>(value: Value | undefined | null): value is Value {
  return value !== undefined && value !== null && (value as unknown) !== '';
}

/** Whether a record's amount is the one asked for. */
function meets(asked: Amount, told: ToldAmount): Verdict {
  if (!told) return undefined;
  if (asked.kind !== told.kind && !(isPercent(asked.kind) && isPercent(told.kind))) return false;
  if (!isEqual(asked.value, told.value)) return false;
  return allOf([isSameKind(asked.kind, told.kind), isSamePer(asked, told)]);
}

/** "5%" is any of the three; a record with "5%" does not tell which of them it is. */
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
  // An amount in one unit that is not named may be in a tablet.
  return asked.isPerUnit && told.isPerUnit && told.per === undefined ? undefined : false;
}
